# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices out of their boxes, and the NMS that takes them, by the playbooks that users run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.callhome.junos.tests.integration.harness.controller import RunningPlaybook
from ansible_collections.callhome.junos.tests.integration.harness.nms import CHEAPER_MODULES
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.simulator import Control

BOOTSTRAP, BOOTSTRAP_PASSWORD = "installer", "Seven dwarfs 7"
USER = "netops"
ROLES = Path(__file__).parents[3] / "roles"
REMOVALS = {
    "device_remove_day0_client": True,
    "device_remove_secret": True,
    "device_remove_password": True,
    "device_remove_bootstrap_user": True,
}
BASE = "set system host-name {name}\nset system root-authentication encrypted-password *\n"


class Fleet:
    """An NMS with its folders in the controller's home, and devices that begin with their day-0 files."""

    def __init__(self, site: Site, *names: str, variables: Mapping[str, Any] | None = None) -> None:
        self.site = site
        self.home = site.controller.home
        self.nms = self.home / "nms"
        self.hosts: dict[str, dict[str, Any]] = {name: {} for name in names}
        self.devices: dict[str, Control] = {}
        self.variables: dict[str, Any] = {
            "nms_directory": str(self.nms),
            "nms_ca_directory": str(self.home / "ca"),
            "nms_user": USER,
            "nms_known_hosts": str(self.home / "known_hosts"),
            "call_home_known_hosts": str(self.home / "known_hosts"),
            "device_servers": [{"address": "127.0.0.1", "port": site.controller.port}],
            "device_bootstrap_user": BOOTSTRAP,
            "device_bootstrap_password": BOOTSTRAP_PASSWORD,
            "device_call_timeout": 20,
            "device_probe_timeout": 3,
            "device_fleet_timeout": 15,
            "device_fleet_gather": 1,
            # the simulated devices' clocks run fast, so that minutes are seconds
            "device_clock_behind": 7 * 24 * 3600,
            **(variables or {}),
        }

    def start(self, playbook: str, *arguments: str, hosts: Mapping[str, Mapping[str, Any]] | None = None,
              environment: Mapping[str, str] | None = None, others: Sequence[str] = (),
              **variables: Any) -> RunningPlaybook:  # fmt: skip
        """Start one of the collection's playbooks, as ``ansible-playbook callhome.junos.NAME`` would."""
        plays = [{"import_playbook": f"callhome.junos.{playbook}"}]
        inventory = {name: {**given, "device_day0_base": BASE.format(name=name)}
                     for name, given in (hosts or self.hosts).items()}  # fmt: skip
        given = {**self.variables, **variables}
        own = {**CHEAPER_MODULES, **(environment or {})}
        return self.site.controller.start(plays, inventory, *arguments, variables=given, environment=own, others=others)

    def run(self, playbook: str, *arguments: str, seconds: float = 150.0, **variables: Any) -> Run:
        """Run one of the collection's playbooks to its end."""
        return self.start(playbook, *arguments, **variables).finish(seconds)

    def prepare(self) -> None:
        """Set the NMS up and write the day-0 files."""
        for playbook in ("nms", "day0"):
            self.run(playbook).check()

    def unpack(self, *names: str, **fields: Any) -> None:
        """Switch devices on that have nothing but their day-0 files."""
        specs = [
            self.site.spec(name, **{**_BARE, "configuration": self.day0(name), "listen": "127.0.0.1", **fields})
            for name in names
        ]
        self.devices |= dict(zip(names, self.site.simulator.add_devices(specs), strict=True))

    def day0(self, name: str) -> str:
        """The text of a device's day-0 file."""
        return (self.nms / "day0" / f"{name}.conf").read_text()

    def report(self, run: Run, name: str) -> str:
        """The line of a device in the summary of a run."""
        (line,) = (line.strip(' ",') for line in run.stdout.splitlines() if line.strip().startswith(f'"{name}  '))
        return line

    @property
    def private_keys(self) -> list[Path]:
        """All private keys of CAs and user."""
        files = [path for folder in (self.nms, self.home / "ca") for path in folder.rglob("*") if path.is_file()]
        return [path for path in files if b"PRIVATE KEY" in path.read_bytes()]


def words(variables: Mapping[str, Any]) -> dict[str, str]:
    """Every number and boolean of both roles as ``-e name=value`` has it, a text: as given, else by default."""
    found = {}
    for role in ("nms", "device"):
        specs = yaml.safe_load((ROLES / role / "meta" / "argument_specs.yml").read_text())["argument_specs"]
        options = {name: option for spec in specs.values() for name, option in spec["options"].items()}
        found |= {name: str(variables.get(name, option["default"])) for name, option in options.items()
                  if option["type"] in ("int", "float", "bool")}  # fmt: skip
    return found


_BARE: dict[str, Any] = {"servers": [], "secret": None, "users": {}, "root_password": None, "shared_host_keys": False}
