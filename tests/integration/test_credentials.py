# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One identity for each host, shown once: what happens where it is wrong, missing, or one of several.

One run of ``ansible-playbook`` reads all devices, with an ssh-agent that holds two keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.keyring import PRINCIPAL, Keyring
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import PASSWORD, SECRET, USER, Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play, read
from ansible_collections.callhome.junos.tests.interop.openssh_keys import KeyPair
from ansible_collections.callhome.junos.tests.simulator import ClientSpec, Control, UserSpec

WRONG_PASSWORD, PASSPHRASE = "not the password", "open sesame"
TIMEOUT = 4


@dataclass
class Played:
    run: Run
    devices: dict[str, Control]

    def failure(self, name: str, status: str = "unreachable") -> str:
        """What the playbook said where it did not get in."""
        result = self.run.result("read", name)
        assert result.status == status, result
        assert not self.devices[name].log.of("login")
        return result.message

    def methods(self, name: str, kind: str = "login-failed") -> list[str]:
        """By which methods somebody tried to log in on the device (or did: kind ``login``)."""
        return [event.details["method"] for event in self.devices[name].log.of(kind)]


class Hosts:
    """Devices that all know one user, by password and key."""

    def __init__(self, site: Site, keys: Keyring) -> None:
        self.site = site
        self.known = UserSpec(password=PASSWORD, keys=(keys.user.text,))
        self.devices: dict[str, Control] = {}
        self.variables: dict[str, dict[str, Any]] = {}

    def add(self, name: str, fields: dict[str, Any] | None = None, **variables: Any) -> None:
        """A device, and a host that logs in as ``variables`` say."""
        self.devices[name] = self.site.add(name, users={USER: self.known}, **(fields or {}))
        self.variables[name] = {"ansible_user": USER, "call_home_secret": SECRET, "call_home_timeout": TIMEOUT, **{
            f"ansible_{option}" if not option.startswith("call_home") else option: value
            for option, value in variables.items()
        }}  # fmt: skip


@pytest.fixture(scope="module")
def played(site: Site) -> Iterator[Played]:
    keys = Keyring(site.controller.home)
    hosts = Hosts(site, keys)
    _refused(hosts, keys)
    _let_in(hosts, keys)
    with keys.ssh_agent(keys.user, keys.new("another")) as two_keys:
        run = site.controller.run([play(read("read"), ignore_unreachable=True, ignore_errors=True)], hosts.variables,
                                  environment={"SSH_AUTH_SOCK": str(two_keys), "ANSIBLE_FORKS": "20"})  # fmt: skip
    yield Played(run, hosts.devices)


def _refused(hosts: Hosts, keys: Keyring) -> None:
    unknown, foreign = keys.new("unknown"), keys.new("foreign")
    keys.new("foreign_ca").sign(foreign, PRINCIPAL)
    certificates = {**keys.certified("any")}
    hosts.add("wrong-password", password=WRONG_PASSWORD)
    hosts.add("wrong-key", private_key_file=str(unknown.path))
    hosts.add("wrong-certificate", certificates, private_key_file=str(foreign.path))
    hosts.add("key-and-password", private_key_file=str(unknown.path), password=PASSWORD)
    second = {"clients": [ClientSpec("second", [("127.0.0.1", hosts.site.controller.port)], secret=SECRET)]}
    hosts.add("two-clients", second, password=WRONG_PASSWORD)
    hosts.add("password-not-allowed", password=PASSWORD, call_home_authentications=["certificate", "key"])
    hosts.add("key-not-allowed", private_key_file=str(keys.user.path), call_home_authentications=["password"])
    hosts.add("no-certificate", private_key_file=str(keys.user.path), call_home_authentications=["certificate"])
    hosts.add("several-keys")
    hosts.add("no-such-key", private_key_file=str(unknown.path) + "-gone")
    encrypted = keys.new("encrypted", passphrase=PASSPHRASE)
    hosts.add("wrong-passphrase", private_key_file=str(encrypted.path), private_key_passphrase=WRONG_PASSWORD)


def _let_in(hosts: Hosts, keys: Keyring) -> None:
    encrypted = keys.new("encrypted", passphrase=PASSPHRASE)
    hosts.known = UserSpec(password=PASSWORD, keys=(keys.user.text, encrypted.text))
    hosts.add(
        "named-public-key", private_key_file=str(keys.user.without_private_key(keys.user.path.parent / "public").public)
    )
    hosts.add("passphrase", private_key_file=str(encrypted.path), private_key_passphrase=PASSPHRASE)
    certified = keys.new("certified")
    keys.user_ca.sign(certified, PRINCIPAL)
    hosts.add("certified", keys.certified("any"), private_key_file=str(certified.path))
    hosts.add("password", password=PASSWORD)


def test_a_wrong_password_is_told_with_the_method_tried_and_tried_no_more_than_twice(played: Played) -> None:
    message = played.failure("wrong-password")
    assert "it does not let us in" in message
    assert f"user {USER} was refused; methods tried: password" in message
    assert 1 <= len(played.methods("wrong-password")) <= 2


def test_a_wrong_key_is_told_with_the_method_tried_and_tried_no_more_than_twice(played: Played) -> None:
    assert "methods tried: key" in played.failure("wrong-key")
    assert 1 <= len(played.methods("wrong-key")) <= 2


def test_a_certificate_that_is_refused_is_followed_by_its_plain_key_and_nothing_else(played: Played) -> None:
    assert "methods tried: certificate, key" in played.failure("wrong-certificate")
    assert set(played.methods("wrong-certificate")) == {"certificate", "publickey"}
    assert len(played.methods("wrong-certificate")) <= 4


def test_a_device_with_two_clients_is_shown_a_wrong_password_at_most_twice(played: Played) -> None:
    assert "methods tried: password" in played.failure("two-clients")
    assert len(played.methods("two-clients")) <= 2


def test_the_password_is_not_tried_where_a_key_is_named(played: Played) -> None:
    assert "methods tried: key" in played.failure("key-and-password")
    assert set(played.methods("key-and-password")) == {"publickey"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("password-not-allowed", "call_home_authentications does not allow `password`"),
        ("key-not-allowed", "a key is given, and call_home_authentications does not allow it"),
        ("no-certificate", "call_home_authentications allows no plain key"),
        ("several-keys", "the ssh-agent holds 2 keys and none is named: set ansible_private_key_file"),
        ("no-such-key", "ansible_private_key_file"),
        ("wrong-passphrase", "the passphrase is wrong"),
    ],
)
def test_what_cannot_be_shown_is_an_error_that_says_what_to_set_and_reaches_no_device(
    played: Played, name: str, said: str
) -> None:
    assert said in played.failure(name, "failed")
    assert not played.methods(name)


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("named-public-key", "publickey"),
        ("passphrase", "publickey"),
        ("certified", "certificate"),
        ("password", "password"),
    ],
)
def test_the_one_identity_is_let_in_at_once(played: Played, name: str, method: str) -> None:
    assert played.run.result("read", name).status == "ok", played.run.output
    assert played.methods(name, "login") == [method]
    assert not played.methods(name)


def test_each_playbook_uses_its_own_ssh_agent_though_they_share_the_call_home_agent(site: Site) -> None:
    keys = Keyring(site.controller.home / "own")
    own = {name: keys.new(name) for name in ("left", "right")}
    devices = {name: site.add(name, users={USER: UserSpec(keys=(key.text,))}) for name, key in own.items()}
    with keys.ssh_agent(own["left"]) as left, keys.ssh_agent(own["right"]) as right:
        playbooks = [
            site.controller.start([play(read("read"))], {name: {"ansible_user": USER, "call_home_secret": SECRET}},
                                  environment={"SSH_AUTH_SOCK": str(agent)})
            for name, agent in (("left", left), ("right", right))
        ]  # fmt: skip
        for playbook in playbooks:
            playbook.finish().check()
    assert len(site.controller.agent_processes) == 1
    for device in devices.values():
        assert [event.details["method"] for event in device.log.of("login")] == ["publickey"]
        assert not device.log.of("login-failed")


def test_a_session_of_an_ssh_agent_is_not_given_to_a_playbook_whose_ssh_agent_has_another_key(site: Site) -> None:
    keys = Keyring(site.controller.home / "other")
    right, wrong = keys.new("right"), keys.new("wrong")
    device = site.add("borrowed", users={USER: UserSpec(keys=(right.text,))})
    host = {"borrowed": {"ansible_user": USER, "call_home_secret": SECRET, "call_home_timeout": TIMEOUT}}
    assert _read(site, keys, host, right).status == "ok"
    refused = _read(site, keys, host, wrong)
    assert refused.status == "unreachable"
    assert "methods tried: key" in refused.message
    assert len(device.log.of("login")) == 1


def _read(site: Site, keys: Keyring, host: dict[str, dict[str, Any]], key: KeyPair) -> Any:
    with keys.ssh_agent(key) as agent:
        run = site.controller.run([play(read("read"), ignore_unreachable=True)], host,
                                  environment={"SSH_AUTH_SOCK": str(agent)})  # fmt: skip
    return run.result("read")
