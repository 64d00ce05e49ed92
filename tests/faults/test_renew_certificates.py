# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""renew_certificates cut short at each of its steps: each device stays in reach, and a second run finishes."""

from __future__ import annotations

import pytest

from ansible_collections.callhome.junos.tests.faults.choice import cut
from ansible_collections.callhome.junos.tests.faults.cutting import Cut, Record
from ansible_collections.callhome.junos.tests.faults.device_faults import DEVICE_FAULTS
from ansible_collections.callhome.junos.tests.faults.enrolled import DEVICES, TWO, enrolled
from ansible_collections.callhome.junos.tests.faults.stage import AGENT, AWAY, FULL, KILL, Deed, Request, Stage
from ansible_collections.callhome.junos.tests.integration.harness.site import Site

PLAYBOOK = "renew_certificates"
NOW_DUE = {"nms_renew_below": 1.0}
"""Every certificate is renewed."""
MADE = Request("5 change made, not answered", ": enrol", done=True)
PROVED = Request("6 confirmation on its way", ": confirm ")
TIDIED = Request("7 proving client removed, not answered", ": remove nms-proof", done=True)
STEPS = [MADE, PROVED, TIDIED]
KILLED = [(MADE, AGENT), (MADE, KILL), (PROVED, AGENT), (PROVED, KILL), (TIDIED, KILL)]
NUMBER, SIGNATURE, IN_PLACE = "1 serial number of the user", "2 signature for the user", "3 user's certificate in place"
DEEDS = [
    *(Deed(NUMBER, fault, "*/ca/issued.new") for fault in (KILL, FULL)),
    Deed(NUMBER, AWAY, "certificate_register"),
    *(Deed(SIGNATURE, fault, "*-s */ca/user_ca-1 *") for fault in (KILL, FULL)),
    Deed(SIGNATURE, AWAY, "openssh_cert"),
    Deed(IN_PLACE, KILL, "*/nms/netops-cert.pub"),
    Deed(IN_PLACE, FULL, "*/.source*"),
    *(Deed("4 signature for the device", fault, "*-s */ca/host_ca-1 *") for fault in (KILL, FULL)),
]


@pytest.fixture(scope="module")
def stage(site: Site) -> Stage:
    return enrolled(site)


@pytest.mark.parametrize("step", [cut(step, name=step.name) for step in STEPS])
def test_a_fault_of_each_device(stage: Stage, step: Request, record_property: Record) -> None:
    faults = {name: fault for name, (fault, _outlives) in DEVICES.items()}
    struck = {name: DEVICE_FAULTS[fault] for name, fault in faults.items()}
    made = Cut(PLAYBOOK, step.name, faults, lambda: stage.strike_devices(PLAYBOOK, step, struck, **NOW_DUE))
    made.carry_out(stage, record_property)


@pytest.mark.parametrize(
    "step, fault",
    [cut(step, fault, name=f"{step.name}: {fault}", telling=(step, fault) == (MADE, KILL)) for step, fault in KILLED],
)
def test_a_fault_of_the_controller(stage: Stage, step: Request, fault: str, record_property: Record) -> None:
    faults = dict.fromkeys(TWO, fault)
    made = Cut(PLAYBOOK, step.name, faults, lambda: stage.strike_controller(PLAYBOOK, step, TWO, fault, **NOW_DUE))
    made.carry_out(stage, record_property)


@pytest.mark.parametrize("deed", [cut(deed, name=str(deed)) for deed in DEEDS])
def test_a_fault_where_something_is_written(stage: Stage, deed: Deed, record_property: Record) -> None:
    faults = dict.fromkeys(TWO[:1], deed.fault)
    made = Cut(PLAYBOOK, deed.name, faults, lambda: stage.strike_deed(PLAYBOOK, deed, TWO[:1], **NOW_DUE))
    made.carry_out(stage, record_property)
