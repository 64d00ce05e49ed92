"""Users, classes, and how users log in."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from ansible_collections.callhome.junos.plugins.plugin_utils._junos import passwords
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import EMPTY, Node
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections.user_authentication import hash_passwords
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.loading import system
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import a_key

KEY = a_key().public.text
OTHER = a_key(use="other").public.text
STORED = passwords.hashed("Call-Home1", "abcdefgh")


def authentication(user: dict[str, Any], present: Node = EMPTY) -> Change:
    return SECTIONS["user_authentication"].plan({"users": [{"name": "lab", **user}]}, present)


def account(text: str) -> Node:
    return system(f"<login><user><name>lab</name><authentication>{text}</authentication></user></login>")


def text_of(change: Change) -> str:
    assert change.configuration is not None
    return etree.tostring(change.configuration, encoding="unicode")


def test_a_new_user_needs_a_class() -> None:
    with pytest.raises(OptionError, match=r"users\[0\]\.class"):
        SECTIONS["login_user"].plan({"users": [{"name": "lab"}]}, EMPTY)
    present = system("<login><user><name>lab</name><class>operator</class></user></login>")
    assert SECTIONS["login_user"].plan({"users": [{"name": "lab", "uid": 2000}]}, present)


def test_root_is_set_at_root_authentication() -> None:
    change = SECTIONS["user_authentication"].plan({"users": [{"name": "root", "encrypted_password": "*"}]}, EMPTY)
    assert "<root-authentication><encrypted-password>*<" in text_of(change)


def test_a_plain_password_is_sent_as_a_hash_only() -> None:
    text = text_of(authentication({"password": "Call-Home1"}))
    assert "$6$" in text
    assert "Call-Home1" not in text


def test_an_empty_hash_removes_a_password_but_never_roots() -> None:
    present = account(f"<encrypted-password>{STORED}</encrypted-password>")
    assert '<encrypted-password delete="delete"/>' in text_of(authentication({"encrypted_password": ""}, present))
    assert not authentication({"encrypted_password": ""})
    with pytest.raises(OptionError, match=r"users\[0\]\.encrypted_password"):
        SECTIONS["user_authentication"].plan({"users": [{"name": "root", "encrypted_password": ""}]}, EMPTY)


@pytest.mark.parametrize("policy", ["changed", "always", "on_create", None])
def test_the_password_that_is_there_is_not_set_again(policy: str | None) -> None:
    present = account(f"<encrypted-password>{STORED}</encrypted-password>")
    assert not authentication({"password": "Call-Home1", "update_password": policy}, present)


@pytest.mark.parametrize(
    ("policy", "set_anew"), [("changed", True), ("always", True), ("on_create", False), (None, True)]
)
def test_another_password_is_set_as_update_password_says(policy: str | None, set_anew: bool) -> None:
    present = account(f"<encrypted-password>{STORED}</encrypted-password>")
    assert bool(authentication({"password": "Call-Home2", "update_password": policy}, present)) is set_anew


@pytest.mark.parametrize("given", [{"password": "Call-Home1"}, {"encrypted_password": STORED}])
def test_a_hidden_password_is_told_and_set_only_when_always_is_said(given: dict[str, str]) -> None:
    present = account("<encrypted-password>/* SECRET-DATA */</encrypted-password>")
    change = authentication(given, present)
    assert not change
    assert "cannot be read" in change.warnings[0]
    assert authentication({**given, "update_password": "always"}, present)
    silent = authentication({**given, "update_password": "on_create"}, present)
    assert (bool(silent), silent.warnings) == (False, ())


def test_a_weak_kind_of_hash_is_warned_about() -> None:
    change = authentication({"encrypted_password": "$1$abcdefgh$irWbblnpmw.5z7wgBnprh0"})
    assert "guessed quickly" in change.warnings[0]


def test_passwords_hashed_for_a_file_stay_the_same_for_the_same_device() -> None:
    options = {"users": [{"name": "lab", "password": "Call-Home1"}, {"name": "root", "encrypted_password": "*"}]}
    first, second = hash_passwords(options, "r1"), hash_passwords(options, "r1")
    assert first == second != hash_passwords(options, "r2")
    assert passwords.matches("Call-Home1", first["users"][0]["encrypted_password"])
    assert first["users"][1]["encrypted_password"] == "*"
    SECTIONS["user_authentication"].validate(first)


@pytest.mark.parametrize("key_type", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp521", "ssh-rsa"])
def test_a_key_goes_under_the_statement_of_its_type(key_type: str) -> None:
    change = authentication({"public_keys": [{"key": f"{a_key(key_type).public.text}  lab@nms "}]})
    assert change.configuration is not None
    (entry,) = change.configuration.iterfind("system/login/user/authentication/*")
    assert entry.tag == ("ssh-ecdsa" if key_type.startswith("ecdsa") else key_type)
    assert entry.findtext("name") == f"{a_key(key_type).public.text} lab@nms"


def test_a_key_with_another_comment_is_told_and_left() -> None:
    change = authentication(
        {"public_keys": [{"key": f"{KEY} new"}]}, account(f"<ssh-ed25519><name>{KEY} old</name></ssh-ed25519>")
    )
    assert not change
    assert a_key().public.fingerprint in change.warnings[0]
    assert "update_comments" in change.warnings[0]


def test_a_comment_is_changed_when_asked_and_takes_the_rest_along() -> None:
    present = account(f"<ssh-ed25519><name>{KEY} old</name><from>192.0.2.1</from></ssh-ed25519>")
    text = text_of(authentication({"public_keys": [{"key": f"{KEY} new"}], "update_comments": True}, present))
    assert f'<ssh-ed25519 delete="delete"><name>{KEY} old</name></ssh-ed25519>' in text
    assert f"<ssh-ed25519><name>{KEY} new</name><from>192.0.2.1</from></ssh-ed25519>" in text


def test_from_is_set_on_the_entry_that_is_there_whatever_its_comment() -> None:
    present = account(f"<ssh-ed25519><name>{KEY} old</name></ssh-ed25519>")
    text = text_of(authentication({"public_keys": [{"key": KEY, "from": "192.0.2.1"}]}, present))
    assert f"<ssh-ed25519><name>{KEY} old</name><from>192.0.2.1</from></ssh-ed25519>" in text


def test_exclusive_removes_keys_not_named_old_dsa_ones_too() -> None:
    present = account(
        f"<ssh-ed25519><name>{KEY}</name></ssh-ed25519><ssh-ed25519><name>{OTHER}</name></ssh-ed25519>"
        "<ssh-dsa><name>ssh-dss AAAAB3NzaC1kc3M= old</name></ssh-dsa>"
    )
    text = text_of(authentication({"public_keys": [{"key": KEY}], "exclusive": True}, present))
    assert KEY not in text
    assert OTHER in text
    assert '<ssh-dsa delete="delete"><name>ssh-dss AAAAB3NzaC1kc3M= old</name></ssh-dsa>' in text
    assert not authentication({"public_keys": [{"key": KEY}]}, present)


def test_a_dsa_key_can_be_named_to_be_removed() -> None:
    dsa = "ssh-dss AAAAB3NzaC1kc3M= old"
    present = account(f"<ssh-dsa><name>{dsa}</name></ssh-dsa>")
    assert 'delete="delete"' in text_of(authentication({"public_keys": [{"key": dsa, "state": "absent"}]}, present))


def test_no_public_keys_needs_the_keys_gone() -> None:
    present = account(f"<ssh-ed25519><name>{KEY}</name></ssh-ed25519>")
    with pytest.raises(OptionError, match="exclusive: true"):
        authentication({"no_public_keys": True}, present)
    text = text_of(authentication({"no_public_keys": True, "public_keys": [], "exclusive": True}, present))
    assert 'delete="delete"' in text
    assert "<no-public-keys/>" in text


def test_a_key_that_is_named_to_go_does_not_stand_in_the_way() -> None:
    present = account(f"<ssh-ed25519><name>{KEY}</name></ssh-ed25519>")
    gone = [{"key": KEY, "state": "absent"}]
    assert "<no-public-keys/>" in text_of(authentication({"no_public_keys": True, "public_keys": gone}, present))


def test_keys_need_no_public_keys_gone() -> None:
    present = account("<no-public-keys/>")
    with pytest.raises(OptionError, match="no_public_keys: false"):
        authentication({"public_keys": [{"key": KEY}]}, present)
    assert '<no-public-keys delete="delete"/>' in text_of(
        authentication({"public_keys": [{"key": KEY}], "no_public_keys": False}, present)
    )


def test_key_options_and_from_exclude_each_other_also_with_what_is_there() -> None:
    present = account(f"<ssh-ed25519><name>{KEY}</name><from>192.0.2.1</from></ssh-ed25519>")
    with pytest.raises(OptionError, match="key_options without from"):
        authentication({"public_keys": [{"key": KEY, "from": "192.0.2.1", "key_options": "no-pty"}]})
    with pytest.raises(OptionError, match="key_options without from"):
        authentication({"public_keys": [{"key": KEY, "key_options": "no-pty"}]}, present)
    change = authentication({"public_keys": [{"key": KEY, "key_options": "no-pty", "from": ""}]}, present)
    assert '<from delete="delete"/>' in text_of(change)
    assert change.needs == {"system login user authentication ssh-ed25519 key-options": "24.4R1"}
