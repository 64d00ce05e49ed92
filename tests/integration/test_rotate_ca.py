# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another user CA and host CA, while devices stay reachable: the playbook rotate_ca."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.fleet import REMOVALS, Fleet
from ansible_collections.callhome.junos.tests.integration.harness.nms import changed
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site

HERE, AWAY, ELSEWHERE = "echo", "foxtrot", "golf"


@dataclass(frozen=True)
class State:
    """What is trusted: the CA keys on the NMS, and those in the file that the device has configured."""

    nms: dict[str, list[str]]
    device: list[str]
    authorities: int


@dataclass(frozen=True)
class Rotation:
    fleet: Fleet
    held_up: Run
    finished: Run
    again: Run
    states: list[State]
    keys_before: list[bytes]


def state(fleet: Fleet) -> State:
    device = fleet.devices[HERE]
    path = device.committed_set.partition("trusted-user-ca-key-file ")[2].split()[0]
    trusted = [line for line in (fleet.home / "known_hosts").read_text().splitlines() if line.startswith("@cert")]
    nms = {kind: _blobs((fleet.nms / f"{kind}_ca.pub").read_text()) for kind in ("user", "host")}
    return State(nms, _blobs(device.read_file(path).decode()), len({line.split()[3] for line in trusted}))


def _blobs(text: str) -> list[str]:
    return [line.split()[1] for line in text.splitlines()]


@pytest.fixture(scope="module")
def rotation(site: Site) -> Rotation:
    fleet = Fleet(site, HERE, AWAY, variables={**REMOVALS, "device_fleet_timeout": 8})
    fleet.prepare()
    fleet.unpack(HERE)
    fleet.run("zero_touch")
    states = [state(fleet)]
    keys = [path.read_bytes() for path in fleet.private_keys]
    hosts, some = {**fleet.hosts, ELSEWHERE: {}}, ("-e", f"call_home_hosts={HERE},{AWAY}")
    held_up = fleet.start("rotate_ca", *some, hosts=hosts, others=["no-device"]).finish(150)
    states.append(state(fleet))
    fleet.unpack(AWAY)
    killed = fleet.start("rotate_ca", rotate_ca_generation=2)
    killed.wait_for("Have the device call anew", seconds=100)
    killed.kill()
    finished = fleet.run("rotate_ca", rotate_ca_generation=2, seconds=200)
    states.append(state(fleet))
    for device in fleet.devices.values():
        assert not device.commit_pending
        device.log.clear()
        device.drop_connections()
    again = fleet.run("rotate_ca", rotate_ca_generation=2, seconds=200)
    states.append(state(fleet))
    return Rotation(fleet, held_up, finished, again, states, keys)


def test_while_a_device_is_absent_or_of_another_run_old_and_new_are_trusted_and_it_is_named(rotation: Rotation) -> None:
    before, both, *_unused = rotation.states
    assert rotation.held_up.status == 2
    assert f"as {AWAY}, {ELSEWHERE} did not come along" in rotation.held_up.stdout
    for kind in ("user", "host"):
        assert both.nms[kind][:1] == before.nms[kind]
        assert len(both.nms[kind]) == 2
    assert both.device == both.nms["user"]
    assert both.authorities == 2


def test_a_run_that_was_killed_once_the_old_cas_were_retired_is_finished_by_the_next(rotation: Rotation) -> None:
    _before, both, after, _again = rotation.states
    rotation.finished.check()
    for kind in ("user", "host"):
        assert after.nms[kind] == both.nms[kind][1:]
    assert after.device == after.nms["user"]
    assert after.authorities == 1


def test_no_key_is_lost(rotation: Rotation) -> None:
    left = {path.read_bytes() for path in rotation.fleet.private_keys}
    assert set(rotation.keys_before) <= left
    assert {path.name for path in Path(rotation.fleet.home / "ca" / "retired").iterdir()} >= {"user_ca-1", "host_ca-1"}


@pytest.mark.parametrize("name", [HERE, AWAY])
def test_the_device_lets_the_new_user_certificate_in(rotation: Rotation, name: str) -> None:
    assert {event.details["method"] for event in rotation.fleet.devices[name].log.of("login")} == {"certificate"}


def test_a_further_run_to_the_same_generation_changes_nothing(rotation: Rotation) -> None:
    assert changed(rotation.again) == []
    assert rotation.states[3] == rotation.states[2]


def test_no_run_goes_back_to_a_generation_that_was_retired(rotation: Rotation) -> None:
    refused = rotation.fleet.run("rotate_ca", rotate_ca_generation=1)
    assert refused.status == 2
    assert "The user CA has generation 2, and nms_generation is 1" in refused.stdout
    assert state(rotation.fleet) == rotation.states[3]
