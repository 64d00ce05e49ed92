# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device that was in use before it was enrolled, and that has other host keys when it calls again; the CA host beside it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.fleet import BOOTSTRAP, REMOVALS, USER, Fleet
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site

NAME, CA_HOST = "papa", "quebec"
PRESENT_PRINCIPAL = "set system services ssh authorized-principals noc"
"""Device-wide, as an upgrade to 24.4 leaves it."""


@dataclass(frozen=True)
class Story:
    fleet: Fleet
    enrolled: Run
    committed: str
    status: Run
    host_keys: tuple[str, str]
    refused: Run
    issued: tuple[str, str]
    """The register, before and after the run that was refused."""
    commits: tuple[int, int]
    allowed: Run
    without_ca: Run


@pytest.fixture(scope="module")
def story(site: Site) -> Story:
    fleet = Fleet(site, NAME, variables={"nms_ca_host": CA_HOST})
    fleet.hosts[CA_HOST] = {"ansible_connection": "local"}
    fleet.prepare()
    fleet.unpack(NAME, configuration=f"{fleet.day0(NAME)}\n{PRESENT_PRINCIPAL}\n")
    device = fleet.devices[NAME]
    first_key = device.host_key
    enrolled = fleet.run("zero_touch")
    committed = device.committed_set
    status = fleet.run("status")
    device.replace_host_keys("ed25519")
    client = "system services outbound-ssh client"
    said = (f"device-id {NAME}", f"127.0.0.1 port {site.controller.port}")
    proof = [f"set {client} nms-proof {words}" for words in said]
    off = [f"deactivate {client} nms", "delete system services ssh host-certificate-file"]
    device.configure("\n".join([*proof, *off]))
    device.configure(f"activate {client} nms")
    device.drop_connections()
    issued, commits = register(fleet), len(device.log.of("commit"))
    refused = fleet.run("zero_touch", device_host_key_types=["ssh-rsa"])
    after = (register(fleet), len(device.log.of("commit")))
    away = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
    without_ca = fleet.start("zero_touch", hosts={**fleet.hosts, CA_HOST: away}).finish()
    allowed = fleet.run("zero_touch", "-e", "device_new_host_key=true", **REMOVALS)
    return Story(fleet, enrolled, committed, status, (first_key, device.host_key), refused, (issued, after[0]),
                 (commits, after[1]), allowed, without_ca)  # fmt: skip


def register(fleet: Fleet) -> str:
    """The list of all certificates."""
    return (fleet.home / "ca" / "issued").read_text()


def test_a_ca_host_of_the_inventory_is_taken_for_no_device(story: Story) -> None:
    assert [path.stem for path in (story.fleet.nms / "day0").iterdir()] == [NAME]
    story.enrolled.check()
    story.status.check()
    for run in (story.enrolled, story.status):
        assert f'"{CA_HOST} ' not in run.stdout


def test_principals_that_are_there_for_all_users_stay_so(story: Story) -> None:
    assert "enrolled" in story.fleet.report(story.enrolled, NAME)
    assert PRESENT_PRINCIPAL in story.committed
    assert f"set system services ssh authorized-principals {USER}" in story.committed


def test_the_status_shows_the_session_by_certificate_beside_those_of_day_0(story: Story) -> None:
    (line,) = (line for line in story.status.stdout.splitlines() if line.strip().startswith(f'"{NAME} '))
    assert line.split()[3:5] == ["certificate", "certificate"]


def test_another_host_key_gets_no_certificate(story: Story) -> None:
    report = story.fleet.report(story.refused, NAME)
    assert "failed  it has other host keys" in report
    assert "device_new_host_key" in report
    assert story.host_keys[0] in report
    assert story.issued[0] == story.issued[1]
    assert story.commits[0] == story.commits[1]


def test_it_is_certified_where_that_is_said(story: Story) -> None:
    assert story.host_keys[0] != story.host_keys[1]
    story.allowed.check()
    assert story.fleet.report(story.allowed, NAME).startswith(f"{NAME}  enrolled  certificate")
    assert story.host_keys[1] in register(story.fleet)


def test_a_client_of_an_earlier_proof_goes_by_the_way_that_is_open_and_the_one_of_this_proof_too(story: Story) -> None:
    device = story.fleet.devices[NAME]
    users = [
        event.details["user"] for event in device.log.of("commit") if "remove nms-proof" in event.details["comment"]
    ]
    assert users == [BOOTSTRAP, USER]
    (*_earlier, proof) = [event for event in device.log.of("login") if event.details["client"] == "nms-proof"]
    assert (proof.details["user"], proof.details["method"]) == (USER, "certificate")
    assert "nms-proof" not in device.committed_set


def test_a_client_that_was_committed_without_certificates_uses_them_before_day_0_is_removed(story: Story) -> None:
    log = story.fleet.devices[NAME].log
    (proof,) = [event.time for event in log.of("login") if event.details["client"] == "nms-proof"]
    stays = [event for event in log.of("login") if event.details["client"] == "nms" and event.time > proof]
    assert {event.details["method"] for event in stays} == {"certificate"}
    (removal, _confirmed) = [event for event in log.of("commit") if "day 0" in event.details["comment"]]
    assert stays[0].time < removal.time
    committed = story.fleet.devices[NAME].committed_set
    assert "client nms 127.0.0.1" in committed
    assert "client day0" not in committed and BOOTSTRAP not in committed


def test_a_ca_host_that_is_away_is_told_of(story: Story) -> None:
    report = story.fleet.report(story.without_ca, NAME)
    assert report.startswith(f"{NAME}  failed  the CA host cannot be reached: ")
    assert "Connection refused" in report
