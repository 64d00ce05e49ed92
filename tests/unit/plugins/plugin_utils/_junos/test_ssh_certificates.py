"""User CA, host certificate and authorized principals."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import EMPTY, Node
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.loading import system
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.option_sets import certificate_text
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import USER, a_key

CA = a_key(use="ca").public.text


def ssh(text: str) -> Node:
    return system(f"<services><ssh>{text}</ssh></services>")


def plan(section: str, options: dict[str, Any], present: Node = EMPTY) -> Change:
    return SECTIONS[section].plan(options, present)


def text_of(change: Change) -> str:
    assert change.configuration is not None
    return etree.tostring(change.configuration, encoding="unicode")


@pytest.mark.parametrize(
    ("section", "options", "statement", "first"),
    [
        ("trusted_user_ca", {"file": "/var/tmp/ca.pub"}, "trusted-user-ca-key-file", "22.3R1"),
        ("trusted_user_ca", {"keys": [CA]}, "cert-based-auth trusted-user-ca-keys", "22.3R1"),
        ("host_certificate", {"file": "/var/tmp/h.pub"}, "host-certificate-file", "23.2R1"),
        ("host_certificate", {"certificate": certificate_text()}, "cert-based-auth host-certificate", "23.2R1"),
        ("authorized_principals", {"principals": ["lab"]}, "authorized-principals", "22.3R1"),
        ("authorized_principals", {"file": "/var/tmp/p"}, "authorized-principals-file", "22.3R1"),
    ],
)
def test_each_statement_names_the_release_it_needs(
    section: str, options: dict[str, Any], statement: str, first: str
) -> None:
    assert plan(section, options).needs == {f"system services ssh {statement}": first}


def test_principals_of_a_user_need_24_4() -> None:
    change = plan("authorized_principals", {"users": [{"name": "lab", "principals": ["lab"], "file": "/var/tmp/p"}]})
    assert change.needs == {
        "system login user authorized-principals": "24.4R1",
        "system login user authorized-principals-file": "24.4R1",
    }
    assert not change.warnings


def test_an_inline_ca_key_is_the_same_under_any_comment() -> None:
    present = ssh(
        f"<cert-based-auth><trusted-user-ca-keys><name>{CA} ca</name></trusted-user-ca-keys></cert-based-auth>"
    )
    assert not plan("trusted_user_ca", {"keys": [CA]}, present)
    assert "delete" in text_of(plan("trusted_user_ca", {"keys": [], "exclusive": True}, present))


@pytest.mark.parametrize(
    ("options", "present", "gone"),
    [
        (
            {"file": "/var/tmp/h.pub"},
            "<cert-based-auth><host-certificate>x y</host-certificate></cert-based-auth>",
            "host-certificate",
        ),
        (
            {"certificate": certificate_text()},
            "<host-certificate-file>/h</host-certificate-file>",
            "host-certificate-file",
        ),
    ],
)
def test_one_kind_of_host_certificate_takes_the_place_of_the_other(
    options: dict[str, str], present: str, gone: str
) -> None:
    assert f'<{gone} delete="delete"/>' in text_of(plan("host_certificate", options, ssh(present)))


def test_the_comment_of_an_inline_host_certificate_means_nothing() -> None:
    text = certificate_text()
    present = ssh(f"<cert-based-auth><host-certificate>{text} r1</host-certificate></cert-based-auth>")
    assert not plan("host_certificate", {"certificate": f"{text}  other comment"}, present)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (certificate_text(kind=USER), "a user certificate"),
        (certificate_text(ca_type="ssh-rsa", signature_algorithm="ssh-rsa"), "SHA-2"),
        (a_key().public.text, "kind of certificate"),
        (certificate_text()[:-9], "one host certificate"),
        ("hello", "one host certificate"),
        (a_key().openssh_private, "a host certificate"),
    ],
)
def test_what_is_no_host_certificate_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(OptionError, match=reason) as refusal:
        SECTIONS["host_certificate"].validate({"certificate": text})
    assert "PRIVATE KEY" not in str(refusal.value)


def test_principals_of_the_device_are_warned_about_when_they_are_set() -> None:
    assert "every account" in plan("authorized_principals", {"principals": ["lab"]}).warnings[0]
    present = ssh("<authorized-principals>lab</authorized-principals>")
    assert not plan("authorized_principals", {"principals": ["lab"]}, present).warnings


def test_principals_of_the_device_and_of_users_exclude_each_other() -> None:
    users = {"users": [{"name": "lab", "principals": ["lab"]}]}
    with pytest.raises(OptionError, match="users"):
        plan("authorized_principals", {"principals": ["lab"], **users})
    present = ssh("<authorized-principals>lab</authorized-principals>")
    with pytest.raises(OptionError, match="exclusive: true"):
        plan("authorized_principals", users, present)
    text = text_of(plan("authorized_principals", {**users, "principals": [], "exclusive": True}, present))
    assert '<authorized-principals delete="delete">lab</authorized-principals>' in text
    present = system("<login><user><name>noc</name><authorized-principals>noc</authorized-principals></user></login>")
    with pytest.raises(OptionError, match=r"users \(noc\)"):
        plan("authorized_principals", {"principals": ["lab"]}, present)


@pytest.mark.parametrize(
    "options", [{"principals": ["a"]}, {"file": "/p"}, {"users": [{"name": "lab", "principals": ["a"]}]}]
)
def test_nothing_goes_beside_a_principals_command(options: dict[str, Any]) -> None:
    present = ssh("<authorized-principals-command>/x</authorized-principals-command>")
    with pytest.raises(OptionError, match="authorized-principals-command"):
        plan("authorized_principals", options, present)


def test_absent_removes_what_is_named_and_everything_where_nothing_is() -> None:
    present = ssh(
        "<authorized-principals>lab</authorized-principals><authorized-principals>noc</authorized-principals>"
        "<authorized-principals-file>/p</authorized-principals-file>"
    )
    named = text_of(plan("authorized_principals", {"state": "absent", "principals": ["lab", "nobody"]}, present))
    assert named.count("delete=") == 1
    assert "lab" in named
    assert text_of(plan("authorized_principals", {"state": "absent"}, present)).count("delete=") == 3
    assert not plan("authorized_principals", {"state": "absent", "file": "/other"}, present)
