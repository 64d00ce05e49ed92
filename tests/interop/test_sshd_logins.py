"""A real sshd calls home, and the user is let in with the one identity that the host names, in each form it can have.

All devices prove themselves by a host certificate, call one agent and are read by one run of `ansible-playbook`; two
further runs have another ssh-agent, or none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.controller import Controller
from ansible_collections.callhome.junos.tests.integration.harness.results import Result
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play, read
from ansible_collections.callhome.junos.tests.interop.openssh_keys import (
    ALWAYS,
    EXPIRED,
    KEY_TYPES,
    KeyPair,
    SshAgent,
    new_key,
    ssh_agent,
)
from ansible_collections.callhome.junos.tests.interop.sshd_device import NO_SSHD, SSHD, USER, SshdDevice, calling

pytestmark = pytest.mark.skipif(SSHD is None, reason=NO_SSHD)

PRINCIPAL = "netops"
PASSPHRASE = "four words make it"
REFUSED_AFTER = 8
"""Seconds to wait where a device refuses the user: its next call might come from a client that does not."""
PLAY = play(read("Read the release"), ignore_unreachable=True, ignore_errors=True)
NO_KEY_NAMED = ("only-key", "nothing-named")
"""Hosts of the runs with another ssh-agent, or none."""
_SHOWN = re.compile(r"^(Accepted|Failed) publickey for \S+ from .* ssh2: (\S+) (SHA256:\S+)", re.MULTILINE)


class Site:
    """Devices, the hosts that stand for them, and the keys in the playbook's ssh-agent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.devices: dict[str, SshdDevice] = {}
        self.hosts: dict[str, dict[str, Any]] = {}
        self.held: list[KeyPair] = []
        self.held_as_certificate: list[KeyPair] = []
        self.held_for_confirmation: list[KeyPair] = []
        self.host_ca = new_key(folder / "host_ca")
        self.user_ca = new_key(folder / "user_ca")
        self.known_hosts = folder / "known_hosts"
        self.known_hosts.write_text(f"@cert-authority * {self.host_ca.text}\n")

    def user(self, name: str, key_type: str = "ed25519", *, certified: tuple[str, ...] = (), passphrase: str = "",
             valid: str = ALWAYS) -> KeyPair:  # fmt: skip
        """A user's key, with a certificate for the principals ``certified``."""
        key = new_key(self.folder / "keys" / name, key_type, passphrase)
        if certified:
            self.user_ca.sign(key, *certified, valid=valid)
        return key

    def public_part(self, key: KeyPair, *, certified: bool = True) -> Path:
        """A copy of the public key, and of its certificate, in a folder without the private key."""
        elsewhere = key.without_private_key(self.folder / "public" / key.path.name)
        if not certified:
            elsewhere.certificate.unlink()
        return elsewhere.public

    def fill(self, ssh_agent: SshAgent) -> None:
        """Load the keys that the hosts count on."""
        for key in self.held:
            ssh_agent.add(key)
        for key in self.held_for_confirmation:
            ssh_agent.add(key, "-c")
        for key in self.held_as_certificate:
            ssh_agent.add(key)
            ssh_agent.forget(KeyPair(self.folder / "public" / key.path.name / key.path.name))

    def add(self, name: str, named: Path | None, *, authorized: tuple[KeyPair, ...] = (), **variables: Any) -> None:
        """A device that takes user certificates for PRINCIPAL and ``authorized`` keys; its host names ``named``."""
        host_key = new_key(self.folder / f"{name}_host_key")
        self.host_ca.sign(host_key, name, host=True)
        self.devices[name] = SshdDevice(
            name,
            self.folder / name,
            host_key,
            user_ca=self.user_ca,
            principals=(PRINCIPAL,),
            authorized_keys=authorized,
        )
        self.hosts[name] = {
            "ansible_user": USER,
            "call_home_known_hosts": str(self.known_hosts),
            "call_home_timeout": 60,
            **({"ansible_private_key_file": str(named)} if named else {}),
            **variables,
        }


def _keys_in_files(site: Site) -> None:
    for key_type in KEY_TYPES:
        certified = site.user(f"certified-{key_type}", key_type, certified=(PRINCIPAL,))
        site.add(f"certified-{key_type}", certified.path)
        plain = site.user(f"plain-{key_type}", key_type)
        site.add(f"plain-{key_type}", plain.path, authorized=(plain,))
    both = site.user("both", certified=(PRINCIPAL,))
    site.add("certificate-first", both.path, authorized=(both,))
    site.add("key-alone-allowed", both.path, authorized=(both,), call_home_authentications=["key"])
    site.add("public-part-named", both.public)
    stale = site.user("stale", certified=(PRINCIPAL,))
    both.certificate.with_name("stale-cert.pub").write_bytes(both.certificate.read_bytes())
    site.add("certificate-of-another-key", stale.path)
    site.add("no-such-file", site.folder / "nowhere")
    site.add("renewed", site.user("renewed", certified=(PRINCIPAL,)).path)


def _passphrases(site: Site) -> None:
    key = site.user("encrypted", certified=(PRINCIPAL,), passphrase=PASSPHRASE)
    site.add("passphrase", key.path, ansible_private_key_passphrase=PASSPHRASE)
    site.add("no-passphrase", key.path)
    site.add("wrong-passphrase", key.path, ansible_private_key_passphrase="three words only")


def _refusals(site: Site) -> None:
    other = site.user("other-principal", certified=("auditors",))
    site.add("other-principal", other.path, call_home_timeout=REFUSED_AFTER)
    expired = site.user("expired", certified=(PRINCIPAL,), valid=EXPIRED)
    site.add("expired", expired.path, authorized=(expired,))
    site.add("expired-and-no-key-allowed", expired.path, authorized=(expired,), call_home_timeout=REFUSED_AFTER,
             call_home_authentications=["certificate"])  # fmt: skip


def _keys_in_the_ssh_agent(site: Site) -> None:
    """Hosts that name public parts; the private keys are in the ssh-agent, and not beside them."""
    for key_type in KEY_TYPES:
        key = site.user(f"agent-{key_type}", key_type, certified=(PRINCIPAL,))
        site.add(f"agent-{key_type}", site.public_part(key, certified=False))
        site.held.append(key)
    plain = site.user("agent-plain")
    site.add("agent-plain", site.public_part(plain), authorized=(plain,))
    certified = site.user("agent-certificate", certified=(PRINCIPAL,))
    site.add("agent-certificate", KeyPair(site.public_part(certified).with_suffix("")).certificate)
    beside = site.user("agent-beside-encrypted", certified=(PRINCIPAL,))
    public = site.public_part(beside)
    public.with_suffix("").write_text("an encrypted key, as far as anybody here can tell")
    site.add("agent-beside-encrypted", public)
    site.held += [plain, certified, beside]
    site.add("agent-unnamed", None)


def _keys_with_limits_in_the_ssh_agent(site: Site) -> None:
    for key_type in ("rsa", "ed25519"):
        key = site.user(f"certificate-alone-{key_type}", key_type, certified=(PRINCIPAL,))
        site.add(f"certificate-alone-{key_type}", site.public_part(key, certified=False))
        site.held_as_certificate.append(key)
    confirmed = site.user("unconfirmed")
    site.add("unconfirmed", site.public_part(confirmed), authorized=(confirmed,))
    site.held_for_confirmation.append(confirmed)


@dataclass
class Played:
    """What the runs came to."""

    site: Site
    results: dict[str, Result]
    """Of each host's last run."""
    sessions: dict[str, dict[str, Any]]
    renewals: list[Result]
    """Of the host whose certificate was renewed, before and after."""
    output: str
    """All that the terminal showed."""

    def method(self, name: str) -> str:
        """How the user was let in: the playbook has read this device."""
        result = self.results[name]
        assert result.status == "ok", f"{result.message}\nsshd said:\n{self.site.devices[name].log}"
        assert f"<host-name>{name}</host-name>" in str(result["stdout"])
        return str(self.sessions[name]["authentication"])

    def refusal(self, name: str) -> str:
        """Why there was no session: the device, which is there, did not let the user in."""
        result = self.results[name]
        assert result.status == "unreachable", result
        assert name not in self.sessions
        return result.message

    def mistake(self, name: str) -> str:
        """What was wrong with the host's variables or the controller; the device was shown nothing."""
        result = self.results[name]
        assert result.status == "failed", result
        assert not self.shown(name)
        return result.message

    def shown(self, name: str) -> list[tuple[str, str, str]]:
        """What the device's sshd says that it was shown: its answer, the type, the key's fingerprint."""
        return _SHOWN.findall(self.site.devices[name].log)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    site = Site(tmp_path_factory.mktemp("site"))
    for part in (_keys_in_files, _passphrases, _refusals, _keys_in_the_ssh_agent, _keys_with_limits_in_the_ssh_agent):
        part(site)
    controller = Controller()
    only = site.user("only", certified=(PRINCIPAL,))
    site.add("only-key", None)
    own = new_key(controller.home / ".ssh" / "id_ed25519")
    site.add("nothing-named", None, authorized=(own,))
    try:
        with calling(list(site.devices.values()), controller.port):
            yield _play(controller, site, only)
    finally:
        controller.stop()


def _play(controller: Controller, site: Site, only: KeyPair) -> Played:
    def run(socket: Path | None, *names: str) -> dict[str, Result]:
        environment = {"SSH_AUTH_SOCK": str(socket)} if socket else {}
        hosts = {name: site.hosts[name] for name in names}
        done = controller.run([PLAY], hosts, "--forks", str(len(hosts)), environment=environment)
        outputs.append(done.output)
        return {name: done.result("Read the release", name) for name in names}

    outputs: list[str] = []
    with ssh_agent(controller.home / "several") as several:
        site.fill(several)
        results = run(several.socket, *(name for name in site.hosts if name not in NO_KEY_NAMED))
    site.user_ca.sign(KeyPair(site.folder / "keys" / "renewed"), PRINCIPAL)
    with ssh_agent(controller.home / "one") as one:
        one.add(only)
        with_one = run(one.socket, "only-key", "renewed")
    with_none = run(None, "nothing-named")
    sessions = {session["device_id"]: session for session in controller.agent_info()["sessions"]}
    renewals = [results["renewed"], with_one["renewed"]]
    return Played(site, results | with_one | with_none, sessions, renewals, "".join(outputs))


@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_a_certificate_beside_the_key_lets_the_user_in_for_each_key_type(played: Played, key_type: str) -> None:
    assert played.method(f"certified-{key_type}") == "certificate"


@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_a_plain_key_lets_the_user_in_for_each_key_type(played: Played, key_type: str) -> None:
    assert played.method(f"plain-{key_type}") == "key"


@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_key_and_certificate_in_the_ssh_agent_let_the_user_in_for_each_key_type(played: Played, key_type: str) -> None:
    assert played.method(f"agent-{key_type}") == "certificate"


def test_the_certificate_named_goes_with_its_key_in_the_ssh_agent(played: Played) -> None:
    assert played.method("agent-certificate") == "certificate"


def test_the_public_key_named_is_enough_for_a_plain_key_in_the_ssh_agent(played: Played) -> None:
    assert played.method("agent-plain") == "key"


def test_the_ssh_agent_is_asked_before_an_encrypted_private_key_beside_the_public_key(played: Played) -> None:
    assert played.method("agent-beside-encrypted") == "certificate"


@pytest.mark.parametrize("key_type", ("rsa", "ed25519"))
def test_an_ssh_agent_that_holds_the_certificate_alone_is_enough(played: Played, key_type: str) -> None:
    assert played.method(f"certificate-alone-{key_type}") == "certificate"


def test_an_ssh_agent_that_does_not_sign_is_the_users_matter_and_not_the_devices(played: Played) -> None:
    assert "the ssh-agent did not sign" in played.mistake("unconfirmed")


def test_the_public_key_named_is_enough_where_the_private_key_is_beside_it(played: Played) -> None:
    assert played.method("public-part-named") == "certificate"


def test_the_only_key_of_the_ssh_agent_needs_no_name(played: Played) -> None:
    assert played.method("only-key") == "certificate"


def test_several_keys_in_the_ssh_agent_and_none_named_is_an_error_that_says_what_to_set(played: Played) -> None:
    message = played.mistake("agent-unnamed")
    assert "the ssh-agent holds 11 keys and none is named: set ansible_private_key_file" in message


def test_no_key_in_the_home_folder_is_used_by_itself(played: Played) -> None:
    assert "set ansible_private_key_file or ansible_password" in played.mistake("nothing-named")


def test_a_key_with_a_passphrase_is_opened_with_it(played: Played) -> None:
    assert played.method("passphrase") == "certificate"


def test_a_key_with_a_passphrase_and_none_given_says_which_variable_to_set(played: Played) -> None:
    assert "is encrypted: set ansible_private_key_passphrase" in played.mistake("no-passphrase")


def test_a_wrong_passphrase_is_said_to_be_so_and_not_repeated(played: Played) -> None:
    message = played.mistake("wrong-passphrase")
    assert "the passphrase is wrong" in message
    assert "three words" not in message


def test_a_private_key_that_does_not_exist_is_named(played: Played) -> None:
    assert "nowhere does not exist; ansible_private_key_file names it" in played.mistake("no-such-file")


def test_a_certificate_of_another_key_is_said_to_be_so(played: Played) -> None:
    assert "stale is another key's: sign it anew" in played.mistake("certificate-of-another-key")


def test_the_certificate_is_shown_before_the_key_and_the_key_no_more_once_that_was_taken(played: Played) -> None:
    assert played.method("certificate-first") == "certificate"
    assert len(played.shown("certificate-first")) == 1


def test_no_certificate_is_shown_where_only_keys_are_allowed(played: Played) -> None:
    assert played.method("key-alone-allowed") == "key"
    assert [what for _unused, what, _unused in played.shown("key-alone-allowed")] == ["ED25519"]


def test_a_certificate_for_other_principals_is_refused_with_the_methods_tried(played: Played) -> None:
    assert f"user {USER} was refused; methods tried: certificate" in played.refusal("other-principal")
    assert ("Failed", "ED25519-CERT") in [shown[:2] for shown in played.shown("other-principal")]


def test_an_expired_certificate_falls_back_to_its_key(played: Played) -> None:
    assert played.method("expired") == "key"
    assert [shown[:2] for shown in played.shown("expired")] == [("Failed", "ED25519-CERT"), ("Accepted", "ED25519")]


def test_an_expired_certificate_does_not_fall_back_where_no_key_is_allowed(played: Played) -> None:
    assert "methods tried: certificate (it expired at 20" in played.refusal("expired-and-no-key-allowed")
    assert {what for _unused, what, _unused in played.shown("expired-and-no-key-allowed")} == {"ED25519-CERT"}


def test_a_renewed_certificate_of_the_same_key_uses_the_session_that_is_there(played: Played) -> None:
    assert [result.status for result in played.renewals] == ["ok", "ok"]
    assert len(played.shown("renewed")) == 1


def test_no_device_is_ever_shown_more_than_one_identity(played: Played) -> None:
    shown = {name: {key for _unused, _unused, key in played.shown(name)} for name in played.site.devices}
    assert {name: keys for name, keys in shown.items() if len(keys) > 1} == {}
    assert sum(len(keys) for keys in shown.values()) > len(KEY_TYPES)


def test_no_message_tells_a_passphrase(played: Played) -> None:
    assert PASSPHRASE not in played.output
