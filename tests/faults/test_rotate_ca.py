# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""rotate_ca cut short at each of its steps: each device stays in reach, and a second run finishes the rotation."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import pytest

from ansible_collections.callhome.junos.tests.faults.choice import cut
from ansible_collections.callhome.junos.tests.faults.cutting import Cut, Record
from ansible_collections.callhome.junos.tests.faults.device_faults import DEVICE_FAULTS
from ansible_collections.callhome.junos.tests.faults.enrolled import DEVICES, TWO, enrolled
from ansible_collections.callhome.junos.tests.faults.stage import AGENT, AWAY, FULL, KILL, Deed, Request, Stage
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site

PLAYBOOK = "rotate_ca"
BOTH_TRUSTED = Request("5 both CAs trusted, not answered", ": enrol", done=True)
NEW_TRUSTED = Request("8 new CA alone trusted, not answered", ": enrol", nth=2, done=True)
STEPS = [BOTH_TRUSTED, NEW_TRUSTED]
KILLED = [(BOTH_TRUSTED, AGENT), (NEW_TRUSTED, KILL)]
DEEDS = [
    *(Deed("1 key of the new CA", fault, "*-f */ca/new/user_ca-*") for fault in (KILL, FULL)),
    Deed("1 key of the new CA", AWAY, "openssh_keypair"),
    Deed("2 that key in its place", KILL, "mv new/host_ca-* host_ca-*[0-9]"),
    Deed("3 list of the CAs", KILL, "*/nms/host_ca.pub"),
    *(Deed("4 trust in both CAs", fault, "*/known_hosts.new") for fault in (KILL, FULL)),
    Deed("6 old key put away", KILL, "mv host_ca-*[0-9] retired/"),
    Deed("7 user's certificate of the new CA", KILL, "*/nms/netops-cert.pub"),
]
TELLING = DEEDS[-1]
GENERATIONS = itertools.count(2)

Strike = Callable[[Mapping[str, int]], Run | None]
"""The run that is cut, with the generation that is wanted."""


@pytest.fixture(scope="module")
def stage(site: Site) -> Stage:
    return enrolled(site)


@pytest.fixture(scope="module")
def stage_of_two(stage: Stage) -> Stage:
    """A rotation waits for every device of the inventory: from here on there are these two."""
    stage.put_away([name for name in DEVICES if name in stage.fleet.devices and name not in TWO])
    return stage


def rotate(stage: Stage, step: str, faults: Mapping[str, str], strike: Strike, record: Record) -> None:
    """Cut a rotation of both CAs and finish it: the new generation alone is trusted in the end."""
    wanted = {"rotate_ca_generation": next(GENERATIONS)}
    Cut(PLAYBOOK, step, faults, lambda: strike(wanted), again=wanted).carry_out(stage, record)
    for kind in ("user", "host"):
        listed = (stage.fleet.nms / f"{kind}_ca.pub").read_text().splitlines()
        assert [line.split()[2] for line in listed] == [f"{kind}_ca-{wanted['rotate_ca_generation']}"]


@pytest.mark.parametrize("step", [cut(step, name=step.name) for step in STEPS])
def test_a_fault_of_each_device(stage: Stage, step: Request, record_property: Record) -> None:
    faults = {name: fault for name, (fault, _outlives) in DEVICES.items()}
    struck = {name: DEVICE_FAULTS[fault] for name, fault in faults.items()}
    rotate(stage, step.name, faults, lambda wanted: stage.strike_devices(PLAYBOOK, step, struck, **wanted),
           record_property)  # fmt: skip


@pytest.mark.parametrize("step, fault", [cut(step, fault, name=f"{step.name}: {fault}") for step, fault in KILLED])
def test_a_fault_of_the_controller(stage_of_two: Stage, step: Request, fault: str, record_property: Record) -> None:
    stage, faults = stage_of_two, dict.fromkeys(TWO, fault)
    rotate(stage, step.name, faults, lambda wanted: stage.strike_controller(PLAYBOOK, step, TWO, fault, **wanted),
           record_property)  # fmt: skip


@pytest.mark.parametrize("deed", [cut(deed, name=str(deed), telling=deed is TELLING) for deed in DEEDS])
def test_a_fault_where_something_is_written(stage_of_two: Stage, deed: Deed, record_property: Record) -> None:
    stage, faults = stage_of_two, dict.fromkeys(TWO, deed.fault)
    rotate(stage, deed.name, faults, lambda wanted: stage.strike_deed(PLAYBOOK, deed, TWO, **wanted),
           record_property)  # fmt: skip
