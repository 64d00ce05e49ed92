# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices are looked at, and taken out of service: the playbooks status and retire.

All numbers and booleans of both roles are given as texts, as ``-e name=value`` has them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.fleet import REMOVALS, USER, Fleet, words
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site

ANSWERS, CUTS, STAYS, LOST, NEW = "golf", "hotel", "india", "juliet", "kilo"
ENROLLED = (ANSWERS, CUTS, STAYS, LOST)


@dataclass(frozen=True)
class Retirement:
    fleet: Fleet
    status: Run
    unnamed: Run
    retired: Run
    lost: Run
    status_after: Run
    again: Run
    half_done: Run


@pytest.fixture(scope="module")
def retirement(site: Site) -> Retirement:
    fleet = Fleet(site, *ENROLLED, NEW, variables={**REMOVALS, "device_fleet_timeout": 8, "device_call_timeout": 6})
    fleet.variables |= words(fleet.variables)
    fleet.prepare()
    fleet.unpack(ANSWERS, STAYS, LOST)
    fleet.unpack(CUTS, cuts_before_reply=True)
    fleet.run("zero_touch", "--limit", ",".join(ENROLLED)).check()
    status = fleet.run("status").check()
    unnamed = fleet.run("retire")
    retired = fleet.run("retire", "--limit", f"{ANSWERS},{CUTS}").check()
    seen_and_lost = [{"import_playbook": f"callhome.junos.{name}"} for name in ("zero_touch", "retire")]
    lost = site.controller.run(seen_and_lost, fleet.hosts, "--limit", LOST, "-e", "device_lost=true",
                               variables=fleet.variables).check()  # fmt: skip
    status_after = fleet.run("status").check()
    again = fleet.run("zero_touch", "--limit", f"{STAYS},{LOST}")
    half_done = fleet.run("retire", "--limit", STAYS, nms_further_known_hosts=["/proc/known_hosts"])
    return Retirement(fleet, status, unnamed, retired, lost, status_after, again, half_done)


def row(run: Run, name: str) -> str:
    """The line of a device in the table of the playbook status."""
    (line,) = (text.strip(' ",') for text in run.stdout.splitlines() if text.strip().startswith(f'"{name} '))
    return line


def test_the_status_tells_call_session_trust_certificate_and_commit(retirement: Retirement) -> None:
    for name in ENROLLED:
        words = row(retirement.status, name).split()
        assert words[3:] == ["certificate", "certificate", "363", "days", "none", "waits"]
    assert row(retirement.status, NEW).split()[1:] == ["none", "seen", "-", "-", "-", "-"]


def test_nothing_is_retired_that_was_not_named(retirement: Retirement) -> None:
    assert retirement.unnamed.status == 2
    assert "Which devices are to be retired?" in retirement.unnamed.stdout


@pytest.mark.parametrize("name", [ANSWERS, CUTS])
def test_client_ca_certificate_and_user_go_in_one_commit_and_the_rest_stays(retirement: Retirement, name: str) -> None:
    assert "retired" in retirement.fleet.report(retirement.retired, name)
    device = retirement.fleet.devices[name]
    (commit,) = [one for one in device.log.of("commit") if "retire" in one.details["comment"]]
    assert commit.details["confirmed_minutes"] is None
    for statement in ("outbound-ssh client", "trusted-user-ca", "host-certificate", f"login user {USER}"):
        assert statement not in device.committed_set
    assert f"host-name {name}" in device.committed_set
    assert "services netconf ssh" in device.committed_set


def test_whether_it_calls_again_is_waited_for_only_where_the_answer_was_lost(retirement: Retirement) -> None:
    waited = [
        result.host for result in retirement.retired.results if "calls again" in result.task and result.status == "ok"
    ]
    assert waited == [CUTS]


@pytest.mark.parametrize("name", [ANSWERS, CUTS, LOST])
def test_its_keys_are_revoked_and_its_files_gone(retirement: Retirement, name: str) -> None:
    fleet = retirement.fleet
    entries: list[dict[str, Any]] = [
        json.loads(line) for line in (fleet.home / "ca" / "issued").read_text().splitlines()
    ]
    of_device = [entry for entry in entries if entry["identity"] == name]
    assert of_device
    assert all(entry["revoked"] for entry in of_device)
    known_hosts = (fleet.home / "known_hosts").read_text()
    for entry in of_device:
        assert f"@revoked * {entry['public_key']}" in known_hosts
    assert not (fleet.nms / "secrets" / name).exists()
    assert not (fleet.nms / "day0" / f"{name}.conf").exists()


def test_a_lost_device_gets_nothing_removed_and_is_let_in_no_more(retirement: Retirement) -> None:
    (told,) = [result["ansible_facts"] for result in retirement.lost.of("Tell what became of it")][-1:]
    assert told["device_report"]["state"] == "forgotten"
    assert f"login user {USER}" in retirement.fleet.devices[LOST].committed_set
    assert "revoked" in retirement.again.stdout
    assert "failed" in retirement.fleet.report(retirement.again, LOST)


def test_a_device_that_was_not_named_stays_as_it_is(retirement: Retirement) -> None:
    assert "kept" in retirement.fleet.report(retirement.again, STAYS)
    assert row(retirement.status_after, STAYS).split()[3:] == row(retirement.status, STAYS).split()[3:]


def test_the_summary_tells_what_an_item_of_a_loop_said(retirement: Retirement) -> None:
    assert "failed  /proc/known_hosts" in retirement.fleet.report(retirement.half_done, STAYS)
