# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zero_touch killed between its commit and the confirmation, and run again."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.configuring import task
from ansible_collections.callhome.junos.tests.integration.harness.fleet import BOOTSTRAP, BOOTSTRAP_PASSWORD, Fleet
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play

OUTLIVES, BOUND, FOREIGN = "outlives", "bound", "foreign"
PROOF = "Confirm over a call that came since, with the certificates alone"


@dataclass(frozen=True)
class Story:
    fleet: Fleet
    check: Run
    second: Run
    pending_after_the_kill: dict[str, bool]
    foreign_before: str


@pytest.fixture(scope="module")
def story(site: Site) -> Story:
    fleet = Fleet(site, OUTLIVES, BOUND, FOREIGN, variables={"device_confirm_minutes": 3000})
    fleet.prepare()
    fleet.unpack(OUTLIVES, FOREIGN)
    fleet.unpack(BOUND, confirmed_outlives_session=False)
    for name in (OUTLIVES, BOUND):
        fleet.devices[name].delay(3, "commit-configuration")
    first = fleet.start("zero_touch", "--limit", f"{OUTLIVES},{BOUND}")
    first.wait_for(PROOF, seconds=60)
    first.kill()
    for name in (OUTLIVES, BOUND):
        fleet.devices[name].delay(0, "commit-configuration")
    _somebody_elses_commit(fleet)
    bound = fleet.devices[BOUND]
    bound.wait_until(lambda: not bound.commit_pending, 20)
    check = fleet.run("zero_touch", "--check", "--limit", OUTLIVES)
    pending = {name: device.commit_pending for name, device in fleet.devices.items()}
    before = fleet.devices[FOREIGN].committed_set
    return Story(fleet, check, fleet.run("zero_touch"), pending, before)


def _somebody_elses_commit(fleet: Fleet) -> None:
    host = {
        "ansible_user": BOOTSTRAP,
        "ansible_password": BOOTSTRAP_PASSWORD,
        "call_home_secret": (fleet.nms / "secrets" / FOREIGN).read_text().strip(),
    }
    options = {"users": [{"name": "visitor", "class": "operator"}], "confirm_timeout": 3000, "comment": "by hand"}
    fleet.site.controller.run([play(task("by hand", "login_user", options))], {FOREIGN: host}).check()


def test_a_commit_of_the_run_that_was_killed_is_proved_anew_and_kept(story: Story) -> None:
    assert story.pending_after_the_kill[OUTLIVES]
    assert "kept" in story.fleet.report(story.second, OUTLIVES)
    log = story.fleet.devices[OUTLIVES].log
    confirmed = [event for event in log.of("commit") if "confirm" in event.details["comment"]]
    (closed, *_more) = [event for event in log.of("call-down") if event.details["client"] == "nms"]
    proofs = [event for event in log.of("login") if event.details["method"] == "certificate"]
    assert closed.time < proofs[-1].time < confirmed[-1].time
    assert not story.fleet.devices[OUTLIVES].commit_pending


def test_a_check_leaves_it_as_it_is_and_says_so(story: Story) -> None:
    assert "failed  a commit of an earlier run waits" in story.fleet.report(story.check, OUTLIVES)
    assert "without --check" in story.fleet.report(story.check, OUTLIVES)
    assert story.pending_after_the_kill[OUTLIVES]


def test_where_it_was_rolled_back_with_its_session_the_device_is_enrolled_from_the_beginning(story: Story) -> None:
    assert not story.pending_after_the_kill[BOUND]
    assert "enrolled" in story.fleet.report(story.second, BOUND)
    device = story.fleet.devices[BOUND]
    assert not device.commit_pending
    assert f"client nms device-id {BOUND}" in device.committed_set


def test_a_commit_of_somebody_else_that_waits_is_not_touched(story: Story) -> None:
    device = story.fleet.devices[FOREIGN]
    line = story.fleet.report(story.second, FOREIGN)
    assert "failed" in line and "waits for its confirmation (by hand)" in line
    assert device.commit_pending
    assert device.committed_set == story.foreign_before
