# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No password, passphrase or secret of outbound-ssh shows anywhere but in the inventory that holds it.

One verbose run logs in by password, by encrypted key, by what the environment gives, and fails in every way that has a
secret at hand; then every place where one could have been left is searched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.keyring import Keyring
from ansible_collections.callhome.junos.tests.integration.harness.processes import Processes
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import USER, Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import local, play, read
from ansible_collections.callhome.junos.tests.simulator import UserSpec

PASSWORD, WRONG_PASSWORD = "Pa55word-of-the-user", "Wr0ng-word-of-the-user"
PASSPHRASE, WRONG_PASSPHRASE = "Pa55phrase-of-the-key", "Wr0ngphrase-of-the-key"
SECRET, OTHER_SECRET = "5ecret-of-the-client", "0ther-of-the-client"
BY_ENVIRONMENT = {
    "ANSIBLE_CALL_HOME_PASSWORD": "Env1ronment-password",
    "ANSIBLE_CALL_HOME_SECRET": "Env1ronment-secret",
    "ANSIBLE_PRIVATE_KEY_PASSPHRASE": "Env1ronment-passphrase",
}
SECRETS = (PASSWORD, WRONG_PASSWORD, PASSPHRASE, WRONG_PASSPHRASE, SECRET, OTHER_SECRET, *BY_ENVIRONMENT.values())
TIMEOUT = 4


@dataclass
class Played:
    run: Run
    commands: set[bytes]
    site: Site
    agent_environment: bytes


@pytest.fixture(scope="module")
def played(site: Site) -> Iterator[Played]:
    keys = Keyring(site.controller.home)
    encrypted = keys.new("encrypted", passphrase=PASSPHRASE)
    user = UserSpec(password=PASSWORD, keys=(encrypted.text,))
    environment_user = UserSpec(password=BY_ENVIRONMENT["ANSIBLE_CALL_HOME_PASSWORD"])
    site.add_all([
        *(site.spec(name, secret=SECRET, users={USER: user}) for name in (
            "password", "passphrase", "wrong-password", "wrong-passphrase", "wrong-secret")),
        site.spec("environment", secret=BY_ENVIRONMENT["ANSIBLE_CALL_HOME_SECRET"], users={USER: environment_user}),
    ])  # fmt: skip
    by_key = {"ansible_private_key_file": str(encrypted.path), "ansible_private_key_passphrase": PASSPHRASE}
    own = {"ansible_user": USER, "call_home_timeout": TIMEOUT, "call_home_secret": SECRET}
    hosts = {
        "password": {**own, "ansible_password": PASSWORD},
        "passphrase": {**own, **by_key},
        "wrong-password": {**own, "ansible_password": WRONG_PASSWORD},
        "wrong-passphrase": {**own, **by_key, "ansible_private_key_passphrase": WRONG_PASSPHRASE},
        "wrong-secret": {**own, "ansible_password": PASSWORD, "call_home_secret": OTHER_SECRET},
        "environment": {"ansible_user": USER, "call_home_timeout": TIMEOUT},
    }
    info = local("info", "callhome.junos.agent_info", run_once=True)
    with Processes() as processes:
        whole = play(read("read"), info, ignore_unreachable=True, ignore_errors=True)
        run = site.controller.run([whole], hosts, "-vvvvv", environment=BY_ENVIRONMENT)
        [agent] = site.controller.agent_processes
        agent_environment = Path(f"/proc/{agent}/environ").read_bytes()
    yield Played(run, processes.commands, site, agent_environment)


def _told(text: str | bytes) -> list[str]:
    seen = text if isinstance(text, bytes) else text.encode()
    return [secret for secret in SECRETS if secret.encode() in seen]


def test_the_run_has_met_every_secret(played: Played) -> None:
    status = {host: played.run.result("read", host).status for host in (
        "password", "passphrase", "environment", "wrong-password", "wrong-passphrase", "wrong-secret")}  # fmt: skip
    assert list(status.values()) == ["ok", "ok", "ok", "unreachable", "failed", "unreachable"], status


def test_the_most_verbose_output_and_all_errors_tell_no_secret(played: Played) -> None:
    assert "call home session" in played.run.output or "trusted" in played.run.output
    assert not _told(played.run.output)


def test_agent_info_tells_no_secret(played: Played) -> None:
    [info] = played.run.of("info")
    assert info["agent"]["sessions"]
    assert not _told(str(info.values))


def test_no_process_had_a_secret_in_its_arguments(played: Played) -> None:
    assert any(str(played.site.controller.socket).encode() in command for command in played.commands)
    assert not [command for command in played.commands if _told(command)]


def test_the_agent_does_not_inherit_the_secrets_of_the_playbook_that_started_it(played: Played) -> None:
    assert b"ANSIBLE_COLLECTIONS_PATH" in played.agent_environment
    assert not _told(played.agent_environment)
    assert b"SSH_AUTH_SOCK" not in played.agent_environment


def test_no_file_of_the_agent_or_of_ansible_holds_a_secret(played: Played) -> None:
    controller = played.site.controller
    files = [path for folder in (controller.socket.parent, controller.home / ".ansible")
             for path in folder.rglob("*") if path.is_file()]  # fmt: skip
    assert controller.socket.with_suffix(".log") in files
    assert not [path for path in files if _told(path.read_bytes())]
