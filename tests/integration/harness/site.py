# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that call, and the controller that they call."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from ansible_collections.callhome.junos.tests.integration.harness.controller import Controller
from ansible_collections.callhome.junos.tests.simulator import Clock, Control, DeviceSpec, Simulator

USER, PASSWORD = "netops", "correct horse"
SECRET = "battery staple"
CLOCK_SCALE = 20
"""A device that lost its connection dials again within a quarter of a second."""

DEVICE_DEFAULTS: dict[str, Any] = {
    "secret": SECRET,
    "users": {USER: PASSWORD},
    "shared_host_keys": True,
    "login_grace_time": 120.0 * CLOCK_SCALE,
}
LOGIN = {"ansible_user": USER, "ansible_password": PASSWORD}


class Site:
    """A simulator and a controller, both gone afterwards."""

    def __init__(self) -> None:
        self.simulator = Simulator(Clock(scale=CLOCK_SCALE))
        self.controller = Controller()
        self.hosts: dict[str, dict[str, Any]] = {}
        """The inventory: one host for each device that was added."""

    def __enter__(self) -> Site:
        self.simulator.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        self.controller.stop()
        self.simulator.__exit__(kind, error, trace)

    def spec(self, name: str, **fields: Any) -> DeviceSpec:
        """A device that calls this controller, unless ``fields`` say otherwise."""
        servers = [("127.0.0.1", self.controller.port)]
        return DeviceSpec(**{**DEVICE_DEFAULTS, "name": name, "servers": servers, **fields})

    def add(self, name: str, **fields: Any) -> Control:
        """Start a device, and give the inventory a host of its name with what the connection needs."""
        return self.add_all([self.spec(name, **fields)])[0]

    def add_all(self, specs: list[DeviceSpec]) -> list[Control]:
        """Start many devices at once; see :meth:`add`."""
        self.hosts |= {spec.name: host_of(spec) for spec in specs}
        return self.simulator.add_devices(specs)

    def inventory(self, *names: str, **variables: Any) -> dict[str, dict[str, Any]]:
        """Some of the hosts, with further variables."""
        return {name: {**self.hosts[name], **variables} for name in names}


def host_of(spec: DeviceSpec) -> dict[str, Any]:
    """The variables of the inventory's host for a device with password and secret."""
    variables: dict[str, Any] = {**LOGIN, "call_home_device_id": spec.device_id or spec.name}
    return variables | ({"call_home_secret": spec.secret} if spec.secret else {})
