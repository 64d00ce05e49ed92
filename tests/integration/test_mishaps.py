# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that go away in the middle of a play, with or without a word, and come back."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.controller import RunningPlaybook
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import local, play, read, rpc
from ansible_collections.callhome.junos.tests.simulator import Control

COMMAND_TIMEOUT = 3
SLACK = 2.5
"""Seconds beyond its own time that a task may take on a busy machine."""
AWAY = 1.0
REQUEST = "get-system-information"
"""The request that is under way when the mishap comes."""

STRUCK: dict[str, Callable[[Control], None]] = {
    "reboots": Control.shut_down,
    "loses power": Control.power_cut,
    "loses power for long": Control.power_cut,
    "hangs": Control.silence,
}
PLAYS = [
    play(
        read("before"),
        rpc("struck", REQUEST, ignore_errors=True),
        read("after", vars={"ansible_command_timeout": 30}),
        hosts=",".join(STRUCK),
        strategy="free",
    ),
    play(
        rpc("retried", REQUEST, register="reply", until="reply is succeeded", retries=3, delay=0),
        hosts="retried",
    ),
    play(
        rpc("looped", REQUEST, loop=[1, 2, 3], ignore_errors=True),
        read("after the loop"),
        hosts="looped",
    ),
]


@pytest.fixture(scope="module")
def run(site: Site) -> Run:
    names = (*STRUCK, "retried", "looped")
    for device in site.add_all([site.spec(name) for name in names]):
        device.delay(60, REQUEST)
    running = site.controller.start(PLAYS, site.hosts, variables={"ansible_command_timeout": COMMAND_TIMEOUT})
    devices = site.simulator
    for name, mishap in STRUCK.items():
        strike(running, devices[name], mishap)
    time.sleep(AWAY)
    for name in ("reboots", "loses power", "hangs"):
        devices[name].power_on()
    running.wait_for("after", host="loses power for long")
    devices["loses power for long"].power_on()
    for name in ("retried", "looped"):
        strike(running, devices[name], Control.shut_down)
        devices[name].power_on()
    return running.finish()


def strike(running: RunningPlaybook, device: Control, mishap: Callable[[Control], None]) -> None:
    """Let a mishap come while the device has a request that it has not answered yet."""
    running.wait_until(lambda: bool(device.log.of("held", name=REQUEST)), f"{device.name} to have its request")
    mishap(device)
    device.delay(0, REQUEST)


def times_sent(device: Control) -> int:
    """How often the request came to a device, answered or not."""
    return len(device.log.of("held", name=REQUEST)) + len(device.log.of("rpc", name=REQUEST))


@pytest.mark.parametrize("host", STRUCK)
def test_the_next_task_uses_the_next_call_and_nothing_is_sent_twice(run: Run, site: Site, host: str) -> None:
    assert run.result("before", host).status == "ok"
    assert run.result("struck", host).status == "failed"
    assert run.result("after", host).status == "ok", run.output
    device = site.simulator[host]
    assert times_sent(device) == 1
    assert device.log.counts["login"] == 2


@pytest.mark.parametrize("host", STRUCK)
def test_no_task_hangs_longer_than_its_command_timeout(run: Run, host: str) -> None:
    assert run.seconds("struck", host) < COMMAND_TIMEOUT + SLACK


@pytest.mark.parametrize("host", STRUCK)
def test_the_failed_task_says_that_it_was_not_sent_again(run: Run, host: str) -> None:
    message = run.result("struck", host).message
    reason = "the connection ended" if host == "reboots" else f"no answer within {COMMAND_TIMEOUT} s"
    assert f"device id {host}: {reason}" in message
    assert "it was not sent again" in message


def test_retries_recover(run: Run, site: Site) -> None:
    assert run.result("retried").status == "ok", run.output
    assert run.result("retried")["attempts"] == 2
    assert times_sent(site.simulator["retried"]) == 2


def test_a_loop_goes_on_with_the_next_call(run: Run, site: Site) -> None:
    assert len(run.of("looped", status="item-failed")) == 1
    assert len(run.of("looped", status="item-ok")) == 2
    assert run.result("after the loop").status == "ok", run.output
    assert times_sent(site.simulator["looped"]) == 3


def test_a_device_that_lost_power_between_tasks_holds_up_the_next_no_longer_than_its_command_timeout(
    site: Site,
) -> None:
    device = site.add("loses power unseen")
    pause = local("pause", "ansible.builtin.pause", {"seconds": 2})
    tasks = [read("before"), pause, read("first after", ignore_errors=True), read("second after")]
    hosts = site.inventory(device.name, ansible_command_timeout=COMMAND_TIMEOUT)
    running = site.controller.start([play(*tasks)], hosts)
    running.wait_for("pause")
    device.power_cut()
    running.wait_for("second after")
    device.power_on()
    run = running.finish()
    assert run.result("first after").status == "failed"
    assert run.seconds("first after") < COMMAND_TIMEOUT + SLACK
    assert run.result("second after").status == "ok", run.output
