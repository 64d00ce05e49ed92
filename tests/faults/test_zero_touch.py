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
STEPS = [
    (LOOKED_AT, mixed(0)),
    (SENT, mixed(1)),
    (MADE, both_ways() if ALL else mixed(0)),
    (PROVED, mixed(0)),
    (CONFIRMED, mixed(1)),
    (REMOVED, mixed(1)),
    (KEPT, mixed(0)),
]
KILLED = [(SENT, AGENT), (MADE, KILL), (PROVED, AGENT), (PROVED, KILL), (REMOVED, AGENT), (REMOVED, KILL)]
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
    """Devices out of their boxes, by the faults that they are to have: the fault of each."""
    faults: list[Faulty] = request.param
    named = {f"r{next(NUMBERS)}": faulty for faulty in faults}
    stage.unpack({name: outlives for name, (_fault, outlives) in named.items()})
    yield {name: fault for name, (fault, _outlives) in named.items()}
    stage.put_away(named)


def pair(fault: str) -> list[Faulty]:
    return [(fault, True), (fault, False)]


@pytest.mark.parametrize(
    "step, new_devices",
    [cut(step, faults, name=step.name, telling=step is MADE) for step, faults in STEPS],
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
    [cut(step, fault, pair(fault), name=f"{step.name}: {fault}") for step, fault in KILLED],
    indirect=["new_devices"],
)
def test_a_fault_of_the_controller(
    stage: Stage, step: Request, fault: str, new_devices: dict[str, str], record_property: Record
) -> None:
    made = Cut(PLAYBOOK, step.name, new_devices, lambda: stage.strike_controller(PLAYBOOK, step, new_devices, fault))
    made.carry_out(stage, record_property)


@pytest.mark.parametrize(
    "deed, new_devices",
    [cut(deed, pair(deed.fault)[:1], name=str(deed)) for deed in DEEDS],
    indirect=["new_devices"],
)
def test_a_fault_where_something_is_written(
    stage: Stage, deed: Deed, new_devices: dict[str, str], record_property: Record
) -> None:
    made = Cut(PLAYBOOK, deed.name, new_devices, lambda: stage.strike_deed(PLAYBOOK, deed, new_devices))
    made.carry_out(stage, record_property)
