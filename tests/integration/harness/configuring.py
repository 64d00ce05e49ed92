# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices configured by this collection's modules, over call home and over direct SSH."""

from __future__ import annotations

from typing import Any

from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.tasks import Task
from ansible_collections.callhome.junos.tests.simulator import Control

WAYS = {"home": "callhome.junos.netconf", "direct": "ansible.netcommon.netconf"}
"""Of a connection: the device's call, or a connection to the device's own port."""

NO_HOST_KEYS = {"ANSIBLE_HOST_KEY_CHECKING": "False"}
"""The environment of runs with the stock connection, which knows no key of a simulated device."""

SECRET = "0123456789abcdef0123456789abcdef"
"""Of an outbound-ssh client, long enough that nobody warns of it."""


def task(name: str, module: str, options: dict[str, Any] | None = None, **keywords: Any) -> Task:
    """A task with one of this collection's modules."""
    return {"name": name, f"callhome.junos.{module}": options or {}, **keywords}


def variables(device: Control, way: str) -> dict[str, Any]:
    """What a host of the inventory needs besides, to reach the device in one of :data:`WAYS`."""
    if way == "home":
        return {}
    return {"ansible_connection": WAYS[way], "ansible_host": "127.0.0.1", "ansible_port": device.direct_port}


def requests(device: Control, run: Run, name: str, host: str | None = None) -> list[str]:
    """The names of the requests that the device was sent during a task; not the end of an earlier stock connection."""
    began, ended = run.of(name, host, "started")[0].time, run.result(name, host).time
    sent = [event.details["name"] for event in device.log.of("rpc") if began <= event.time <= ended]
    return [request for request in sent if request != "close-session"]


def client(name: str = "nms2", **options: Any) -> dict[str, Any]:
    """Options of a further outbound-ssh client, at whose server nobody listens."""
    return {"name": name, "device_id": "second", "secret": SECRET, "servers": [{"address": "192.0.2.9"}], **options}
