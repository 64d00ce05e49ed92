# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zero touch while impostors call: they get nothing, the report names them, and the device beside them is enrolled.

Each impostor lets everybody in, so that whoever is taken in by it shows in its log. Some call where the device does not,
some beside it; some pose as a device that has only its day-0 secret yet, some as one that was issued a certificate.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.client import NoAgent
from ansible_collections.callhome.junos.tests.integration.harness.caller import Caller
from ansible_collections.callhome.junos.tests.integration.harness.fleet import (
    BOOTSTRAP,
    BOOTSTRAP_PASSWORD,
    REMOVALS,
    USER,
    Fleet,
)
from ansible_collections.callhome.junos.tests.integration.harness.keyring import Keyring
from ansible_collections.callhome.junos.tests.integration.harness.nms import role
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play
from ansible_collections.callhome.junos.tests.interop.openssh_keys import EXPIRED, KeyPair
from ansible_collections.callhome.junos.tests.simulator import AnnouncementStyle, Control
from ansible_collections.callhome.junos.tests.simulator.announcement import announcement

HONEST, GARBLED = "honest", "garbled"
ALONE = "127.0.0.1"
GIVES_UP = {"device_call_timeout": 4}
"""Of the hosts whose device never calls."""
Fields = dict[str, Any]


class Scene:
    """The fleet, and what an impostor may have got hold of."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.keys = Keyring(fleet.home)
        self._true: dict[str, KeyPair] = {}

    def true_key(self, device_id: str) -> KeyPair:
        """The host key of the device itself."""
        return self._true.setdefault(device_id, self.keys.new(device_id))

    def overheard(self, device_id: str, _own: KeyPair) -> Fields:
        """The announcement of the device, which anybody on the line has seen."""
        secret = (self.fleet.nms / "secrets" / device_id).read_text().strip()
        said = announcement(device_id, self.true_key(device_id).text, secret, AnnouncementStyle())
        return {"announcement": AnnouncementStyle(verbatim=said)}

    def with_its_key(self, device_id: str, own: KeyPair) -> Fields:
        """The announcement, and the public key with it."""
        return {**self.overheard(device_id, own), "borrowed_identity": self.true_key(device_id).text}

    def with_its_certificate(self, device_id: str, _own: KeyPair) -> Fields:
        """The device's own host certificate, which it shows to everybody who takes its calls."""
        return {"borrowed_identity": (self.fleet.home / "ca" / "hosts" / f"{device_id}-cert.pub").read_text()}

    def certified(self, own: KeyPair, *principals: str, ca: KeyPair | None = None, **options: Any) -> Fields:
        """A host certificate for the impostor's own key."""
        ca = ca or KeyPair(self.fleet.home / "ca" / "host_ca-1")
        ca.sign(own, *principals, host=True, **options)
        return {"host_certificate": own.certificate.read_text()}


@dataclass(frozen=True)
class Pose:
    """How an impostor poses as a device."""

    has: Callable[[Scene, str, KeyPair], Fields]
    """Fields of the impostor, from the device id and the impostor's key."""
    seen: str
    """What the report says of it. ``{true}`` and ``{own}`` are the fingerprints of device and impostor."""


UNPROVED = {
    "replayed": Pose(
        Scene.overheard, "{own} not trusted: secret: the HMAC is right, but for another key: announced {true}"
    ),
    "with-its-key": Pose(Scene.with_its_key, "host key {true} not trusted: the key exchange is not signed with it"),
    "guessed": Pose(
        lambda _scene, _id, _own: {"secret": "a guess"},
        "secret: the announced HMAC was not made with this host's call_home_secret",
    ),
    "bare": Pose(lambda _scene, _id, _own: {}, "secret: no HOST-KEY and HMAC announced"),
}
UNCERTIFIED = {
    "of-another": Pose(
        lambda scene, _id, own: scene.certified(own, "another"),
        "{own} not trusted: certificate: not a valid host certificate: it names 'another', not '{id}'",
    ),
    "expired": Pose(
        lambda scene, id, own: scene.certified(own, id, valid=EXPIRED),
        "{own} not trusted: certificate: not a valid host certificate: it expired at",
    ),
    "foreign": Pose(
        lambda scene, id, own: scene.certified(own, id, ca=scene.keys.host_ca),
        "{own} not trusted: certificate: not a valid host certificate: its CA {foreign} is in no @cert-authority line",
    ),
    "nameless": Pose(
        lambda scene, _id, own: scene.certified(own),
        "{own} not trusted: certificate: not a valid host certificate: it names no device",
    ),
    "plain": Pose(Scene.overheard, "{own} not trusted: certificate: the device presented a plain ssh-ed25519 key"),
    "with-its-certificate": Pose(
        Scene.with_its_certificate, "host key {true} not trusted: the key exchange is not signed with it"
    ),
}
UNPINNED = {
    "unpinned": Pose(lambda _scene, _id, _own: {}, "host key {own} not trusted: pinned: this ssh-ed25519 key is none")
}
POSES = UNPROVED | UNPINNED | UNCERTIFIED
BY_THEMSELVES = ("replayed", "guessed", "unpinned", "expired", "foreign")
OTHER_IDS = {"guessed": "SN-42", "expired": "SN-43"}
"""Device ids of hosts whose name is another."""


@dataclass(frozen=True)
class Impostor:
    device: Control
    address: str
    seen: str


@dataclass(frozen=True)
class Story:
    fleet: Fleet
    first: Run
    second: Run
    by_themselves: dict[str, Impostor]
    beside_new: dict[str, Impostor]
    beside_enrolled: dict[str, Impostor]
    issued: list[list[dict[str, Any]]]
    """The register: before the first run, and after the second."""

    @property
    def impostors(self) -> list[Impostor]:
        groups = (self.by_themselves, self.beside_new, self.beside_enrolled)
        return [impostor for group in groups for impostor in group.values()]


class Stage:
    """Where impostors appear."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.fleet = Fleet(site, HONEST, GARBLED, *BY_THEMSELVES, variables=REMOVALS)
        for name in (GARBLED, *BY_THEMSELVES):
            self.fleet.hosts[name] = {**GIVES_UP, "call_home_device_id": OTHER_IDS.get(name, name)}
        self.scene = Scene(self.fleet)
        pins = {"call_home_host_key": [self.scene.true_key("unpinned").text], "device_bootstrap_trust": ["pinned"]}
        self.fleet.hosts["unpinned"] |= pins

    def issue(self) -> None:
        """Certificates for some devices, as if they had been enrolled."""
        ids = [OTHER_IDS.get(name, name) for name in BY_THEMSELVES if name in UNCERTIFIED]
        devices = {id: {"nms_device_id": id, "nms_host_key": self.scene.true_key(id).text} for id in ids}
        self.site.controller.run([play(role("sign_host"))], devices, variables=self.fleet.variables).check()

    def issued(self) -> list[dict[str, Any]]:
        """The register."""
        return [json.loads(line) for line in (self.fleet.home / "ca" / "issued").read_text().splitlines()]

    def by_themselves(self) -> dict[str, Impostor]:
        """One for each host whose device is away."""
        return {name: self._impostor(POSES[name], OTHER_IDS.get(name, name), name, ALONE) for name in BY_THEMSELVES}

    def beside(self, poses: dict[str, Pose], network: str) -> dict[str, Impostor]:
        """Some that all pose as the honest device, from addresses of their own."""
        return {
            name: self._impostor(pose, HONEST, f"{HONEST} {name}", f"{network}.{number}")
            for number, (name, pose) in enumerate(poses.items(), start=1)
        }

    def _impostor(self, pose: Pose, device_id: str, name: str, address: str) -> Impostor:
        own = self.scene.keys.new("impostor")
        hospitable = {
            "users": {BOOTSTRAP: BOOTSTRAP_PASSWORD, USER: "any"},
            "user_cas": (self.fleet.nms / "user_ca.pub").read_text().splitlines(),
            "principals": (USER,),
            "host_keys": (own.path.read_text(),),
            "secret": None,
            "source_address": address,
        }
        fields = {**hospitable, **pose.has(self.scene, device_id, own)}
        (device,) = self.site.simulator.add_devices([self.site.spec(f"impostor {name}", device_id=device_id, **fields)])
        fingerprints = {
            "own": own.fingerprint,
            "true": self.scene.true_key(device_id).fingerprint,
            "foreign": self.scene.keys.host_ca.fingerprint,
        }
        return Impostor(device, address, pose.seen.format(id=device_id, **fingerprints))

    def run_until_refused(self, impostors: dict[str, Impostor], *arguments: str, **variables: Any) -> Run:
        """Zero touch; the honest device calls once these were all refused."""
        honest = self.fleet.devices[HONEST]
        running = self.fleet.start("zero_touch", *arguments, **variables)
        sources = {impostor.address for impostor in impostors.values()}
        with suppress(AssertionError):  # which of them were not is what the tests look at
            running.wait_until(lambda: sources <= self._refused(), "the impostors to be refused", 30)
        honest.resume_calling()
        return running.finish()

    def _refused(self) -> set[str]:
        try:
            return {entry["address"] for entry in self.site.controller.agent_info()["refusals"]}
        except NoAgent:
            return set()


@pytest.fixture(scope="module")
def story(site: Site) -> Story:
    stage = Stage(site)
    fleet = stage.fleet
    fleet.prepare()
    stage.issue()
    issued = [stage.issued()]
    fleet.unpack(HONEST, host_keys=(stage.scene.true_key(HONEST).path.read_text(),))
    honest = fleet.devices[HONEST]
    honest.stop_calling()
    by_themselves, beside_new = stage.by_themselves(), stage.beside(UNPROVED, "127.0.1")
    Caller(site.controller.port, f"DEVICE-ID: {GARBLED}\r\nDEVICE-ID: {GARBLED}\r\n".encode())
    first = stage.run_until_refused(beside_new)
    honest.stop_calling()
    honest.drop_connections()
    beside_enrolled = stage.beside(UNCERTIFIED, "127.0.2")
    second = stage.run_until_refused(beside_enrolled, "--limit", HONEST, device_probe_timeout=40)
    issued.append(stage.issued())
    return Story(fleet, first, second, by_themselves, beside_new, beside_enrolled, issued)


def report(run: Run, name: str) -> dict[str, Any]:
    """The fact ``device_report`` of a host, as it is at the end."""
    facts = [
        result["ansible_facts"]
        for result in run.of("Note who did not call, and who was not believed to be the device", name, "ok")
    ]
    return dict(facts[-1]["device_report"])


def refused(run: Run, name: str, impostor: Impostor) -> list[str]:
    """The reasons for which calls from an impostor's address were refused, as the host's report tells."""
    return [entry["reason"] for entry in report(run, name)["refused"] if entry["address"] == impostor.address]


# --- what they get


def test_no_impostor_is_told_a_user_name_or_given_anything(story: Story) -> None:
    harmless = {"boot", "registered", "dial", "dial-failed", "announced", "call-up", "call-down"}
    for impostor in story.impostors:
        counts = impostor.device.log.counts
        assert counts["call-up"]
        assert set(counts) <= harmless, impostor.device.name


def test_no_certificate_is_signed_for_an_impostor(story: Story) -> None:
    before, after = story.issued
    assert after[: len(before)] == before
    assert [entry["identity"] for entry in after[len(before) :]] == [HONEST]
    text = (story.fleet.home / "ca" / "hosts" / f"{HONEST}.pub").read_text()
    assert story.fleet.devices[HONEST].host_key in text


# --- what the device gets


def test_the_device_is_enrolled_beside_those_that_pose_as_it(story: Story) -> None:
    assert story.fleet.report(story.first, HONEST).startswith(f"{HONEST}  enrolled  certificate")
    assert f"outbound-ssh client nms device-id {HONEST}" in story.fleet.devices[HONEST].committed_set


def test_a_device_that_is_enrolled_is_reached_beside_those_that_pose_as_it(story: Story) -> None:
    assert story.fleet.report(story.second, HONEST).startswith(f"{HONEST}  kept  certificate")
    story.second.check()


# --- what is told of it


@pytest.mark.parametrize("name", BY_THEMSELVES)
def test_the_summary_names_who_posed_as_a_device_that_is_away(story: Story, name: str) -> None:
    impostor = story.by_themselves[name]
    line = story.fleet.report(story.first, name)
    device_id = f"device id {OTHER_IDS[name]}: " if name in OTHER_IDS else ""
    assert line.startswith(f"{name}  failed  {device_id}not let in as day 0 left it; refused {ALONE} (")
    assert impostor.seen in line


@pytest.mark.parametrize("name", BY_THEMSELVES)
def test_the_error_and_the_fact_hold_all_of_it(story: Story, name: str) -> None:
    impostor = story.by_themselves[name]
    message = story.first.result("Every device has come through", name).message
    for part in (name, f"device id {OTHER_IDS.get(name, name)}", impostor.address, impostor.seen):
        assert part in message
    assert any(impostor.seen in reason for reason in refused(story.first, name, impostor))


def test_a_call_that_was_refused_before_it_was_read_is_told_of_an_absent_device(story: Story) -> None:
    line = story.fleet.report(story.first, GARBLED)
    assert line.startswith(f"{GARBLED}  absent  no call within")
    assert line.endswith(f"; refused {ALONE}: DEVICE-ID announced twice")
    assert (
        f"refused {ALONE}: DEVICE-ID announced twice"
        in story.first.result("Every device has come through", GARBLED).message
    )


@pytest.mark.parametrize("name", UNPROVED)
def test_the_report_of_a_new_device_names_those_beside_it(story: Story, name: str) -> None:
    impostor = story.beside_new[name]
    assert any(impostor.seen in reason for reason in refused(story.first, HONEST, impostor))


@pytest.mark.parametrize("name", UNCERTIFIED)
def test_the_report_of_an_enrolled_device_names_those_beside_it(story: Story, name: str) -> None:
    impostor = story.beside_enrolled[name]
    assert any(impostor.seen in reason for reason in refused(story.second, HONEST, impostor))


def test_the_line_of_the_device_names_the_last_ones_and_how_many_more_there_were(story: Story) -> None:
    line = story.fleet.report(story.second, HONEST)
    assert line.count("; refused 127.0.") == 2
    assert line.endswith(" more")
