# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of Juniper's page *NETCONF Call Home Sessions*, one by one: the statement that it sets, and what that is for.

One playbook does all of them on one device, as the page does, with a commit at every step. ``docs/manual.md`` has the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from passlib.hash import md5_crypt

from ansible_collections.callhome.junos.tests.integration.harness.configuring import task
from ansible_collections.callhome.junos.tests.integration.harness.keyring import Keyring
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import SECRET, Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import Task, play, read
from ansible_collections.callhome.junos.tests.interop.openssh_keys import KeyPair, new_key
from ansible_collections.callhome.junos.tests.simulator import Control

NAME = "router1"
URL = "http://198.51.100.10/id_rsa.pub"
TEXT, HASHED = "A password as text 1", "A password as hash 1"
PRINCIPALS = ["lab", "netconf-user"]
CLIENT = {
    "name": "nms1",
    "device_id": NAME,
    "secret": SECRET,
    "keep_alive": {"retry": 3, "timeout": 5},
    "reconnect_strategy": "in-order",
    "services": "netconf",
}


@dataclass(frozen=True)
class Manual:
    site: Site
    device: Control
    run: Run
    key: KeyPair
    host_key: KeyPair
    user_ca: KeyPair

    def has(self, statement: str) -> bool:
        """Whether that is committed."""
        return f"set system {statement}" in self.device.committed_set.splitlines()

    def begins(self, statement: str) -> bool:
        """Whether one that begins so is."""
        return any(line.startswith(f"set system {statement}") for line in self.device.committed_set.splitlines())

    def file(self, statement: str) -> str:
        """The content of the file that a statement under ``services ssh`` names."""
        line = next(line for line in self.device.committed_set.splitlines() if f" ssh {statement} " in line)
        return self.device.read_file(line.split()[-1]).decode()

    def logged_in(self, name: str, user: str, method: str) -> bool:
        """Whether the task did its work after such a login, and no other."""
        logins = self.device.log.of("login", user=user)
        return self.run.result(name).status == "ok" and {event.details["method"] for event in logins} == {method}


def steps(keys: Keyring, key: KeyPair, host_key: KeyPair, user_ca: KeyPair, port: int) -> list[Task]:
    """What the page configures, in its order."""
    accounts = [{"name": name, "class": "super-user"} for name in ("lab", "hashed", "text", "netconf-user", "remote")]
    rsa = [{"key": key.public.read_text()}]
    server = {"address": "127.0.0.1", "port": port, "retry": 3, "timeout": 15}

    def authentication(**user: Any) -> Task:
        return task(f"authentication of {user['name']}", "user_authentication", {"users": [user]})

    return [
        task("accounts", "login_user", {"users": accounts}),
        authentication(name="text", password=TEXT),
        authentication(name="hashed", encrypted_password=md5_crypt.hash(HASHED)),
        authentication(name="netconf-user", load_key_files=[URL]),
        authentication(name="lab", public_keys=rsa),
        task("user CA", "trusted_user_ca", {"keys": [user_ca.text], "directory": "/var/tmp"}),
        task("host keys", "call_home_info", {"gather": ["host_keys"]}),
        task("host certificate", "host_certificate", {"certificate": host_key.certificate.read_text()}),
        task("principals in a file", "authorized_principals", {"principals": PRINCIPALS, "inline": False}),
        task("principals", "authorized_principals", {"principals": PRINCIPALS}),
        task("service", "netconf_service", {"state": "present"}),
        task("client", "outbound_ssh_client", {"clients": [{**CLIENT, "servers": [server]}]}),
    ]


def login(name: str, **variables: Any) -> dict[str, Any]:
    """A play that logs in anew."""
    return play(task("close", "session", {"state": "closed"}), read(name), vars=variables)


@pytest.fixture(scope="module")
def manual(site: Site) -> Manual:
    keys = Keyring(site.controller.home)
    key, host_key, user_ca, host_ca, other_ca = (
        new_key(site.controller.home / "manual" / name, "rsa")
        for name in ("id_rsa", "ssh_host_rsa_key", "user_ca", "host_ca", "other_ca")
    )
    user_ca.sign(key, *PRINCIPALS, valid="+52w6d")
    host_ca.sign(host_key, NAME, host=True)
    other_key = new_key(site.controller.home / "manual" / "other_rsa", "rsa")
    other_ca.sign(other_key, *PRINCIPALS)
    device = site.add(
        NAME, host_keys=(host_key.path.read_text(),), shared_host_keys=False, urls={URL: key.public.read_text()}
    )
    plain = {"call_home_authentications": ["key"], "ansible_private_key_file": str(key.path), "ansible_password": None}
    certified = {
        **plain,
        "call_home_authentications": ["certificate"],
        "call_home_host_trust": ["certificate"],
        "call_home_known_hosts": keys.known_hosts(f"@cert-authority * {host_ca.text}"),
    }
    other = task("another user CA", "trusted_user_ca", {"keys": [other_ca.text]})
    run = site.controller.run(
        [
            play(*steps(keys, key, host_key, user_ca, site.controller.port)),
            login("by text", ansible_user="text", ansible_password=TEXT),
            login("by hash", ansible_user="hashed", ansible_password=HASHED),
            login("by fetched key", ansible_user="netconf-user", **plain),
            login("by key", ansible_user="lab", **plain),
            login("by certificate", ansible_user="remote", **certified),
            play(other),
            login(
                "by another certificate",
                **{**certified, "ansible_user": "remote", "ansible_private_key_file": str(other_key.path)},
            ),
        ],
        site.inventory(NAME),
    ).check()
    return Manual(site, device, run, key, host_key, user_ca)


def test_a_local_or_template_account_has_a_class(manual: Manual) -> None:
    for user in ("lab", "remote"):
        assert manual.has(f"login user {user} class super-user")


def test_a_password_as_text_is_hashed_and_lets_in(manual: Manual) -> None:
    assert TEXT not in manual.device.committed
    assert "set system login user text authentication encrypted-password $6$" in manual.device.committed_set.replace(
        '"', ""
    )
    assert manual.logged_in("by text", "text", "password")


def test_a_password_as_md5_hash_lets_in(manual: Manual) -> None:
    assert "set system login user hashed authentication encrypted-password $1$" in manual.device.committed_set.replace(
        '"', ""
    )
    assert manual.logged_in("by hash", "hashed", "password")


def test_load_key_file_has_the_device_fetch_a_key_that_lets_in(manual: Manual) -> None:
    assert manual.has(f'login user netconf-user authentication ssh-rsa "{manual.key.text}"')
    assert manual.logged_in("by fetched key", "netconf-user", "publickey")


def test_a_key_in_its_own_statement_lets_in(manual: Manual) -> None:
    assert manual.has(f'login user lab authentication ssh-rsa "{manual.key.text}"')
    assert manual.logged_in("by key", "lab", "publickey")


def test_the_user_ca_s_key_comes_into_the_folder_that_is_named_and_is_trusted(manual: Manual) -> None:
    path = manual.run.result("user CA")["files"][0]
    assert path.startswith("/var/tmp/")
    assert manual.device.read_file(path).decode().strip() == manual.user_ca.text


def test_the_host_keys_can_be_read_to_be_signed(manual: Manual) -> None:
    (found,) = manual.run.result("host keys")["host_keys"]
    assert found == {"type": "ssh-rsa", "key": manual.host_key.text, "fingerprint": manual.host_key.fingerprint}


def test_the_host_certificate_is_put_on_the_device_and_named(manual: Manual) -> None:
    assert manual.file("host-certificate-file").split() == manual.host_key.certificate.read_text().split()[:2]


def test_principals_stand_in_a_file_a_line_each(manual: Manual) -> None:
    assert manual.file("authorized-principals-file").splitlines() == PRINCIPALS


def test_principals_stand_in_the_configuration(manual: Manual) -> None:
    for principal in PRINCIPALS:
        assert manual.has(f"services ssh authorized-principals {principal}")


def test_the_netconf_service_is_enabled(manual: Manual) -> None:
    assert manual.has("services netconf ssh")


def test_the_client_has_what_the_page_gives_it(manual: Manual) -> None:
    client = "services outbound-ssh client nms1"
    for statement in (
        f"device-id {NAME}",
        "keep-alive retry 3",
        "keep-alive timeout 5",
        "reconnect-strategy in-order",
        "services netconf",
        f"127.0.0.1 port {manual.site.controller.port}",
        "127.0.0.1 retry 3",
        "127.0.0.1 timeout 15",
    ):
        assert manual.has(f"{client} {statement}")
    assert SECRET not in manual.device.committed


def test_a_client_that_is_committed_after_the_certificates_registers_them_and_a_principal_in_common_lets_in_as_any_user(
    manual: Manual,
) -> None:
    assert manual.device.log.of("registered", client="nms1")[0].details["certificates"]
    assert manual.logged_in("by certificate", "remote", "certificate")


def test_a_value_that_is_updated_later_is_registered_without_a_further_step(manual: Manual) -> None:
    assert "warnings" not in manual.run.result("another user CA").values
    assert manual.run.result("by another certificate").status == "ok"
    assert len(manual.device.log.of("login", user="remote", method="certificate")) == 2


def test_each_step_is_a_commit(manual: Manual) -> None:
    comments = [event.details["comment"] for event in manual.device.log.of("commit")]
    assert (
        len(comments)
        == len(set(comments))
        == len([result for result in manual.run.results if result.values.get("committed")])
    )
