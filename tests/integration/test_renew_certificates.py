# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates near their end: the playbook renew_certificates."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.fleet import REMOVALS, Fleet
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.simulator import Control

NAME = "delta"


@dataclass(frozen=True)
class Renewal:
    fleet: Fleet
    early: Run
    due: Run
    before: str
    after_early: str
    after_due: str

    @property
    def device(self) -> Control:
        return self.fleet.devices[NAME]


@pytest.fixture(scope="module")
def renewal(site: Site) -> Renewal:
    fleet = Fleet(site, NAME, variables=REMOVALS)
    fleet.prepare()
    fleet.unpack(NAME)
    fleet.run("zero_touch").check()
    committed = [fleet.devices[NAME].committed_set]
    runs = []
    for variables in ({}, {"nms_renew_below": 1.0}):
        runs.append(fleet.run("renew_certificates", **variables).check())
        committed.append(fleet.devices[NAME].committed_set)
    return Renewal(fleet, *runs, *committed)


def test_a_certificate_with_enough_of_its_life_left_stays(renewal: Renewal) -> None:
    assert renewal.after_early == renewal.before


def test_a_certificate_that_is_due_is_replaced_and_nothing_else_changes(renewal: Renewal) -> None:
    assert "kept" in renewal.fleet.report(renewal.due, NAME)
    differing = set(renewal.before.splitlines()) ^ set(renewal.after_due.splitlines())
    assert len(differing) == 2
    assert all("host-certificate-file" in line for line in differing)


def test_the_new_certificate_is_proved_by_a_further_client_before_it_is_kept(renewal: Renewal) -> None:
    log = renewal.device.log
    (proof,) = [event for event in log.of("login") if event.details["client"] == "nms-proof"]
    assert proof.details["method"] == "certificate"
    confirmed = [event.time for event in log.of("commit") if "confirm" in event.details["comment"]]
    assert proof.time < confirmed[-1]
    assert "nms-proof" not in renewal.after_due


def test_the_device_can_be_reached_all_the_time(renewal: Renewal) -> None:
    downs = renewal.device.log.of("call-down")
    assert not [event for event in downs if event.details.get("client") == "nms"]


def test_no_serial_number_is_given_twice(renewal: Renewal) -> None:
    lines = (renewal.fleet.home / "ca" / "issued").read_text().splitlines()
    serials = [json.loads(line)["serial"] for line in lines]
    assert serials == sorted(set(serials))
    assert len(serials) == 4  # user and device, each twice
