"""A real sshd calls home, and is believed to be the device where it proves that, and nowhere else.

All devices call one agent, and one run of `ansible-playbook` reads them all; each test looks at its own device.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.controller import Controller
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.tasks import local, play, read
from ansible_collections.callhome.junos.tests.interop.openssh_keys import ALWAYS, EXPIRED, KEY_TYPES, KeyPair, new_key
from ansible_collections.callhome.junos.tests.interop.sshd_device import NO_SSHD, SSHD, USER, SshdDevice, calling

pytestmark = pytest.mark.skipif(SSHD is None, reason=NO_SSHD)

SECRET = "correct horse battery staple"
READER = "certified-ed25519"
IS_READER = f"inventory_hostname == '{READER}'"
PLAY = play(
    read("Read the release"),
    local("Read the configuration", "ansible.netcommon.netconf_get", {"source": "running"}, when=IS_READER),
    ignore_unreachable=True,
    ignore_errors=True,
)
AFTER_THE_KEY_EXCHANGE = "[preauth]"
REFUSED_AFTER = 8
"""Seconds to wait for a call that never comes: each refused device costs the run these, all of them at once."""


class Site:
    """Devices, and the hosts of the inventory that stand for them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.devices: dict[str, SshdDevice] = {}
        self.hosts: dict[str, dict[str, Any]] = {}
        self.user = new_key(folder / "user")
        self.host_ca = new_key(folder / "host_ca")
        self.known_hosts = folder / "known_hosts"
        self.known_hosts.write_text(f"@cert-authority * {self.host_ca.text}\n")

    def key(self, name: str, key_type: str = "ed25519", *, certified_for: str = "", valid: str = ALWAYS) -> KeyPair:
        """A device's host key, with a certificate where that names something."""
        key = new_key(self.folder / f"{name}_host_key", key_type)
        if certified_for:
            self.host_ca.sign(key, certified_for, host=True, valid=valid)
        return key

    def add(self, name: str, host_key: KeyPair, *, trusted: bool = True, device: dict[str, Any] | None = None,
            **variables: Any) -> None:  # fmt: skip
        """A device, and a host with ``variables``; ``trusted`` False: one that is not going to be let in."""
        self.devices[name] = SshdDevice(
            name, self.folder / name, host_key, authorized_keys=(self.user,), **device or {}
        )
        self.hosts[name] = {
            "ansible_user": USER,
            "ansible_private_key_file": str(self.user.path),
            "call_home_known_hosts": str(self.folder / "nobody"),
            "call_home_timeout": 60 if trusted else REFUSED_AFTER,
            **variables,
        }


def _certificates(site: Site) -> None:
    known: dict[str, Any] = {"call_home_known_hosts": str(site.known_hosts)}
    for key_type in KEY_TYPES:
        name = f"certified-{key_type}"
        site.add(name, site.key(name, key_type, certified_for=name), **known)
    site.add("other-name", site.key("other-name", certified_for="srx-elsewhere"), trusted=False, **known)
    site.add("expired", site.key("expired", certified_for="expired", valid=EXPIRED), trusted=False, **known)
    site.add("no-certificate", site.key("no-certificate"), trusted=False, call_home_host_trust=["certificate"], **known)
    site.add("nothing-set", site.key("nothing-set", certified_for="nothing-set"), trusted=False)
    site.add("silent", site.key("silent", certified_for="silent"), device={"announces": False},
             ansible_host="127.0.0.1", call_home_device_id="silent", **known)  # fmt: skip


def _pins(site: Site) -> None:
    for key_type in KEY_TYPES:
        key = site.key(f"pinned-{key_type}", key_type)
        site.add(f"pinned-{key_type}", key, call_home_host_key=[key.text])
    by_fingerprint = site.key("fingerprint")
    site.add("fingerprint", by_fingerprint, call_home_host_key=[by_fingerprint.fingerprint])
    site.add("other-pin", site.key("other-pin"), trusted=False, call_home_host_key=[by_fingerprint.text])


def _secrets(site: Site) -> None:
    site.add("secret", site.key("secret"), device={"secret": SECRET}, call_home_secret=SECRET)
    site.add("other-secret", site.key("other-secret"), device={"secret": "guessed"}, trusted=False,
             call_home_secret=SECRET)  # fmt: skip
    replayed = {"secret": SECRET, "announced_key": site.devices["secret"].host_key}
    site.add("replayed", site.key("replayed"), device=replayed, trusted=False, call_home_secret=SECRET)


@dataclass
class Played:
    """What the run came to."""

    site: Site
    run: Run
    sessions: dict[str, dict[str, Any]]

    def proof(self, name: str) -> str:
        """What proved the device; the playbook has read it, and it was this device and no other."""
        result = self.run.result("Read the release", name)
        assert result.status == "ok", f"{result.message}\nsshd said:\n{self.site.devices[name].log}"
        assert f"<host-name>{name}</host-name>" in str(result["stdout"])
        return str(self.sessions[name]["host_trust"])

    def refusal(self, name: str) -> str:
        """Why the device was not believed; it was never shown a user's key."""
        result = self.run.result("Read the release", name)
        assert result.status == "unreachable", result
        assert name not in self.sessions
        assert not self.site.devices[name].offers
        return result.message


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    site = Site(tmp_path_factory.mktemp("site"))
    for part in (_certificates, _pins, _secrets):
        part(site)
    controller = Controller()
    try:
        with calling(list(site.devices.values()), controller.port):
            run = controller.run([PLAY], site.hosts, "--forks", str(len(site.hosts)))
            sessions = {session["device_id"] or "silent": session for session in controller.agent_info()["sessions"]}
            yield Played(site, run, sessions)
    finally:
        controller.stop()


@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_a_host_certificate_of_each_key_type_proves_the_device(played: Played, key_type: str) -> None:
    name = f"certified-{key_type}"
    assert played.proof(name) == "certificate"
    assert "-cert-v01@openssh.com" in played.sessions[name]["algorithms"]
    assert "ssh-rsa" not in played.sessions[name]["algorithms"]


@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_a_pinned_key_of_each_key_type_proves_the_device(played: Played, key_type: str) -> None:
    assert played.proof(f"pinned-{key_type}") == "pinned"


def test_a_pinned_fingerprint_proves_the_device(played: Played) -> None:
    assert played.proof("fingerprint") == "pinned"


def test_the_secret_proves_the_device_by_the_key_that_it_announced_and_presents(played: Played) -> None:
    assert played.proof("secret") == "secret"


def test_a_device_that_announces_nothing_is_found_by_its_address_and_held_to_its_device_id(played: Played) -> None:
    assert played.proof("silent") == "certificate"


def test_a_module_reads_the_configuration_of_a_device_that_proved_itself(played: Played) -> None:
    result = played.run.result("Read the configuration", READER)
    assert result.status == "ok", result.message
    assert f"<host-name>{READER}</host-name>" in str(result["stdout"])


def test_a_host_certificate_for_another_device_id_is_refused(played: Played) -> None:
    assert "it names 'srx-elsewhere', not 'other-name'" in played.refusal("other-name")


def test_an_expired_host_certificate_is_refused(played: Played) -> None:
    assert "it expired at" in played.refusal("expired")


def test_a_plain_key_is_refused_where_a_certificate_is_demanded(played: Played) -> None:
    assert "the device presented a plain ssh-ed25519 key and no certificate" in played.refusal("no-certificate")


def test_a_key_that_is_not_the_pinned_one_is_refused_with_its_fingerprint(played: Played) -> None:
    refusal = played.refusal("other-pin")
    assert played.site.devices["other-pin"].host_key.fingerprint in refusal
    assert "call_home_host_key" in refusal


def test_without_any_proof_configured_the_refusal_tells_the_fingerprint_and_what_to_set(played: Played) -> None:
    refusal = played.refusal("nothing-set")
    assert played.site.devices["nothing-set"].host_key.fingerprint in refusal
    assert "call_home_known_hosts" in refusal
    assert "call_home_secret" in refusal
    assert "call_home_host_key" in refusal


def test_a_call_with_another_secret_is_hung_up_on_before_any_key_exchange(played: Played) -> None:
    assert "the announced HMAC was not made with this host's call_home_secret" in played.refusal("other-secret")
    assert AFTER_THE_KEY_EXCHANGE not in played.site.devices["other-secret"].log
    assert AFTER_THE_KEY_EXCHANGE in played.site.devices["replayed"].log


def test_a_replayed_announcement_does_not_vouch_for_another_key(played: Played) -> None:
    refusal = played.refusal("replayed")
    assert "the HMAC is right, but for another key" in refusal
    assert played.site.devices["secret"].host_key.fingerprint in refusal


def test_a_refusal_tells_no_secret(played: Played) -> None:
    assert SECRET not in played.run.output
    assert "other-secret: " in played.run.output
