# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a device takes up certificates: the last section of the manual, and what it does with files."""

from __future__ import annotations

import paramiko
import pytest
from simulator import Control, DeviceSpec, Simulator, UserSpec
from simulator_harness import USER, Keys, Listener

FILES = {"/var/tmp/ca.pub": "user_ca", "/var/tmp/host-cert.pub": "host"}
CERTIFICATES = """
set system services ssh trusted-user-ca-key-file /var/tmp/ca.pub
set system services ssh host-certificate-file /var/tmp/host-cert.pub
set system services ssh authorized-principals netconf-user
"""
CYCLE = ("deactivate system services outbound-ssh client nms", "activate system services outbound-ssh client nms")


def device_without_certificates(sim: Simulator, keys: Keys, listener: Listener, **options: object) -> Control:
    """A client is committed; the files for the certificates are there, and nothing names them yet."""
    files = {
        "/var/tmp/ca.pub": keys.public("user_ca"),
        "/var/tmp/host-cert.pub": keys.host_certificate(keys.public("other"), "r1"),
    }
    base = {
        "name": "r1",
        "servers": [listener.address],
        "users": {USER: UserSpec()},
        "files": files,
        "host_keys": (keys.private("other"),),
        "listen": "127.0.0.1",
    }
    return sim.add_device(DeviceSpec(**{**base, **options}))


def accepted(transport: paramiko.Transport, key: str) -> tuple[bool, bool]:
    """Whether the host certificate is offered, and whether the user certificate lets in."""
    transport.get_security_options().key_types = ["ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519"]
    transport.start_client(timeout=10)
    offered = transport.get_remote_server_key().public_blob is not None
    try:
        transport.auth_publickey(USER, paramiko.PKey.from_path(key))
        return offered, True
    except paramiko.AuthenticationException:
        return offered, False
    finally:
        transport.close()


def on_the_next_call(listener: Listener, key: str) -> tuple[bool, bool]:
    call = listener.accept()
    call.announcement()
    return accepted(paramiko.Transport(call.socket), key)


def directly(device: Control, key: str) -> tuple[bool, bool]:
    return accepted(paramiko.Transport(("127.0.0.1", device.direct_port)), key)


@pytest.fixture
def certificate(keys: Keys) -> str:
    return keys.user_certificate("registered", "netconf-user")


def test_certificates_that_come_after_the_client_are_registered_by_deactivating_and_activating_it(
    sim: Simulator, keys: Keys, listener: Listener, certificate: str
) -> None:
    device = device_without_certificates(sim, keys, listener)
    listener.accept().socket.close()
    device.configure(CERTIFICATES)
    assert directly(device, certificate) == (True, True), "sshd itself has them at once"
    assert on_the_next_call(listener, certificate) == (False, False)
    for step in CYCLE:
        device.configure(step)
    while not (result := on_the_next_call(listener, certificate))[0]:
        continue
    assert result == (True, True)


def test_a_reboot_does_not_register_them(sim: Simulator, keys: Keys, listener: Listener, certificate: str) -> None:
    device = device_without_certificates(sim, keys, listener)
    listener.accept()
    device.configure(CERTIFICATES)
    device.reboot()
    assert on_the_next_call(listener, certificate) == (False, False)


def test_a_second_client_committed_with_them_registers_them(
    sim: Simulator, keys: Keys, listener: Listener, certificate: str
) -> None:
    device = device_without_certificates(sim, keys, listener)
    first = listener.accept()
    host, port = listener.address
    device.configure(
        CERTIFICATES + "set system services outbound-ssh client second device-id r1\n"
        f"set system services outbound-ssh client second services netconf {host} port {port}"
    )
    assert on_the_next_call(listener, certificate) == (True, True)
    assert device.log.of("registered", client="second", certificates=True)
    first.announcement()
    assert accepted(paramiko.Transport(first.socket), certificate) == (False, False), "the first line still stands"


@pytest.mark.parametrize("missing", ["trusted-user-ca-key-file", "host-certificate-file", "authorized-principals"])
@pytest.mark.parametrize("partly", [False, True])
def test_all_three_must_be_there_unless_the_switch_says_otherwise(
    sim: Simulator, keys: Keys, listener: Listener, certificate: str, missing: str, partly: bool
) -> None:
    configuration = "\n".join(line for line in CERTIFICATES.splitlines() if missing not in line)
    device_without_certificates(sim, keys, listener, configuration=configuration, registers_partly=partly)
    expected = (partly and missing != "host-certificate-file", partly and missing == "host-certificate-file")
    assert on_the_next_call(listener, certificate) == expected


def test_later_changes_of_registered_certificates_are_picked_up(
    sim: Simulator, keys: Keys, listener: Listener, certificate: str
) -> None:
    device = device_without_certificates(sim, keys, listener, configuration=CERTIFICATES)
    assert on_the_next_call(listener, certificate) == (True, True)
    device.configure(
        "delete system services ssh authorized-principals\nset system services ssh authorized-principals somebody-else"
    )
    device.drop_connections()
    results = [on_the_next_call(listener, certificate) for _unused in range(2)]
    assert results[-1] == (True, False)


def test_a_file_that_changes_under_the_same_name_is_not_read_again(
    sim: Simulator, keys: Keys, listener: Listener, certificate: str
) -> None:
    device = device_without_certificates(sim, keys, listener, configuration=CERTIFICATES)
    device.write_file("/var/tmp/ca.pub", keys.public("host_ca"))
    device.configure("set snmp location here")
    assert directly(device, certificate) == (True, True)
    device.write_file("/var/tmp/ca-2.pub", keys.public("host_ca"))
    device.configure("set system services ssh trusted-user-ca-key-file /var/tmp/ca-2.pub")
    assert directly(device, certificate) == (True, False)


def test_inline_certificates_need_no_file(sim: Simulator, keys: Keys, listener: Listener, certificate: str) -> None:
    inline = keys.host_certificate(keys.public("other"), "r1")
    device = device_without_certificates(
        sim,
        keys,
        listener,
        files={},
        configuration=(
            f'set system services ssh cert-based-auth trusted-user-ca-keys "{keys.public("user_ca")}"\n'
            f'set system services ssh cert-based-auth host-certificate "{inline}"\n'
            "set system services ssh authorized-principals netconf-user"
        ),
    )
    assert directly(device, certificate) == (True, True)


def test_a_users_own_principals_let_in_that_user_only(
    sim: Simulator, keys: Keys, listener: Listener, certificate: str
) -> None:
    device = device_without_certificates(
        sim,
        keys,
        listener,
        users={USER: UserSpec(), "lab": UserSpec()},
        configuration="set system services ssh trusted-user-ca-key-file /var/tmp/ca.pub\n"
        "set system login user lab authorized-principals netconf-user",
    )
    assert directly(device, certificate) == (False, False)
    device.configure(f"set system login user {USER} authorized-principals netconf-user")
    assert directly(device, certificate) == (False, True)


def test_a_host_certificate_for_another_key_is_not_offered(
    sim: Simulator, keys: Keys, listener: Listener, certificate: str
) -> None:
    device = device_without_certificates(
        sim,
        keys,
        listener,
        configuration=CERTIFICATES,
        files={
            "/var/tmp/ca.pub": keys.public("user_ca"),
            "/var/tmp/host-cert.pub": keys.host_certificate(keys.public("user"), "r1"),
        },
    )
    assert directly(device, certificate) == (False, True)


def test_host_key_algorithms_are_those_that_are_configured(sim: Simulator) -> None:
    device = sim.add_device(
        DeviceSpec(
            "k",
            host_keys=("rsa", "ed25519", "ecdsa"),
            listen="127.0.0.1",
            configuration="set system services ssh hostkey-algorithm-list ed25519",
        )
    )
    transport = paramiko.Transport(("127.0.0.1", device.direct_port))
    transport.get_security_options().key_types = ["rsa-sha2-512", "ecdsa-sha2-nistp256", "ssh-ed25519"]
    transport.start_client(timeout=10)
    assert transport.get_remote_server_key().get_name() == "ssh-ed25519"
    assert device.host_key.startswith("ssh-ed25519 ")
    transport.close()
