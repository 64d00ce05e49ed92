# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role ``nms``: CAs, the NETCONF user's key and certificate, trust, signing of host keys, and that all of it stays as it is."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.known_hosts import KnownHosts
from ansible_collections.callhome.junos.tests.integration.harness.controller import Controller
from ansible_collections.callhome.junos.tests.integration.harness.nms import Nms, changed, described, role
from ansible_collections.callhome.junos.tests.interop.openssh_keys import KEY_TYPES, KeyPair, new_key, ssh_agent

PASSPHRASES = {"nms_user_ca_passphrase": "first secret $HOME", "nms_host_ca_passphrase": "second secret"}


@pytest.fixture(scope="module")
def controller() -> Iterator[Controller]:
    shared = Controller()
    yield shared
    shared.stop()


@pytest.fixture
def nms(controller: Controller) -> Nms:
    """An NMS that was not set up yet."""
    return Nms(controller)


@pytest.fixture(scope="module")
def made(controller: Controller) -> Nms:
    """One that was set up and is left alone."""
    first = Nms(controller)
    changed(first.set_up())
    return first


@pytest.fixture
def ready(controller: Controller, made: Nms) -> Nms:
    """One of a test's own, set up."""
    return Nms(controller, copied_from=made)


@pytest.fixture(scope="module")
def keys(controller: Controller) -> dict[str, KeyPair]:
    """A host key of each type."""
    return {key_type: new_key(controller.home / "host_keys" / key_type, key_type) for key_type in KEY_TYPES}


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_it_is_all_there_after_one_run_and_the_second_changes_nothing(nms: Nms) -> None:
    nms.hosts = {"branch-7": {}, "branch-8": {"call_home_device_id": "SN8"}, "web": {"ansible_connection": "local"}}
    changed(nms.set_up())
    said = described(nms.user_certificate)
    assert 'Key ID: "netops" Serial: 1 ' in said
    assert "Principals: netops Critical Options: (none) Extensions: (none)" in said
    assert "using ssh-ed25519" in said
    entry = nms.issued[0]
    assert (entry["valid_to"] - entry["issued"], entry["issued"] - entry["valid_from"]) == (30 * 86400, 3600)
    known = KnownHosts.parse(nms.known_hosts.read_text())
    for device_id, trusted in {
        "branch-7": True,
        "SN8": True,
        "branch-8": False,
        "web": False,
        "localhost": False,
    }.items():
        assert [key.text for key in known.authorities(device_id)] == (nms.authorities("host") if trusted else [])

    modes = {nms.directory: "0o700", nms.ca_directory: "0o700", nms.user_key: "0o600"}
    modes |= {nms.ca_directory / name: "0o600" for name in ("user_ca-1", "host_ca-1", "issued")}
    modes |= {Path(f"{nms.user_key}-cert.pub"): "0o644"}
    assert {path: mode(path) for path in modes} == modes

    before = nms.files()
    assert changed(nms.set_up()) == []
    assert nms.files() == before


def test_check_mode_makes_nothing_and_tells_that_it_would(nms: Nms, ready: Nms) -> None:
    assert changed(nms.set_up("--check", "--diff"))
    assert not nms.directory.exists() and not nms.ca_directory.exists() and not nms.known_hosts.exists()
    before = ready.files()
    assert changed(ready.set_up("--check")) == []
    assert "Sign, unless it is there" in changed(ready.set_up("--check", nms_user_valid_for="5d"))
    assert "Make the key pair apart" in changed(ready.set_up("--check", tasks_from="rotate", nms_rotate=["user"]))
    assert ready.files() == before


def test_a_certificate_is_renewed_when_it_is_due_and_when_something_else_is_wanted_of_it(ready: Nms) -> None:
    first = ready.user_certificate
    assert changed(ready.set_up(nms_renew_below=0.9)) == []
    assert changed(ready.set_up(nms_renew_below=1.0)) == [
        "Have a serial number",
        "Sign, unless it is there",
        "Put the certificate beside the key",
    ]
    assert first != ready.user_certificate and "Serial: 2 " in described(ready.user_certificate)
    changed(
        ready.set_up(
            nms_principals=["netops", "audit"], nms_identity="nms of the lab", nms_user_options=["clear", "permit-pty"]
        )
    )
    said = described(ready.user_certificate)
    assert 'Key ID: "nms of the lab" Serial: 3 ' in said
    assert "Principals: audit netops" in said or "Principals: netops audit" in said
    assert "Extensions: permit-pty" in said


def test_a_certificate_that_was_lost_or_damaged_is_signed_again_the_same(ready: Nms, keys: dict[str, KeyPair]) -> None:
    changed(ready.sign({"branch-7": keys["ed25519"].text}))
    user, host = described(ready.user_certificate), described(ready.host_certificate("branch-7").read_text())
    for path in (Path(f"{ready.user_key}-cert.pub"), ready.ca_directory / "users" / "netops-cert.pub"):
        path.unlink()
    ready.host_certificate("branch-7").write_text(ready.host_certificate("branch-7").read_text()[:100])
    changed(ready.set_up())
    changed(ready.sign({"branch-7": keys["ed25519"].text}))
    assert described(ready.user_certificate) == user
    assert described(ready.host_certificate("branch-7").read_text()) == host
    assert [entry["serial"] for entry in ready.issued] == [1, 2]


def test_twenty_hosts_are_signed_at_once_and_each_has_a_certificate_and_a_serial_of_its_own(
    ready: Nms, keys: dict[str, KeyPair]
) -> None:
    hosts = {f"branch-{number}": keys["ed25519"].text for number in range(20)}
    run = ready.sign(hosts, "--forks", "10", nms_signing_throttle=8).check()
    certificates = {}
    for device_id in hosts:
        certificate, entry = run.result("certificate", device_id)["msg"]
        assert certificate == ready.host_certificate(device_id).read_text().strip()
        certificates[device_id] = said = described(certificate)
        assert f'Key ID: "{device_id}" Serial: {entry["serial"]} ' in said
        assert f"Principals: {device_id} Critical Options: (none) Extensions: (none)" in said
    assert sorted(entry["serial"] for entry in ready.issued) == list(range(1, 22))
    assert changed(ready.sign({"branch-0": hosts["branch-0"]})) == []


def test_a_host_is_signed_by_two_modules_and_its_own_connection_is_left_alone(
    ready: Nms, keys: dict[str, KeyPair]
) -> None:
    run = ready.sign({"branch-7": keys["rsa"].text}, "-vvvv").check()
    assert run.stdout.count("ESTABLISH LOCAL CONNECTION") <= 2
    assert not ready.controller.agent_processes


def test_another_name_or_path_in_a_device_id_stays_in_its_folder(ready: Nms, keys: dict[str, KeyPair]) -> None:
    changed(ready.sign({"../up": keys["ed25519"].text, "50%/x": keys["ed25519"].text}))
    assert sorted(path.name for path in (ready.ca_directory / "hosts").glob("*-cert.pub")) == [
        "..%2Fup-cert.pub",
        "50%25%2Fx-cert.pub",
    ]


def test_private_keys_never_leave_a_ca_host_of_its_own(nms: Nms, keys: dict[str, KeyPair]) -> None:
    nms.hosts = {"ca.example.net": {"ansible_connection": "local"}}
    nms.variables["nms_ca_host"] = "ca.example.net"
    changed(nms.set_up())
    changed(nms.sign({"branch-7": keys["ed25519"].text}))
    assert changed(nms.set_up()) == []
    assert sorted(path.name for path in nms.directory.iterdir() if path.is_file()) == [
        "host_ca.pub",
        "netops",
        "netops-cert.pub",
        "netops.pub",
        "user_ca.pub",
    ]
    ca_keys = [(nms.ca_directory / f"{kind}_ca-1").read_text().splitlines()[2] for kind in ("user", "host")]
    for path, content in nms.files().items():
        if not path.startswith(str(nms.ca_directory)):
            assert not any(line.encode() in content for line in ca_keys), path
    private = nms.user_key.read_text().splitlines()[2].encode()
    assert not any(private in path.read_bytes() for path in nms.ca_directory.rglob("*") if path.is_file())


def test_a_ca_key_with_a_passphrase_signs_through_an_agent_that_is_gone_afterwards(
    nms: Nms, keys: dict[str, KeyPair]
) -> None:
    nms.variables |= PASSPHRASES
    runs = [nms.set_up("-vvvv"), nms.sign({"branch-7": keys["ed25519"].text}, "-vvvv"), nms.set_up("-vvvv")]
    assert [bool(changed(run)) for run in runs] == [True, True, False]
    assert nms.signing_agents == []
    for passphrase in PASSPHRASES.values():
        assert not any(passphrase in run.output for run in runs)
        assert not any(passphrase.encode() in content for content in nms.files().values())
        assert not any(passphrase in str(result.values) for run in runs for result in run.results)
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run(
            ["ssh-keygen", "-y", "-P", "", "-f", nms.ca_directory / "host_ca-1"], check=True, capture_output=True
        )
    assert "Serial: 1 " in described(nms.user_certificate)
    assert not list(nms.ca_directory.glob("askpass*"))


def test_a_wrong_passphrase_is_told_without_being_shown_and_leaves_no_agent(nms: Nms, keys: dict[str, KeyPair]) -> None:
    nms.variables |= PASSPHRASES
    changed(nms.set_up())
    run = nms.sign({"branch-7": keys["ed25519"].text}, nms_host_ca_passphrase="not it")
    message = run.result("It holds the CA's key").message
    assert "host_ca-1" in message and "nms_host_ca_passphrase" in message
    assert "not it" not in run.output
    assert nms.signing_agents == [] and not list(nms.ca_directory.glob("askpass*"))


def test_a_key_of_another_type_is_replaced_only_where_the_word_is_given(ready: Nms) -> None:
    before = ready.files()
    another_word = {"nms_user_type": "ecdsa", "nms_regenerate": "user_ca"}
    for other in ({"nms_ca_type": "ecdsa"}, {"nms_user_type": "ecdsa"}, another_word):
        run = ready.set_up(**other)
        assert run.status != 0 and "wrong type" in run.output
    assert ready.files() == before
    allowed: dict[str, Any] = {"nms_user_type": "ecdsa", "nms_regenerate": ["user"]}
    changed(ready.set_up(**allowed))
    assert ready.user_key.with_suffix(".pub").read_text().startswith("ecdsa-sha2-nistp256 ")
    assert "Serial: 2 " in described(ready.user_certificate)
    assert changed(ready.set_up(**allowed)) == []
    assert (ready.ca_directory / "user_ca-1").read_bytes() == before[str(ready.ca_directory / "user_ca-1")]


def test_half_a_key_that_a_kill_left_is_made_anew_and_half_a_pair_completed(ready: Nms) -> None:
    trusted = ready.authorities("user")
    (ready.ca_directory / "user_ca-1").rename(ready.ca_directory / "new" / "user_ca-1")
    (ready.ca_directory / "host_ca-1.pub").unlink()
    (ready.directory / "netops").unlink()
    (ready.directory / "new" / "netops").write_text("-----BEGIN OPENSSH PRIV")
    changed(ready.set_up())
    assert ready.authorities("user") == trusted
    assert "Serial: 2 " in described(ready.user_certificate)
    assert changed(ready.set_up()) == []
    assert not list((ready.directory / "new").iterdir()) and not list((ready.ca_directory / "new").iterdir())


def test_what_others_wrote_into_known_hosts_stays_and_plain_keys_come_and_go(
    ready: Nms, keys: dict[str, KeyPair]
) -> None:
    ready.known_hosts.write_text(f"# mine\n@cert-authority *.lab {keys['rsa'].text} the lab's\nold {keys['rsa'].text}")
    plain = {"device_id": "branch-7", "key": keys["ed25519"].text}
    changed(ready.set_up(nms_device_keys=[plain], nms_device_patterns=["branch-*"]))
    text = ready.known_hosts.read_text()
    assert text == (
        f"# mine\n@cert-authority *.lab {keys['rsa'].text} the lab's\nold {keys['rsa'].text}\n"
        f"@cert-authority branch-* {(ready.directory / 'host_ca.pub').read_text()}branch-7 {keys['ed25519'].text}\n"
    )
    changed(ready.set_up(nms_device_keys=[{**plain, "state": "absent"}], nms_device_patterns=["branch-*"]))
    assert ready.known_hosts.read_text() == text.rpartition("branch-7 ")[0]


def test_the_user_s_known_hosts_is_written_on_request_and_with_a_warning(ready: Nms) -> None:
    ready.hosts = {"branch-7": {}}
    further = ready.directory.parent / "known_hosts"
    run = ready.set_up()
    assert "paramiko" not in run.check().output and not further.exists()
    run = ready.set_up(nms_further_known_hosts=[str(further)])
    assert "a line with @cert-authority breaks the connections" in run.check().output
    assert further.read_text() == ready.known_hosts.read_text()


def test_key_and_certificate_are_in_the_ssh_agent_until_they_expire(nms: Nms, controller: Controller) -> None:
    nms.variables |= {"nms_ssh_agent": True, "nms_user_passphrase": "a user's secret"}
    with ssh_agent(controller.home / "user-agent") as agent:
        environment = {"SSH_AUTH_SOCK": str(agent.socket)}
        run = nms.set_up("-vvvv", environment=environment)
        assert "Give it the user's key and certificate, until that expires" in changed(run)
        assert "a user's secret" not in run.output
        held = subprocess.run(
            ["ssh-add", "-L"], check=True, capture_output=True, text=True, env={**os.environ, **environment}
        )
        assert nms.user_certificate.split()[1] in held.stdout
        assert changed(nms.set_up(environment=environment)) == []
    run = nms.set_up()
    assert run.status != 0 and "authentication agent" in run.output


def test_a_rotation_leaves_nobody_without_trust_and_ends_with_the_new_cas_alone(
    ready: Nms, keys: dict[str, KeyPair]
) -> None:
    ready.hosts = {"branch-7": {}}
    hosts = {"branch-7": keys["ed25519"].text}
    changed(ready.sign(hosts))
    old = {kind: ready.authorities(kind) for kind in ("user", "host")}
    user_certificate = ready.user_certificate

    rotating: dict[str, Any] = {"tasks_from": "rotate", "nms_rotate": ["user", "host"], "nms_ca_type": "ecdsa"}
    changed(ready.set_up(**rotating))
    both = {kind: ready.authorities(kind) for kind in old}
    assert all(len(both[kind]) == 2 and both[kind][:1] == old[kind] for kind in old)
    assert changed(ready.set_up(**rotating)) == []
    assert ready.user_certificate == user_certificate
    known = KnownHosts.parse(ready.known_hosts.read_text())
    assert [key.text for key in known.authorities("branch-7")] == both["host"]
    changed(ready.sign(hosts))
    assert "using ecdsa-sha2-nistp256" in described(ready.host_certificate("branch-7").read_text())

    retiring: dict[str, Any] = {
        "tasks_from": "retire_authority",
        "nms_retire": ["user", "host"],
        "nms_ca_type": "ecdsa",
    }
    changed(ready.set_up(**retiring))
    assert {kind: ready.authorities(kind) for kind in old} == {kind: both[kind][1:] for kind in old}
    assert changed(ready.set_up(**retiring)) == []
    assert "using ecdsa-sha2-nistp256" in described(ready.user_certificate)
    known = KnownHosts.parse(ready.known_hosts.read_text())
    assert [key.text for key in known.authorities("branch-7")] == both["host"][1:]
    retired = sorted(path.name for path in (ready.ca_directory / "retired").iterdir())
    assert retired == ["host_ca-1", "host_ca-1.pub", "user_ca-1", "user_ca-1.pub"]


def test_what_is_revoked_is_believed_no_more_and_gets_no_certificate(ready: Nms, keys: dict[str, KeyPair]) -> None:
    ready.hosts = {"branch-7": {}}
    changed(ready.set_up(nms_device_keys=[{"device_id": "branch-7", "key": keys["ed25519"].text}]))
    changed(ready.sign({"branch-7": keys["ed25519"].text}))
    revoking: dict[str, Any] = {
        "tasks_from": "revoke",
        "nms_revoked_devices": ["branch-7"],
        "nms_revoked_users": ["netops"],
        "nms_revoked_keys": [keys["rsa"].text],
    }
    changed(ready.set_up(**revoking))
    assert changed(ready.set_up(**revoking)) == []
    known = KnownHosts.parse(ready.known_hosts.read_text())
    assert [key.text for key in known.revoked("any")] == [keys["ed25519"].text, keys["rsa"].text]
    assert known.keys("branch-7") == ()
    assert all(entry["revoked"] for entry in ready.issued)
    for run, who in (
        (ready.sign({"branch-7": keys["ed25519"].text}), "host branch-7"),
        (ready.set_up(), "user netops"),
    ):
        assert run.status != 0 and f"of {who} is revoked" in run.output


def test_other_plays_are_told_what_they_need_on_any_host(ready: Nms, keys: dict[str, KeyPair]) -> None:
    changed(ready.sign({"branch-7": keys["ed25519"].text, "branch-8": keys["rsa"].text}))
    names = ("nms_user_ca_keys", "nms_host_ca_keys", "nms_issued", "nms_user_certificate")
    shown = {"name": "facts", "ansible.builtin.debug": {"msg": [f"{{{{ {name} }}}}" for name in names]}}
    run = ready.run([role("load"), shown], "branch-7,branch-8", devices={"branch-7": {}, "branch-8": {}}).check()
    for host in ("branch-7", "branch-8"):
        user_cas, host_cas, issued, user_certificate = run.result("facts", host)["msg"]
        assert [" ".join(key.split()[:2]) for key in user_cas] == ready.authorities("user")
        assert [" ".join(key.split()[:2]) for key in host_cas] == ready.authorities("host")
        assert issued == ready.issued
        assert user_certificate == ready.issued[0]
    assert len(run.of("Ask the CA host what was issued", status="ok")) == 1
