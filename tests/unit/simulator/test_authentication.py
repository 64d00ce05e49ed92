# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may log in to a simulated device."""

from __future__ import annotations

import paramiko
import pytest
from ncclient.transport.errors import AuthenticationError, SSHError
from simulator import Control, DeviceSpec, Simulator, UserSpec
from simulator_harness import PASSWORD, USER, Keys, Listener, session


def certified(keys: Keys, **options: object) -> DeviceSpec:
    base = {
        "name": "r1",
        "users": {USER: PASSWORD, "lab": UserSpec()},
        "user_cas": [keys.public("user_ca")],
        "principals": ["netconf-user"],
        "listen": "127.0.0.1",
    }
    return DeviceSpec(**{**base, **options})


def login(device: Control, **options: object) -> str:
    """The method by which a login succeeded."""
    session(host="127.0.0.1", port=device.direct_port, **options).close_session()
    return device.log.of("login")[-1].details["method"]


def test_password_lets_in_and_a_wrong_one_does_not(sim: Simulator) -> None:
    device = sim.add_device(DeviceSpec("r1", users={USER: PASSWORD}, listen="127.0.0.1"))
    assert login(device) == "password"
    with pytest.raises(AuthenticationError):
        login(device, password="wrong")
    assert device.log.of("login-failed", method="password", user=USER)


def test_the_users_own_key_lets_in_and_no_other(sim: Simulator, keys: Keys) -> None:
    device = sim.add_device(DeviceSpec("r1", users={USER: UserSpec(keys=[keys.public("user")])}, listen="127.0.0.1"))
    assert login(device, key_filename=keys.path("user")) == "publickey"
    with pytest.raises((AuthenticationError, SSHError)):
        login(device, key_filename=keys.path("other"))


def test_a_certificate_lets_in_any_user_there_is(sim: Simulator, keys: Keys) -> None:
    device = sim.add_device(certified(keys))
    certificate = keys.user_certificate("named", "netconf-user")
    assert login(device, key_filename=certificate) == "certificate"
    assert login(device, key_filename=certificate, username="lab") == "certificate"
    with pytest.raises((AuthenticationError, SSHError)):
        login(device, key_filename=certificate, username="nobody")


@pytest.mark.parametrize(
    "name, principals, options",
    [
        ("other-principal", ("somebody",), ()),
        ("no-principal", (), ()),
        ("expired", ("netconf-user",), ("-V", "20200101:20200102")),
        ("not-from-here", ("netconf-user",), ("-O", "source-address=192.0.2.0/24")),
    ],
)
def test_a_certificate_that_the_device_does_not_accept(
    sim: Simulator, keys: Keys, name: str, principals: tuple[str, ...], options: tuple[str, ...]
) -> None:
    device = sim.add_device(certified(keys))
    certificate = keys.user_certificate(name, *principals, options=options)
    with pytest.raises((AuthenticationError, SSHError)):
        login(device, key_filename=certificate)


def test_the_host_certificate_is_presented_to_those_who_ask_and_the_key_to_others(
    sim: Simulator, keys: Keys, listener: Listener
) -> None:
    device = sim.add_device(
        certified(
            keys,
            host_keys=(keys.private("other"),),
            servers=[listener.address],
            host_certificate=keys.host_certificate(keys.public("other"), "r1"),
        )
    )
    presented = {}
    for algorithm in ("ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519"):
        call = listener.accept()
        call.announcement()
        transport = paramiko.Transport(call.socket)
        transport.get_security_options().key_types = [algorithm]
        transport.start_client(timeout=10)
        presented[algorithm] = transport.get_remote_server_key()
        transport.close()
    assert presented["ssh-ed25519-cert-v01@openssh.com"].public_blob.key_type == "ssh-ed25519-cert-v01@openssh.com"
    assert presented["ssh-ed25519"].public_blob is None
    assert device.host_key == keys.public("other").rpartition(" ")[0]


def test_three_wrong_passwords_end_the_connection(sim: Simulator) -> None:
    device = sim.add_device(DeviceSpec("r1", users={USER: PASSWORD}, listen="127.0.0.1"))
    transport = paramiko.Transport(("127.0.0.1", device.direct_port))
    transport.start_client(timeout=10)
    with pytest.raises(paramiko.SSHException):
        for _unused in range(4):
            try:
                transport.auth_password(USER, "wrong", fallback=False)
            except paramiko.AuthenticationException:
                if not transport.is_active():
                    raise
    device.wait("call-down")
    assert 3 <= len(device.log.of("login-failed")) <= 4


def test_root_is_let_in_by_password_only_where_root_login_is_allowed(sim: Simulator) -> None:
    device = sim.add_device(DeviceSpec("r1", root_password=PASSWORD, listen="127.0.0.1"))
    with pytest.raises(AuthenticationError):
        login(device, username="root")
    device.configure("set system services ssh root-login allow")
    assert login(device, username="root") == "password"


def test_a_user_can_log_in_only_after_the_commit(sim: Simulator) -> None:
    device = sim.add_device(DeviceSpec("r1", listen="127.0.0.1"))
    commands = f"set system login user {USER} class super-user authentication plain-text-password-value '{PASSWORD}'"
    with pytest.raises(AuthenticationError):
        login(device)
    device.configure(commands.replace("'", '"'))
    assert login(device) == "password"
    assert "plain-text-password" not in device.committed
    assert "<encrypted-password>$6$" in device.committed
