# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that ask the agent: agent_info, wait_for_calls and session."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import local, play, read

INFO, WAIT, SESSION = (f"callhome.junos.{name}" for name in ("agent_info", "wait_for_calls", "session"))
ASKED = ["r1", "liar", "nobody"]
PATIENCE = 3
PLAYS = [
    play(
        local("info without an agent", INFO, run_once=True),
        local("wait for the play", WAIT, {"timeout": 20}, run_once=True),
        local("wait again", WAIT, {"timeout": 20, "newer_than": 1 << 60}, run_once=True, check_mode=True),
        hosts="r1,r2",
    ),
    play(
        read("read"),
        hosts="r1,liar",
        ignore_unreachable=True,
    ),
    play(
        read("read once more"),
        local("wait for some", WAIT, {"device_ids": ASKED, "timeout": PATIENCE, "require_all": False}),
        local("wait for all", WAIT, {"device_ids": ASKED, "timeout": 1}, ignore_errors=True),
        local("info", INFO),
        local("last call", SESSION, {"state": "called"}, register="last"),
        local("would close", SESSION, {"state": "closed"}, check_mode=True),
        local("close", SESSION, {"state": "closed"}),
        local("next call", SESSION, {"state": "called", "newer_than": "{{ last.serial }}", "timeout": 20}),
        local("close a parked one", SESSION, {"state": "closed", "device_id": "r2"}),
        read("read by the next call"),
        local("no later call", SESSION, {"state": "called", "newer_than": 1 << 60, "timeout": 1}, ignore_errors=True),
        hosts="r1",
    ),
    play(
        local("would stop", SESSION, {"state": "agent_stopped"}, check_mode=True),
        local("stop", SESSION, {"state": "agent_stopped"}),
        local("stop again", SESSION, {"state": "agent_stopped"}),
        local("would stop again", SESSION, {"state": "agent_stopped"}, check_mode=True),
        hosts="r1",
    ),
]


@pytest.fixture(scope="module")
def run(site: Site) -> Run:
    site.add_all([site.spec("r1"), site.spec("r2"), site.spec("liar", secret="made up")])
    site.hosts["liar"].update(call_home_secret="the right one", call_home_timeout=PATIENCE)
    return site.controller.run(PLAYS, site.hosts)


def test_every_task_ends_as_it_should(run: Run) -> None:
    assert run.status == 0, run.output
    failed = [result.task for result in run.results if result.status in ("failed", "unreachable")]
    assert failed == ["read", "wait for all", "no later call"]


def test_agent_info_starts_no_agent(run: Run) -> None:
    assert not run.result("info without an agent", "r1")["running"]
    assert run.result("info without an agent", "r1")["agent"] == {}


def test_wait_for_calls_waits_once_for_the_devices_of_the_play(run: Run) -> None:
    called = run.result("wait for the play")["called"]
    assert sorted(device["device_id"] for device in called) == ["r1", "r2"]
    assert {device["address"] for device in called} == {"127.0.0.1"}
    assert run.result("wait for the play")["missing"] == []


def test_wait_for_calls_in_check_mode_tells_and_does_not_wait(run: Run) -> None:
    assert run.result("wait again")["missing"] == ["r1", "r2"]
    assert run.seconds("wait again") < 3


def test_wait_for_calls_tells_who_is_missing_and_who_was_refused_and_why(run: Run) -> None:
    some = run.result("wait for some")
    assert [device["device_id"] for device in some["called"]] == ["r1"]
    assert some["missing"] == ["liar", "nobody"]
    assert {entry["device_id"] for entry in some["refused"]} == {"liar"}
    assert any("HMAC" in entry["reason"] for entry in some["refused"])
    assert some["others"] == ["r2"]
    assert run.seconds("wait for some") >= PATIENCE


def test_wait_for_calls_fails_where_all_are_required(run: Run) -> None:
    message = run.result("wait for all").message
    assert "no call of liar, nobody within 1 s" in message
    assert "others that called: r2" in message


def test_wait_for_calls_shows_a_line_on_the_terminal(run: Run) -> None:
    assert f"1 of 3 devices have called, 0 of {PATIENCE} s, waiting for liar, nobody" in run.stderr


def test_agent_info_tells_of_sessions_parked_calls_and_refusals(run: Run) -> None:
    agent = run.result("info")["agent"]
    (session,) = agent["sessions"]
    expected = {"device_id": "r1", "user": "netops", "authentication": "password", "host_trust": "secret"}
    assert expected.items() <= session.items()
    assert session["playbooks"] == agent["playbooks"]
    assert "r2" in [call["device_id"] for call in agent["parking"]["calls"]]
    assert "liar" in [entry["device_id"] for entry in agent["refusals"]]
    assert "made up" not in str(agent) and "the right one" not in str(agent)


def test_session_is_closed_and_the_next_task_uses_a_newer_call(run: Run, site: Site) -> None:
    assert states(run, "would close", "close") == [(True, 1), (True, 1)]
    assert run.result("next call")["serial"] > run.result("last call")["serial"]
    assert run.result("read by the next call").status == "ok"
    assert site.simulator["r1"].log.counts["login"] == 2
    assert states(run, "close a parked one") == [(False, 0)]


def test_session_says_that_no_newer_call_came(run: Run, site: Site) -> None:
    expected = f"device id r1: no call newer than {1 << 60} came to {site.controller.listen} within 1 s"
    assert expected in run.result("no later call").message


def test_session_stops_the_agent_and_check_mode_leaves_it(run: Run, site: Site) -> None:
    tasks = ("would stop", "stop", "stop again", "would stop again")
    assert [run.result(task)["changed"] for task in tasks] == [True, True, False, False]
    assert site.controller.agent_processes == []


def states(run: Run, *tasks: str) -> list[tuple[Any, Any]]:
    return [(run.result(task)["changed"], run.result(task)["closed"]) for task in tasks]
