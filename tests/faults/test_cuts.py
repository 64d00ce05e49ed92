# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook is cut short while a confirmed commit is made or waits: the device stays in reach, and a second run ends well."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.configuring import task
from ansible_collections.callhome.junos.tests.integration.harness.controller import RunningPlaybook
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play, read
from ansible_collections.callhome.junos.tests.simulator import Control

DEVICE = "r1"
CHANGE, PROVE, KEEP = "change", "prove", "keep"
PLAY = play(
    task(
        CHANGE,
        "call_home",
        {"login_user": {"users": [{"name": "robot", "class": "super-user"}]}, "confirm_timeout": 10},
    ),
    read(PROVE),
    task(KEEP, "commit"),
)
WANTED = "set system login user robot class super-user"
ANSWER_SECONDS = 0.5
"""Each answer takes so long, so that the task that has just begun is under way when it is cut."""


@dataclass(frozen=True)
class Scene:
    """What a fault can strike."""

    site: Site
    device: Control
    playbook: RunningPlaybook

    def reboot(self) -> None:
        self.device.reboot(0.3)

    def drop_the_line(self) -> None:
        self.device.drop_connections()

    def kill_the_agent(self) -> None:
        for pid in self.site.controller.agent_processes:
            os.kill(pid, signal.SIGKILL)

    def kill_the_playbook(self) -> None:
        self.playbook.kill()

    def silence_the_device(self) -> None:
        self.device.stop_calling()
        self.device.drop_connections()

    def replace_the_device(self) -> None:
        self.device.replace_host_keys("ed25519")
        self.device.drop_connections()


FAULTS: dict[str, Callable[[Scene], None]] = {
    "device rebooted": Scene.reboot,
    "line dropped": Scene.drop_the_line,
    "agent killed": Scene.kill_the_agent,
    "controller killed": Scene.kill_the_playbook,
    "device never calls again": Scene.silence_the_device,
    "another host key": Scene.replace_the_device,
}
CUTS = (
    list(itertools.product(FAULTS, [CHANGE, PROVE, KEEP], [True, False]))
    if "ALL_CUTS" in os.environ
    else list(itertools.product(FAULTS, [PROVE], [False]))
)
"""Every cut, where the environment asks for it (as make faults does), takes some minutes."""


@pytest.mark.parametrize("fault, step, outlives", CUTS)
def test_the_device_stays_in_reach_and_a_second_run_ends_as_wanted(
    table: list[tuple[str, ...]], fault: str, step: str, outlives: bool
) -> None:
    with Site() as site:
        device = site.add(DEVICE, confirmed_outlives_session=outlives)
        hosts = site.inventory(DEVICE, call_home_timeout=5)
        device.delay(ANSWER_SECONDS)
        playbook = site.controller.start([PLAY], hosts)
        playbook.wait_for(step)
        FAULTS[fault](Scene(site, device, playbook))
        if fault != "controller killed":
            playbook.finish()
        device.delay(0)
        device.resume_calling()
        pending = device.commit_pending

        reached = site.controller.run([play(read("reach"))], hosts, variables={"call_home_timeout": 20})
        assert reached.check().result("reach").status == "ok"
        second = site.controller.run([PLAY], hosts).check()
        assert WANTED in device.committed_set and not device.commit_pending
        changed = "changed" if second.result(CHANGE)["changed"] else "ok"
        table.append((fault, step, str(outlives), "pending" if pending else "settled", changed))
