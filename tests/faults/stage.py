# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet whose playbooks are cut short."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh

from ansible_collections.callhome.junos.tests.faults import nms_files
from ansible_collections.callhome.junos.tests.faults.device_faults import DeviceFault
from ansible_collections.callhome.junos.tests.faults.reach import AGENT_ARGUMENTS, ways_in
from ansible_collections.callhome.junos.tests.integration.harness.controller import RunningPlaybook
from ansible_collections.callhome.junos.tests.integration.harness.fleet import REMOVALS, Fleet
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.simulator import Control

MODEL = "model"
"""The device whose day-0 file the others' are made from."""
CA_HOST = "ca"
RUN_SECONDS = 300.0
VARIABLES: dict[str, Any] = {
    **REMOVALS,
    "nms_ca_host": CA_HOST,
    "nms_device_patterns": ["*"],
    "device_call_timeout": 6,
    "call_home_timeout": 10,
    "call_home_agent_arguments": " ".join(AGENT_ARGUMENTS),
}
HOOK = str(Path(__file__).with_name("hook"))
KILL, FULL, AWAY = "controller killed", "disk full on the NMS", "CA host away"
AGENT = "agent killed"
NOT_REACHED = "not reached"


@dataclass(frozen=True)
class Request:
    """A step of the playbook by what it asks of the device: see `Control.hold`."""

    name: str
    containing: str
    request: str = "commit-configuration"
    nth: int = 1
    done: bool = False


@dataclass(frozen=True)
class Deed:
    """A step of the playbook by what it writes or starts on the NMS or the CA host: see hook/sitecustomize.py, and for the
    CA host that goes away the connection ca_host, which looks for ``at`` in the module."""

    name: str
    fault: str
    at: str

    def __str__(self) -> str:
        return f"{self.name}: {self.fault}"

    def environment(self, fleet: Fleet, mark: Path) -> dict[str, str]:
        """What makes a playbook be cut here."""
        if self.fault == AWAY:
            return {"CUT_AWAY_AT": self.at, "CUT_MARK": str(mark)}
        by = {KILL: "kill", FULL: "full"}[self.fault]
        return {
            "PYTHONPATH": HOOK,
            "CUT_AT": self.at,
            "CUT_BY": by,
            "CUT_MARK": str(mark),
            "CUT_FOLDER": str(fleet.home),
        }


class Stage:
    """An NMS that is set up, with a CA host of its own, and devices of which each has the fault that it is named after."""

    def __init__(self, site: Site) -> None:
        self.fleet = Fleet(site, MODEL, variables=VARIABLES)
        self.fleet.hosts[CA_HOST] = {"ansible_connection": CA_HOST + "_host"}
        self.fleet.run("nms").check()
        self.fleet.run("day0", "-e", f"call_home_hosts={MODEL}").check()
        del self.fleet.hosts[MODEL]
        self.outlives: dict[str, bool] = {}
        self._host_keys: dict[str, str] = {}

    # --- devices

    def unpack(self, names: Mapping[str, bool], client: str = "day0") -> None:
        """Switch devices on, by their names and whether a pending commit outlives its session there; they call by ``client``."""
        for name, outlives in names.items():
            for file in (self.fleet.nms / "secrets" / MODEL, self.fleet.nms / "day0" / f"{MODEL}.conf"):
                copy = file.with_name(file.name.replace(MODEL, name))
                text = file.read_text().replace(MODEL, name)
                copy.write_text(text.replace("client day0", f"client {client}"))
            self.fleet.hosts[name] = {}
            key = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
            self._host_keys[name] = key
            self.outlives[name] = outlives
            self.fleet.unpack(name, host_keys=(key,), confirmed_outlives_session=outlives)

    def put_away(self, names: Iterable[str]) -> None:
        """Switch devices off for good."""
        for name in names:
            self.fleet.devices[name].shut_down()
            del self.fleet.hosts[name]

    def devices(self, names: Iterable[str]) -> dict[str, Control]:
        return {name: self.fleet.devices[name] for name in names}

    # --- runs

    def run(self, playbook: str, names: Iterable[str], **variables: Any) -> Run:
        """A whole run with these devices."""
        return self._start(playbook, names, **variables).finish(RUN_SECONDS)

    def strike_devices(
        self, playbook: str, request: Request, faults: Mapping[str, DeviceFault], **variables: Any
    ) -> Run:
        """A run in which each device is struck by its own fault at the same step; the faults are over afterwards."""
        running = self._until_held(playbook, request, faults, **variables)
        for name, device in self.devices(faults).items():
            self._await_request(running, device)
            faults[name].strike(device)
        run = running.finish(RUN_SECONDS)
        for name, device in self.devices(faults).items():
            faults[name].end(device, self._host_keys[name])
        return run

    def strike_controller(self, playbook: str, request: Request, names: Iterable[str], fault: str,
                          **variables: Any) -> Run | None:  # fmt: skip
        """A run during which the agent or the playbook is killed, while each device has the request; None: no end of it."""
        running = self._until_held(playbook, request, names, **variables)
        for device in self.devices(names).values():
            self._await_request(running, device)
        if fault == KILL:
            running.kill()
            return None
        for pid in self.fleet.site.controller.agent_processes:
            os.kill(pid, signal.SIGKILL)
        return running.finish(RUN_SECONDS)

    def strike_deed(self, playbook: str, deed: Deed, names: Iterable[str], **variables: Any) -> Run | None:
        """A run that is cut at something it does by itself; the fault is over afterwards. None: it was killed."""
        mark = self.fleet.home / "cut"
        running = self._start(playbook, names, environment=deed.environment(self.fleet, mark), **variables)
        running.wait_until(mark.exists, f"{deed.name} to be cut", RUN_SECONDS)
        if deed.fault == KILL:
            running.kill()
        run = None if deed.fault == KILL else running.finish(RUN_SECONDS)
        mark.unlink()
        return run

    def _start(self, playbook: str, names: Iterable[str], **variables: Any) -> RunningPlaybook:
        return self.fleet.start(playbook, "-e", f"call_home_hosts={','.join(names)}", **variables)

    def _until_held(self, playbook: str, request: Request, names: Iterable[str], **variables: Any) -> RunningPlaybook:
        for device in self.devices(names).values():
            device.log.clear()
            device.hold(request.request, request.containing, nth=request.nth, done=request.done)
        return self._start(playbook, names, **variables)

    @staticmethod
    def _await_request(running: RunningPlaybook, device: Control) -> None:
        running.wait_until(lambda: bool(device.log.of("held")), f"{device.name} to have its request", RUN_SECONDS)

    # --- what it came to

    def state(self, run: Run | None, name: str) -> str:
        """What the last summary of a run says of a device: nothing, where the run had lost all of them."""
        if run is None:
            return "killed"
        lines = [line.strip(' ",') for line in run.stdout.splitlines() if line.strip().startswith(f'"{name}  ')]
        return lines[-1].split("  ")[1] if lines else "lost"

    def afterwards(self, names: Collection[str]) -> dict[str, str]:
        """Of each device: whether a commit waits, and then the way in by which it is reached."""
        pending = {name: device.commit_pending for name, device in self.devices(names).items()}
        ways = ways_in(self.fleet, names)
        return {name: f"{'pending' if pending[name] else 'settled'}, {ways[name] or NOT_REACHED}" for name in names}


@dataclass(frozen=True)
class Possessions:
    """Keys and certificates that there are, none of which may be lost."""

    keys: frozenset[bytes]
    issued: list[dict[str, Any]]

    @classmethod
    def of(cls, fleet: Fleet) -> Possessions:
        return cls(nms_files.keys(fleet), nms_files.issued(fleet))

    def problems(self, fleet: Fleet) -> list[str]:
        """What is damaged or lost since."""
        lost = self.keys - nms_files.keys(fleet)
        return [
            *nms_files.damaged(fleet),
            *nms_files.wrong_with_serials(fleet, self.issued),
            *([f"{len(lost)} private keys are lost"] if lost else []),
        ]
