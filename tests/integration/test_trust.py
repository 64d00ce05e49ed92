# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which callers are believed to be the device: every proof, alone and with others, and what is said where none holds.

All devices call one agent, and one run of ``ansible-playbook`` reads them all; each test looks at its own device.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.caller import VERSION_LINE, Caller
from ansible_collections.callhome.junos.tests.integration.harness.keyring import Keyring
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import LOGIN, PASSWORD, Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play, read
from ansible_collections.callhome.junos.tests.interop.openssh_keys import EXPIRED, KeyPair
from ansible_collections.callhome.junos.tests.simulator import AnnouncementStyle, Control, DeviceSpec
from ansible_collections.callhome.junos.tests.simulator.announcement import announcement

SECRET, OTHER_SECRET = "a secret of this device", "a secret of no device"
REFUSED_AFTER = 6
"""Seconds to wait for a call that never fits: all refused devices cost the run these, together."""
NEVER = 300
"""Seconds that a refusal at once does not wait for; longer than a run may take."""


class Devices:
    """Devices, and the hosts of the inventory that stand for them."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.keys = Keyring(site.controller.home)
        self.nobody = self.keys.known_hosts()
        self.with_ca = self.keys.known_hosts(self.keys.authority)
        self.host_keys: dict[str, KeyPair] = {}
        self.hosts: dict[str, dict[str, Any]] = {}
        self.specs: list[DeviceSpec] = []
        self.controls: dict[str, Control] = {}

    def add(self, name: str, device: dict[str, Any] | None = None, **variables: Any) -> None:
        """A device (with a plain key of its own, where ``device`` has none) and the host that stands for it."""
        fields = {"secret": None, **self.keys.plain(self.key_of(name)), **(device or {})}
        self.specs.append(self.site.spec(name, **fields))
        self.hosts[name] = {
            **LOGIN,
            "call_home_device_id": name,
            "call_home_known_hosts": self.nobody,
            **{f"call_home_{option}": value for option, value in variables.items()},
        }

    def refused(self, name: str, device: dict[str, Any] | None = None, **variables: Any) -> None:
        """A device that is not going to be believed."""
        self.add(name, device, **{"timeout": REFUSED_AFTER, **variables})

    def key_of(self, name: str) -> KeyPair:
        """The host key of the device that is called so."""
        if name not in self.host_keys:
            self.host_keys[name] = self.keys.new(name)
        return self.host_keys[name]

    def certified(self, name: str, *principals: str, **options: Any) -> dict[str, Any]:
        """A host certificate for the device that is called so."""
        return self.keys.certified(*principals, key=self.key_of(name), **options)


def _pinned(devices: Devices) -> None:
    key = devices.key_of
    devices.add("pinned-key", host_key=[key("pinned-key").text])
    devices.add("pinned-fingerprint", host_key=[key("pinned-fingerprint").fingerprint])
    devices.add("one-of-two-pins", host_key=[key("pinned-key").text, key("one-of-two-pins").text])
    devices.add("known", known_hosts=devices.keys.known_hosts(f"known {key('known').text}"))
    hashed = devices.keys.known_hosts(f"hashed {key('hashed').text}", hashed=True)
    devices.add("hashed", known_hosts=hashed)
    devices.refused("other-pin", host_key=[key("pinned-key").text])
    devices.refused("nothing", timeout=NEVER)


def _secret(devices: Devices) -> None:
    devices.add("secret", {"secret": SECRET}, secret=SECRET)
    devices.refused("other-secret", {"secret": OTHER_SECRET}, secret=SECRET)
    devices.refused("no-hmac", secret=SECRET)
    overheard = announcement("replayed", devices.key_of("secret").text, SECRET, AnnouncementStyle())
    devices.refused("replayed", {"announcement": AnnouncementStyle(verbatim=overheard)}, secret=SECRET)


def _listening_callers(devices: Devices) -> dict[str, Caller]:
    """Callers that are no devices, under the names of two hosts that have the same secret."""
    callers = {}
    for name, secret in (("right-hmac", SECRET), ("wrong-hmac", OTHER_SECRET)):
        said = announcement(name, devices.key_of(name).text, secret, AnnouncementStyle()) + VERSION_LINE
        callers[name] = Caller(devices.site.controller.port, said)
        devices.hosts[name] = {**LOGIN, "call_home_secret": SECRET, "call_home_timeout": REFUSED_AFTER,
                               "call_home_known_hosts": devices.nobody}  # fmt: skip
    return callers


def _certificates(devices: Devices) -> None:
    known, certified = devices.with_ca, devices.certified
    devices.add("certified", certified("certified", "certified"), known_hosts=known)
    devices.refused(
        "foreign-ca", certified("foreign-ca", "foreign-ca", ca=devices.keys.new("foreign_ca")), known_hosts=known
    )
    devices.refused("expired", certified("expired", "expired", valid=EXPIRED), known_hosts=known)
    devices.refused("other-name", certified("other-name", "elsewhere"), known_hosts=known)
    devices.refused("unnamed", certified("unnamed"), known_hosts=known)
    devices.add("unnamed-accepted", certified("unnamed-accepted"), known_hosts=known, unnamed_host_certificates=True)
    only = devices.keys.known_hosts(f"@cert-authority mx* {devices.keys.host_ca.text}")
    devices.add("mx1", certified("mx1", "mx1"), known_hosts=only)
    devices.refused("srx1", certified("srx1", "srx1"), known_hosts=only)


def _revoked(devices: Devices) -> None:
    keys, key = devices.keys, devices.key_of
    revoked = f"@revoked * {key('revoked-pin').text}"
    devices.refused("revoked-pin", host_key=[key("revoked-pin").text], known_hosts=keys.known_hosts(revoked))
    revoked = f"@revoked * {key('revoked-certified').text}"
    devices.refused("revoked-certified", devices.certified("revoked-certified", "revoked-certified"),
                    known_hosts=keys.known_hosts(keys.authority, revoked))  # fmt: skip
    revoked = f"@revoked * {keys.host_ca.text}"
    devices.refused("revoked-ca", devices.certified("revoked-ca", "revoked-ca"),
                    known_hosts=keys.known_hosts(keys.authority, revoked))  # fmt: skip
    revoked = f"@revoked * {key('revoked-unchecked').text}"
    devices.refused("revoked-unchecked", known_hosts=keys.known_hosts(revoked))
    devices.hosts["revoked-unchecked"]["ansible_host_key_checking"] = False


def _several_proofs(devices: Devices) -> None:
    known, certified = devices.with_ca, devices.certified
    with_secret = {"secret": SECRET}
    devices.add("fallback", {**certified("fallback", "fallback", valid=EXPIRED), **with_secret},
                known_hosts=known, secret=SECRET)  # fmt: skip
    devices.add("fallback-listed", {**certified("fallback-listed", "elsewhere"), **with_secret},
                known_hosts=known, secret=SECRET, host_trust=["certificate", "secret"])  # fmt: skip
    devices.refused("no-fallback", {**certified("no-fallback", "no-fallback", valid=EXPIRED), **with_secret},
                    known_hosts=known, secret=SECRET, host_trust=["certificate"])  # fmt: skip
    devices.refused("secret-not-listed", with_secret, secret=SECRET, host_trust=["pinned"],
                    host_key=[devices.key_of("secret").text])  # fmt: skip
    devices.refused("listed-not-configured", with_secret, secret=SECRET, host_trust=["certificate"])
    devices.add("unchecked")
    devices.hosts["unchecked"]["ansible_host_key_checking"] = False


@dataclass
class Played:
    """What the run came to."""

    devices: Devices
    run: Run
    sessions: dict[str, dict[str, Any]]
    refusals: list[dict[str, Any]]
    callers: dict[str, Caller]

    def proof(self, name: str) -> str:
        """What proved the device; it is this one and no other that the playbook has read."""
        result = self.run.result("read", name)
        assert result.status == "ok", f"{result.message}\n{self.run.output}"
        assert f"<host-name>{name}</host-name>" in result["stdout"]
        return str(self.sessions[name]["host_trust"])

    def refusal(self, name: str) -> str:
        """Why the device was not believed; nobody tried to log in there, and nothing of it is kept."""
        result = self.run.result("read", name)
        assert result.status == "unreachable", result
        log = self.devices.controls[name].log
        assert log.of("announced")
        assert not log.of("login")
        assert not log.of("login-failed")
        assert name not in self.sessions
        return result.message


@pytest.fixture(scope="module")
def played(site: Site) -> Iterator[Played]:
    devices = Devices(site)
    for part in (_pinned, _secret, _certificates, _revoked, _several_proofs):
        part(devices)
    devices.controls = {device.name: device for device in site.simulator.add_devices(devices.specs)}
    callers = _listening_callers(devices)
    run = site.controller.run([play(read("read"), ignore_unreachable=True)], devices.hosts,
                              environment={"ANSIBLE_FORKS": str(len(devices.hosts))})  # fmt: skip
    info = site.controller.agent_info()
    sessions = {session["device_id"]: session for session in info["sessions"]}
    yield Played(devices, run, sessions, info["refusals"], callers)


# --- proofs that hold


@pytest.mark.parametrize("name", ["pinned-key", "pinned-fingerprint", "one-of-two-pins", "known", "hashed"])
def test_a_pin_or_a_line_of_known_hosts_proves_the_device(played: Played, name: str) -> None:
    assert played.proof(name) == "pinned"


def test_the_secret_proves_the_device_by_the_key_it_announced_and_presents(played: Played) -> None:
    assert played.proof("secret") == "secret"


@pytest.mark.parametrize("name", ["certified", "mx1", "unnamed-accepted"])
def test_a_host_certificate_of_a_trusted_ca_proves_the_device(played: Played, name: str) -> None:
    assert played.proof(name) == "certificate"


@pytest.mark.parametrize("name", ["fallback", "fallback-listed"])
def test_another_proof_holds_where_the_certificate_fails_and_both_are_allowed(played: Played, name: str) -> None:
    assert played.proof(name) == "secret"


def test_without_host_key_checking_any_key_will_do_and_a_warning_names_the_host(played: Played) -> None:
    assert played.proof("unchecked") == "unchecked"
    assert "[WARNING]: unchecked: ansible_host_key_checking is false" in played.run.output


# --- proofs that do not


def test_nothing_configured_is_refused_at_once_with_the_key_seen_and_what_to_set(played: Played) -> None:
    refusal = played.refusal("nothing")
    assert played.devices.key_of("nothing").fingerprint in refusal
    for variable in ("call_home_known_hosts", "call_home_secret", "call_home_host_key"):
        assert variable in refusal
    assert played.run.seconds("read", "nothing") < NEVER / 5


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("other-pin", "is none of those in call_home_host_key and call_home_known_hosts"),
        ("no-hmac", "no HOST-KEY and HMAC announced: configure `secret` on the device's outbound-ssh client"),
        ("other-secret", "the announced HMAC was not made with this host's call_home_secret"),
        ("foreign-ca", "is in no @cert-authority line that matches this device id"),
        ("srx1", "a @cert-authority line that matches this device id"),
        ("expired", "it expired at"),
        ("other-name", "it names 'elsewhere', not 'other-name'"),
        ("unnamed", "it names no device: sign it with `-n 'unnamed'`"),
        ("revoked-pin", "this key is @revoked in call_home_known_hosts"),
        ("revoked-certified", "this key is @revoked in call_home_known_hosts"),
        ("revoked-ca", "is @revoked in call_home_known_hosts"),
        ("revoked-unchecked", "this key is @revoked in call_home_known_hosts"),
        ("no-fallback", "certificate: not a valid host certificate: it expired at"),
        ("secret-not-listed", "is none of those in call_home_host_key and call_home_known_hosts"),
        ("listed-not-configured", "certificate: allowed but not configured"),
    ],
)
def test_a_caller_that_is_not_proved_is_refused_in_words_that_say_why(played: Played, name: str, reason: str) -> None:
    assert reason in played.refusal(name)


@pytest.mark.parametrize("name", ["other-pin", "foreign-ca", "expired", "revoked-pin", "no-fallback"])
def test_a_refusal_names_the_fingerprint_that_was_seen(played: Played, name: str) -> None:
    assert played.devices.key_of(name).fingerprint in played.refusal(name)


def test_a_replayed_announcement_does_not_vouch_for_another_ssh_host_key(played: Played) -> None:
    refusal = played.refusal("replayed")
    assert "the HMAC is right, but for another key" in refusal
    assert played.devices.key_of("secret").fingerprint in refusal
    assert played.devices.key_of("replayed").fingerprint in refusal


def test_a_wrong_hmac_is_hung_up_on_before_any_key_exchange(played: Played) -> None:
    assert (
        "the announced HMAC was not made with this host's call_home_secret"
        in played.run.result("read", "wrong-hmac").message
    )
    wrong, right = (played.callers[name].finish() for name in ("wrong-hmac", "right-hmac"))
    assert wrong.hung_up_on
    assert wrong.heard == b""
    assert right.heard.startswith(b"SSH-2.0-")


def test_a_call_that_stalled_in_the_key_exchange_is_told_of_when_the_time_is_up(played: Played) -> None:
    message = played.run.result("read", "right-hmac").message
    assert "Refused 127.0.0.1: its key exchange had not ended when the time was up" in message
    assert "no call came" not in message


def test_agent_info_keeps_the_refusals_with_their_reasons(played: Played) -> None:
    reasons = {(entry["device_id"], entry["reason"].split(":")[0]) for entry in played.refusals}
    assert ("other-secret", "secret") in reasons
    assert any(device_id == "expired" for device_id, _reason in reasons)


def test_no_refusal_tells_a_secret_or_a_password(played: Played) -> None:
    assert not [word for word in (SECRET, OTHER_SECRET, PASSWORD) if word in played.run.output]
