# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zero_touch of devices in a staging network: dialled over direct SSH, and never heard of before they are enrolled."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.configuring import NO_HOST_KEYS
from ansible_collections.callhome.junos.tests.integration.harness.controller import RunningPlaybook
from ansible_collections.callhome.junos.tests.integration.harness.fleet import (
    BOOTSTRAP,
    BOOTSTRAP_PASSWORD,
    USER,
    Fleet,
)
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site

STAGED, UNREACHABLE, CALLING = "staged", "unplugged", "calling"


@dataclass(frozen=True)
class Story:
    fleet: Fleet
    check: Run
    unchanged: bool
    """Whether device and register were as before after the check."""
    first: Run
    second: Run
    committed: str
    """What the device on the bench had after the first run."""


@pytest.fixture(scope="module")
def story(site: Site) -> Story:
    fleet = Fleet(site, STAGED, UNREACHABLE, CALLING, variables={"device_fleet_timeout": 1})
    fleet.prepare()
    fleet.unpack(CALLING)
    device = site.add(STAGED, servers=[], users={BOOTSTRAP: BOOTSTRAP_PASSWORD}, listen="127.0.0.1", secret=None)
    fleet.devices[STAGED] = device
    bench = {"ansible_host": "127.0.0.1", "device_staging": True}
    fleet.hosts[STAGED] = {**bench, "ansible_port": device.direct_port, "call_home_device_id": STAGED}
    fleet.hosts[UNREACHABLE] = {**bench, "ansible_port": 1, "call_home_device_id": UNREACHABLE}

    def run(*arguments: str) -> RunningPlaybook:
        return fleet.start("zero_touch", *arguments, environment=NO_HOST_KEYS, device_remove_bootstrap_user=True)

    caller = fleet.devices[CALLING]
    caller.stop_calling()
    before = (device.committed_set, (fleet.home / "ca" / "issued").read_text())
    check = run("--check", "--limit", f"{STAGED},{CALLING}").finish()
    unchanged = before == (device.committed_set, (fleet.home / "ca" / "issued").read_text())
    running = run()
    running.wait_for("Put everything in place, in one confirmed commit", host=STAGED)
    caller.resume_calling()
    first = running.finish(150)
    committed = device.committed_set
    return Story(fleet, check, unchanged, first, run().finish(150), committed)


def test_a_check_tells_what_would_be_done_and_waits_for_nobody(story: Story) -> None:
    assert story.unchanged
    assert story.check.result("Put everything in place, in one confirmed commit", STAGED)["changed"]
    assert story.fleet.report(story.check, STAGED).startswith(f"{STAGED}  enrolled  certificate")
    assert story.fleet.report(story.check, CALLING) == f"{CALLING}  absent  no call so far, and a check waits for none"
    assert story.check.stdout.count("TASK [callhome.junos.device : Wait for the next call]") <= 2


def test_one_that_calls_while_the_last_group_is_taken_is_not_absent(story: Story) -> None:
    assert "enrolled" in story.fleet.report(story.first, CALLING)


def test_a_device_that_never_called_is_enrolled_over_direct_ssh(story: Story) -> None:
    assert "enrolled" in story.fleet.report(story.first, STAGED)
    assert f"client nms device-id {STAGED}" in story.committed
    assert f"login user {USER}" in story.committed


def test_its_change_is_confirmed_over_its_first_call_by_certificate_alone(story: Story) -> None:
    log = story.fleet.devices[STAGED].log
    put, confirmed = log.of("commit")[:2]
    assert (put.details["confirmed_minutes"], confirmed.details["confirmed_minutes"]) == (10, None)
    (proof, *_more) = [event for event in log.of("login") if event.details["user"] == USER]
    assert (proof.details["method"], proof.details["client"]) == ("certificate", "nms")
    assert put.time < proof.time < confirmed.time


def test_the_way_in_of_the_bench_is_removed_over_the_certificates(story: Story) -> None:
    assert f"login user {BOOTSTRAP}" not in story.committed


def test_a_second_run_finds_it_by_its_calls_and_changes_nothing(story: Story) -> None:
    assert "kept" in story.fleet.report(story.second, STAGED)
    assert story.fleet.devices[STAGED].committed_set == story.committed


def test_one_that_cannot_be_dialled_is_named_and_holds_nobody_up(story: Story) -> None:
    line = story.fleet.report(story.first, UNREACHABLE)
    assert "failed" in line and "not let in at 127.0.0.1 in the staging network" in line
    assert "enrolled" in story.fleet.report(story.first, CALLING)
    assert "kept" in story.fleet.report(story.second, CALLING)
