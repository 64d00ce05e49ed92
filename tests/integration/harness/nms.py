# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An NMS of a test's own, set up by role ``nms``: what it made is looked at in its files and with OpenSSH's tools."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ansible_collections.callhome.junos.tests.integration.harness.controller import Controller, running_commands
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play

ROLE = "callhome.junos.nms"
CHEAPER_MODULES = {"ANSIBLE_PIPELINING": "1"}


class Nms:
    """A controller that is to be an NMS, and an inventory of devices that need not exist: their host keys are given."""

    def __init__(self, controller: Controller, copied_from: Nms | None = None) -> None:
        self.controller = controller
        self.home = home = Path(tempfile.mkdtemp(dir=controller.home))
        self.directory, self.ca_directory, self.known_hosts = home / "nms", home / "ca", home / "known_hosts_call_home"
        self.hosts: dict[str, dict[str, Any]] = {}
        self.variables: dict[str, Any] = {
            "nms_directory": str(self.directory),
            "nms_ca_directory": str(self.ca_directory),
            "nms_known_hosts": str(self.known_hosts),
        }
        if copied_from:
            shutil.copytree(copied_from.directory.parent, home, dirs_exist_ok=True)

    # --- what is run

    def set_up(self, *arguments: str, tasks_from: str = "main", environment: Mapping[str, str] | None = None,
               **variables: Any) -> Run:  # fmt: skip
        """Run the role on the NMS."""
        return self.run([role(tasks_from)], "localhost", *arguments, environment=environment, **variables)

    def sign(self, keys: Mapping[str, str], *arguments: str, **variables: Any) -> Run:
        """Have host keys (their text by device id) signed; the hosts of the run are these devices."""
        devices = {device_id: {"nms_device_id": device_id, "nms_host_key": key} for device_id, key in keys.items()}
        shown = {
            "name": "certificate",
            "ansible.builtin.debug": {"msg": ["{{ nms_host_certificate }}", "{{ nms_host_certificate_entry }}"]},
        }
        return self.run([role("sign_host"), shown], ",".join(keys), *arguments, devices=devices, **variables)

    def run(self, tasks: Sequence[dict[str, Any]], hosts: str, *arguments: str,
            devices: Mapping[str, Any] = MappingProxyType({}), environment: Mapping[str, str] | None = None,
            **variables: Any) -> Run:  # fmt: skip
        """Run tasks on some hosts: of the inventory, and of ``devices`` that stand in it for this run."""
        plays = [play(*tasks, hosts=hosts)]
        inventory, given = {**self.hosts, **devices}, {**self.variables, **variables}
        own = {**CHEAPER_MODULES, "TMPDIR": str(self.home), **(environment or {})}
        return self.controller.run(plays, inventory, *arguments, variables=given, environment=own)

    # --- what it came to

    @property
    def issued(self) -> list[dict[str, Any]]:
        """The register, oldest entry first."""
        return [json.loads(line) for line in (self.ca_directory / "issued").read_text().splitlines()]

    def authorities(self, kind: str) -> list[str]:
        """``type base64`` of the trusted CAs, oldest first."""
        lines = (self.directory / f"{kind}_ca.pub").read_text().splitlines()
        return [" ".join(line.split()[:2]) for line in lines]

    @property
    def user_key(self) -> Path:
        return self.directory / "netops"

    @property
    def user_certificate(self) -> str:
        return Path(f"{self.user_key}-cert.pub").read_text()

    @property
    def signing_agents(self) -> list[int]:
        """The processes of its ssh-agents; their sockets are in its TMPDIR."""
        return [pid for pid, command in running_commands() if "ssh-agent" in command and str(self.home) in str(command)]

    def host_certificate(self, device_id: str) -> Path:
        """Its file on the CA host."""
        return self.ca_directory / "hosts" / f"{device_id}-cert.pub"

    def files(self) -> dict[str, bytes]:
        """All there is of NMS and CA."""
        folders = (self.directory, self.ca_directory)
        return {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def role(tasks_from: str = "main") -> dict[str, Any]:
    """The task that runs a part of the role."""
    return {"name": "nms", "ansible.builtin.include_role": {"name": ROLE, "tasks_from": tasks_from}}


def described(certificate: str) -> str:
    """A certificate's text as ``ssh-keygen -L`` prints it, each run of white space one space."""
    done = subprocess.run(
        ["ssh-keygen", "-L", "-f", "-"], input=certificate, check=True, capture_output=True, text=True
    )
    return " ".join(done.stdout.split())


def changed(run: Run) -> list[str]:
    """The tasks that changed something, in order."""
    return [result.task for result in run.check().results if result.status == "ok" and result.values.get("changed")]
