# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From unboxing to certificate-only login: the playbooks nms, day0 and zero_touch."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.fleet import BOOTSTRAP, REMOVALS, USER, Fleet
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import local, play

PRESENT = ("alpha", "bravo")
ABSENT = "charlie"


@dataclass(frozen=True)
class Story:
    fleet: Fleet
    first: Run
    second: Run
    third: Run
    one_by_one: Run
    configurations: dict[str, list[str]]
    """Of each device that is there: after each of the runs."""


@pytest.fixture(scope="module")
def story(site: Site) -> Story:
    fleet = Fleet(site, *PRESENT, ABSENT)
    fleet.prepare()
    fleet.unpack(*PRESENT)
    configurations: dict[str, list[str]] = {name: [] for name in PRESENT}
    runs = []
    for variables in ({}, {"environment": {"ANSIBLE_STRATEGY": "free"}}, REMOVALS):
        runs.append(fleet.run("zero_touch", **variables))
        for name in PRESENT:
            configurations[name].append(fleet.devices[name].committed_set)
    role = {"name": "callhome.junos.device", "tasks_from": "fleet"}
    in_turn = play(local("each", "ansible.builtin.include_role", role), hosts=",".join(PRESENT), serial=1)
    one_by_one = site.controller.run([in_turn], fleet.hosts, variables=fleet.variables)
    return Story(fleet, runs[0], runs[1], runs[2], one_by_one, configurations)


@pytest.fixture(params=PRESENT)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_each_device_that_calls_is_enrolled(story: Story, name: str) -> None:
    assert "enrolled" in story.fleet.report(story.first, name)
    committed = story.configurations[name][0]
    for statement in (
        f"login user {USER} class super-user",
        f"login user {USER} authorized-principals {USER}",
        "services ssh host-certificate-file /config/",
        "services ssh trusted-user-ca-key-file /config/",
        f"services outbound-ssh client nms device-id {name}",
        f"services outbound-ssh client day0 device-id {name}",
    ):
        assert f"set system {statement}" in committed


def test_an_absent_device_holds_nobody_up_and_is_named(story: Story) -> None:
    assert "absent" in story.fleet.report(story.first, ABSENT)
    assert story.first.status == 2


def test_one_confirmed_commit_and_its_confirmation(story: Story, name: str) -> None:
    commits = story.fleet.devices[name].log.of("commit")
    assert [commit.details["confirmed_minutes"] for commit in commits[:2]] == [10, None]
    assert all("callhome.junos.device" in commit.details["comment"] for commit in commits)


def test_the_new_way_is_proved_by_certificate_alone_before_the_commit_is_confirmed(story: Story, name: str) -> None:
    log = story.fleet.devices[name].log
    logins = [event for event in log.of("login") if event.details["user"] == USER]
    confirmed = log.of("commit")[1]
    assert logins[0].details["method"] == "certificate"
    assert logins[0].details["client"] == "nms"
    assert logins[0].time < confirmed.time
    assert confirmed.details["user"] == USER


def test_a_second_run_changes_nothing_whatever_strategy_is_set(story: Story, name: str) -> None:
    assert "kept" in story.fleet.report(story.second, name)
    assert story.configurations[name][1] == story.configurations[name][0]


def test_the_way_in_of_day_0_goes_when_it_is_told_to(story: Story, name: str) -> None:
    committed = story.configurations[name][2]
    assert "client day0" not in committed
    assert "secret" not in committed
    assert BOOTSTRAP not in committed
    assert f"outbound-ssh client nms device-id {name}" in committed
    assert not story.fleet.devices[name].commit_pending


def test_in_a_play_with_serial_each_batch_is_a_fleet(story: Story) -> None:
    story.one_by_one.check()
    summaries = [result["msg"] for result in story.one_by_one.of("What became of each device")]
    assert [[line.split()[:2] for line in lines] for lines in summaries] == [[[name, "kept"]] for name in PRESENT]
