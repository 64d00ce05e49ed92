# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the CAs to a revoked device, as verbose as can be: no private key, passphrase, password or secret shows anywhere.

Every key has a passphrase. One device lets in by a password at first, one by an encrypted key. Where secrets are handed to
modules, these are copied into files as users have it, and the files are kept; then every place where a secret could have
been left is searched.
"""

from __future__ import annotations

import re
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.fleet import (
    BOOTSTRAP,
    BOOTSTRAP_PASSWORD,
    REMOVALS,
    USER,
    Fleet,
)
from ansible_collections.callhome.junos.tests.integration.harness.keyring import Keyring
from ansible_collections.callhome.junos.tests.integration.harness.nms import role
from ansible_collections.callhome.junos.tests.integration.harness.processes import Processes
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play
from ansible_collections.callhome.junos.tests.simulator import obfuscation

BY_PASSWORD, BY_KEY = "by-password", "by-key"
BOOTSTRAP_PASSPHRASE = "Pa55phrase of the bootstrap key"
PASSPHRASES = {
    "nms_user_ca_passphrase": "Pa55phrase of the user CA",
    "nms_host_ca_passphrase": "Pa55phrase of the host CA",
    "nms_user_passphrase": "Pa55phrase of the user",
}
LOUD = ("-vvvv", "--diff")
WORDS = (*PASSPHRASES.values(), BOOTSTRAP_PASSPHRASE, BOOTSTRAP_PASSWORD)
OPENSSH_TOOLS = (b"ssh-add", b"ssh-agent", b"ssh-keygen")


@dataclass(frozen=True)
class Story:
    fleet: Fleet
    runs: dict[str, Run]
    processes: Processes

    def told(self, content: bytes) -> list[str]:
        """The secrets in a text."""
        found = [secret for secret in self._secrets() if secret.encode() in content]
        return [*found, *(text for text in _obfuscated(content) if text in self._client_secrets())]

    def _secrets(self) -> Iterator[str]:
        yield from WORDS
        yield from self._client_secrets()
        for path in (self.fleet.nms / "day0").iterdir():
            yield from re.findall(r"\$6\$[^\s\"]+", path.read_text())
        for path in self.fleet.private_keys:
            yield path.read_text().splitlines()[2]

    def _client_secrets(self) -> list[str]:
        return [path.read_text().strip() for path in (self.fleet.nms / "secrets").iterdir()]

    @property
    def files(self) -> list[Path]:
        """All that was written, without what stands for the user's own vault."""
        own = {self.fleet.home / "keys"}
        found = [path for path in self.fleet.home.rglob("*") if path.is_file() and path.name != "inventory.json"]
        return [path for path in found if not own & set(path.parents)]

    @property
    def logs(self) -> list[Path]:
        names = {"stdout", "stderr", "results.jsonl", "agent.log", "ansible.log"}
        return [path for path in self.files if path.name in names]


def _obfuscated(content: bytes) -> Iterator[str]:
    """What the ``$9$`` texts in a content say."""
    for text in re.findall(rb"\$9\$[A-Za-z0-9./-]+", content):
        try:
            yield obfuscation.decode(text.decode())
        except ValueError:
            continue


@pytest.fixture(scope="module")
def story(site: Site) -> Story:
    fleet = Fleet(site, BY_PASSWORD, BY_KEY, variables={**PASSPHRASES, **REMOVALS})
    encrypted = Keyring(fleet.home).new("bootstrap", passphrase=BOOTSTRAP_PASSPHRASE)
    fleet.hosts[BY_KEY] = {
        "device_bootstrap_password": "",
        "device_bootstrap_key": str(encrypted.path),
        "device_bootstrap_passphrase": BOOTSTRAP_PASSPHRASE,
        "device_remove_password": False,
    }
    scratch = fleet.home / "tmp"
    scratch.mkdir()
    environment = {"ANSIBLE_LOG_PATH": str(fleet.home / "ansible.log"), "TMPDIR": str(scratch)}
    in_files = {"ANSIBLE_PIPELINING": "0", "ANSIBLE_KEEP_REMOTE_FILES": "1", **environment}
    runs = {}
    with Processes() as processes:
        runs["nms"] = fleet.run("nms", *LOUD, environment=in_files).check()
        runs["day0"] = fleet.run("day0", *LOUD, environment=environment).check()
        fleet.unpack(BY_PASSWORD, BY_KEY)
        runs["zero_touch"] = fleet.run("zero_touch", *LOUD, environment=in_files)
        one, due = ("--limit", f"localhost,{BY_PASSWORD}"), {"nms_renew_below": 1.0}
        runs["renew_certificates"] = fleet.run("renew_certificates", *LOUD, *one, environment=environment, **due)
        revoking = {**fleet.variables, "nms_revoked_devices": [BY_KEY], "nms_revoked_users": [USER]}
        plays = [play(role("revoke"), hosts="localhost")]
        runs["revoke"] = site.controller.run(plays, {}, *LOUD, variables=revoking, environment=environment)
    return Story(fleet, runs, processes)


def test_the_story_has_met_every_secret(story: Story) -> None:
    for run in story.runs.values():
        run.check()
    for name, method in ((BY_PASSWORD, "password"), (BY_KEY, "publickey")):
        assert "enrolled" in story.fleet.report(story.runs["zero_touch"], name)
        logins = {
            (event.details["user"], event.details["method"]) for event in story.fleet.devices[name].log.of("login")
        }
        assert logins == {(BOOTSTRAP, method), (USER, "certificate")}
    for path in story.fleet.private_keys:
        without = subprocess.run(["ssh-keygen", "-y", "-P", "", "-f", path], check=False, capture_output=True)
        assert without.returncode != 0, path


def test_no_log_tells_a_secret(story: Story) -> None:
    logs = {path.name for path in story.logs}
    assert logs == {"stdout", "stderr", "results.jsonl", "agent.log", "ansible.log"}
    assert {str(path): found for path in story.logs if (found := story.told(path.read_bytes()))} == {}


def test_no_file_that_others_can_read_holds_a_secret(story: Story) -> None:
    readable = [path for path in story.files if _open_to_others(path, story.fleet.home)]
    assert any(path.name == "stdout" for path in readable)
    assert {str(path): found for path in readable if (found := story.told(path.read_bytes()))} == {}


def test_secrets_are_in_their_own_files_and_in_what_modules_were_given_alone(story: Story) -> None:
    nms = story.fleet.nms
    expected = {*story.fleet.private_keys, *(nms / "secrets").iterdir(), *(nms / "day0").iterdir()}
    holding = {path for path in story.files if story.told(path.read_bytes())}
    assert expected <= holding
    modules = story.fleet.home / ".ansible" / "tmp"
    assert [path for path in holding - expected if modules not in path.parents] == []


def test_no_process_had_a_secret_in_its_arguments_or_environment(story: Story) -> None:
    for tool in OPENSSH_TOOLS:
        assert any(tool in command for command in story.processes.commands), tool
    assert [command for command in story.processes.commands if story.told(command)] == []
    assert any(b"ANSIBLE_LOG_PATH" in environment for environment in story.processes.environments)
    assert [environment for environment in story.processes.environments if story.told(environment)] == []


def _open_to_others(path: Path, home: Path) -> bool:
    """Whether another user could read a file, were it not for the home folder's own mode."""
    folders = [folder for folder in path.parents if home in folder.parents]
    modes = [stat.S_IMODE(folder.stat().st_mode) for folder in folders]
    readable = stat.S_IMODE(path.stat().st_mode) & 0o044
    return bool(readable) and all(mode & 0o011 for mode in modes)
