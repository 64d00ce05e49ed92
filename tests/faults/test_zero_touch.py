# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zero_touch cut short at each of its steps: each device stays in reach, and a second run enrols it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from ansible_collections.callhome.junos.tests.faults.choice import ALL, Faulty, both_ways, cut, mixed
from ansible_collections.callhome.junos.tests.faults.cutting import Cut, Record
from ansible_collections.callhome.junos.tests.faults.device_faults import DEVICE_FAULTS
from ansible_collections.callhome.junos.tests.faults.stage import AGENT, AWAY, FULL, KILL, Deed, Request, Stage
from ansible_collections.callhome.junos.tests.integration.harness.site import Site

PLAYBOOK = "zero_touch"
LOOKED_AT = Request("1 looked at", "", request="get-configuration")
SENT = Request("3 change on its way", ": enrol")
MADE = Request("4 change made, not answered", ": enrol", done=True)
PROVED = Request("5 confirmation on its way", ": confirm ")
CONFIRMED = Request("6 confirmed, not answered", ": confirm ", done=True)
REMOVED = Request("7 day 0 removed, not answered", ": remove day 0", done=True)
KEPT = Request("8 confirmation of that on its way", ": confirm that")
DEACTIVATED = Request("6 client deactivated, not answered", ": register nms", done=True)
ACTIVATED = Request("6 client activated, not answered", ": activate nms", done=True)
NEW, USED = "day0", "nms"
"""The client by which a device calls: that of a day-0 file, or the one that is to stay, of a device that was in use before."""
STEPS = [
    (LOOKED_AT, NEW, mixed(0)),
    (SENT, NEW, mixed(1)),
    (MADE, NEW, both_ways() if ALL else mixed(0)),
    (PROVED, NEW, mixed(0)),
    (CONFIRMED, NEW, mixed(1)),
    (REMOVED, NEW, mixed(1)),
    (KEPT, NEW, mixed(0)),
    (DEACTIVATED, USED, both_ways()),
    (ACTIVATED, USED, mixed(1)),
]
KILLED = [
    *((step, NEW, KILL) for step in (MADE, PROVED, REMOVED)),
    *((step, NEW, AGENT) for step in (SENT, PROVED, REMOVED)),
    *((DEACTIVATED, USED, fault) for fault in (KILL, AGENT)),
]
NUMBER, SIGNATURE = "2 serial number", "2 signature"
DEEDS = [
    *(Deed(NUMBER, fault, "*/ca/issued.new") for fault in (KILL, FULL)),
    Deed(NUMBER, AWAY, "certificate_register"),
    *(Deed(SIGNATURE, fault, "*-s */ca/host_ca-1 *") for fault in (KILL, FULL)),
    Deed(SIGNATURE, AWAY, "openssh_cert"),
]
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def stage(site: Site) -> Stage:
    return Stage(site)


@pytest.fixture
def new_devices(stage: Stage, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Devices out of their boxes, by the client that they have and the faults that they are to have: the fault of each."""
    client, faults = request.param
    named = {f"r{next(NUMBERS)}": faulty for faulty in faults}
    stage.unpack({name: outlives for name, (_fault, outlives) in named.items()}, client)
    yield {name: fault for name, (fault, _outlives) in named.items()}
    stage.put_away(named)


def pair(fault: str) -> list[Faulty]:
    return [(fault, True), (fault, False)]


@pytest.mark.parametrize(
    "step, new_devices",
    [cut(step, (client, faults), name=step.name, telling=step is MADE) for step, client, faults in STEPS],
    indirect=["new_devices"],
)
def test_a_fault_of_each_device(
    stage: Stage, step: Request, new_devices: dict[str, str], record_property: Record
) -> None:
    struck = {name: DEVICE_FAULTS[fault] for name, fault in new_devices.items()}
    made = Cut(PLAYBOOK, step.name, new_devices, lambda: stage.strike_devices(PLAYBOOK, step, struck))
    made.carry_out(stage, record_property)


@pytest.mark.parametrize(
    "step, fault, new_devices",
    [cut(step, fault, (client, pair(fault)), name=f"{step.name}: {fault}") for step, client, fault in KILLED],
    indirect=["new_devices"],
)
def test_a_fault_of_the_controller(
    stage: Stage, step: Request, fault: str, new_devices: dict[str, str], record_property: Record
) -> None:
    made = Cut(PLAYBOOK, step.name, new_devices, lambda: stage.strike_controller(PLAYBOOK, step, new_devices, fault))
    made.carry_out(stage, record_property)


@pytest.mark.parametrize(
    "deed, new_devices",
    [cut(deed, (NEW, pair(deed.fault)[:1]), name=str(deed)) for deed in DEEDS],
    indirect=["new_devices"],
)
def test_a_fault_where_something_is_written(
    stage: Stage, deed: Deed, new_devices: dict[str, str], record_property: Record
) -> None:
    made = Cut(PLAYBOOK, deed.name, new_devices, lambda: stage.strike_deed(PLAYBOOK, deed, new_devices))
    made.carry_out(stage, record_property)
