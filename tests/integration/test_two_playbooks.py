# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two playbooks on one device at once, each with a NETCONF session of its own on the device's one call."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import configure, local, play, read, rpc
from ansible_collections.callhome.junos.tests.simulator import Control

REQUEST = "get-system-information"
HOLD = 4.0
"""Seconds that the first playbook waits for an answer, while the second one runs."""


class Runs(NamedTuple):
    """What the two came to, and the process that the first one was."""

    first: Run
    second: Run
    first_process: int


SESSION = "callhome.junos.session"


@pytest.fixture(scope="module")
def device(site: Site) -> Control:
    device = site.add("r1")
    device.delay(HOLD, REQUEST)
    return device


@pytest.fixture(scope="module")
def runs(device: Control, site: Site) -> Runs:
    controller = site.controller
    first = controller.start([play(rpc("lock", "lock-configuration"), rpc("hold", REQUEST))], site.hosts)
    first.wait_until(lambda: bool(device.log.of("held")), "the lock to be held")
    tasks = [
        read("read beside"),
        configure("refused", "<snmp><location>nowhere</location></snmp>", ignore_errors=True),
        *(
            local(f"{would}{name}", SESSION, {"state": state}, check_mode=bool(would), ignore_errors=True)
            for name, state in {"close": "closed", "stop": "agent_stopped"}.items()
            for would in ("would ", "")
        ),
    ]
    second = controller.run([play(*tasks)], site.hosts)
    return Runs(first.finish(), second, first.pid)


def test_each_playbook_has_a_netconf_session_of_its_own(runs: Runs, device: Control) -> None:
    sessions = {event.details["session_id"] for event in device.log.of("session")}
    assert len(sessions) == 2
    assert device.log.counts["login"] == 1


def test_the_second_one_is_not_held_up_by_the_first(runs: Runs) -> None:
    first, second, _unused = runs
    assert second.result("read beside").time < first.result("hold").time


def test_a_lock_of_the_first_one_is_refused_to_the_second(runs: Runs, device: Control) -> None:
    first, second, _unused = runs
    assert first.check().result("lock").status == "ok"
    assert second.result("refused").status == "failed"
    assert "configuration database locked by" in second.result("refused").message
    assert "nowhere" not in device.committed


def test_what_the_first_one_uses_is_not_closed_for_the_second_and_check_mode_says_so(runs: Runs) -> None:
    _unused, second, process = runs
    in_use = f"is in use by playbook process {process}; let that finish, or set force"
    for would in ("", "would "):
        assert second.result(f"{would}close").message.endswith(f"device id r1: its session {in_use}")
        assert second.result(f"{would}stop").message.endswith(f"the agent {in_use}")


def test_the_lock_is_free_when_the_first_one_has_ended(runs: Runs, site: Site, device: Control) -> None:
    tasks = [configure("allowed", "<snmp><location>somewhere</location></snmp>")]
    site.controller.run([play(*tasks)], site.hosts).check()
    assert "<location>somewhere</location>" in device.committed
    assert device.log.counts["login"] == 1
