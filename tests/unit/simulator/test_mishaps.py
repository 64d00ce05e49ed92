# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What befalls devices, and those who call and are no devices."""

from __future__ import annotations

import socket
import subprocess
import time

import paramiko
import pytest
from ncclient.operations.errors import TimeoutExpiredError
from ncclient.transport.errors import AuthenticationError
from simulator import AnnouncementStyle, DeviceSpec, Simulator, UserSpec
from simulator.hostile import loopback
from simulator_harness import PASSWORD, USER, Keys, Listener, rpc, session


def device_of(sim: Simulator, listener: Listener, **options: object) -> object:
    base = {"name": "r1", "servers": [listener.address], "users": {USER: PASSWORD}, "login_grace_time": 3600}
    return sim.add_device(DeviceSpec(**{**base, **options}))


def unacknowledged(port: int) -> int:
    """Bytes that our side of the call has sent and the device has not acknowledged."""
    shown = subprocess.run(["ss", "-tnH", f"sport = :{port}"], capture_output=True, text=True, check=True).stdout
    return max(int(line.split()[2]) for line in shown.splitlines())


@pytest.mark.parametrize("mishap, acknowledges", [("power_cut", False), ("silence", True)])
def test_a_device_that_is_gone_says_nothing_and_calls_anew_when_it_is_back(
    sim: Simulator, listener: Listener, mishap: str, acknowledges: bool
) -> None:
    device = device_of(sim, listener)
    connection = listener.accept().session()
    getattr(device, mishap)()
    connection.timeout = 1
    with pytest.raises(TimeoutExpiredError):
        connection.get_configuration()
    assert connection._session.transport.is_active(), "neither FIN nor RST came"
    assert (unacknowledged(listener.address[1]) == 0) == acknowledges
    device.power_on()
    assert b"DEVICE-ID: r1" in listener.accept().announcement()


def test_a_reboot_ends_sessions_and_loses_what_was_not_committed(sim: Simulator, listener: Listener) -> None:
    device = device_of(sim, listener)
    call = listener.accept()
    connection = call.session()
    device.edit("set system host-name lost")
    device.reboot(0.2)
    deadline = time.monotonic() + 5
    while connection._session.transport.is_active() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not connection._session.transport.is_active()
    again = listener.accept().session()
    assert rpc(again, "<get-system-information/>").findtext(".//host-name") == "r1"
    assert not device.candidate_modified


def test_a_commit_that_cuts_its_own_line_answers_first_or_not(sim: Simulator, listener: Listener) -> None:
    for name, cuts in (("late", False), ("early", True)):
        device = device_of(sim, listener, name=name, cuts_before_reply=cuts, listen="127.0.0.1")
        connection = listener.accept().session()
        rpc(
            connection,
            '<load-configuration action="set"><configuration-set>'
            "deactivate system services outbound-ssh client nms</configuration-set></load-configuration>",
        )
        connection.timeout = 3
        if cuts:
            with pytest.raises(Exception, match=r"(?i)closed|connect|session|timed"):
                rpc(connection, "<commit-configuration/>")
        else:
            assert rpc(connection, "<commit-configuration/>").find(".//commit-success") is not None
        device.wait("call-down")
        assert 'inactive="inactive"' in device.committed


def test_a_poser_repeats_what_it_overheard_and_has_another_key(sim: Simulator, listener: Listener) -> None:
    device = device_of(sim, listener, secret="s3cret")
    overheard = listener.accept().announcement()
    assert overheard == device.announcement()
    poser = sim.add_device(
        DeviceSpec(
            "poser",
            servers=[listener.address],
            source_address="127.0.0.66",
            announcement=AnnouncementStyle(verbatim=overheard),
        )
    )
    call = listener.accept()
    assert call.announcement() == overheard and call.peer[0] == "127.0.0.66"
    assert poser.host_key != device.host_key


def test_hostile_callers_do_what_they_are_named_for(sim: Simulator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        address = server.getsockname()
        received = {}
        for name, start in (
            ("silent", lambda: sim.hostile.silent(address)),
            ("slow", lambda: sim.hostile.slow(address, b"MSG-ID: ", 0.1)),
            ("endless", lambda: sim.hostile.endless(address)),
            ("binary", lambda: sim.hostile.binary(address, 64, source="127.0.0.5")),
        ):
            call = start()
            sock, peer = server.accept()
            assert peer == call.source
            sock.settimeout(0.35)
            received[name] = b""
            while len(received[name]) < 50_000:
                try:
                    received[name] += sock.recv(4096)
                except TimeoutError:
                    break
            assert call.ended is None
            sock.close()
            deadline = time.monotonic() + 5
            while call.ended is None and time.monotonic() < deadline:
                time.sleep(0.01)
            assert call.ended is not None, f"{name} sees that it is closed"
    assert received["silent"] == b"" and b"MSG-ID: ".startswith(received["slow"]) and len(received["slow"]) >= 2
    assert set(received["endless"]) == {ord("X")} and len(received["endless"]) >= 50_000
    assert len(received["binary"]) == 64


def test_a_flood_comes_from_many_addresses_at_its_rate(sim: Simulator, listener: Listener) -> None:
    began = time.monotonic()
    calls = sim.hostile.flood(listener.address, b"DEVICE-ID: r1\r\n", list(loopback(20, 20)), rate=100, seconds=1)
    peers = [listener.accept().peer[0] for _unused in range(100)]
    assert 0.8 < time.monotonic() - began < 3
    assert len(set(peers)) == 20 and 99 <= len(calls) <= 100


def test_a_fault_of_the_simulator_fails_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator import rpcs

    def broken(*_: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setitem(rpcs.RPCS, "get-system-information", rpcs.Rpc(broken, None, None))
    with pytest.raises(RuntimeError, match="ZeroDivisionError"), Simulator() as sim:
        device = sim.add_device(DeviceSpec("r1", users={USER: PASSWORD}, listen="127.0.0.1"))
        rpc(session(host="127.0.0.1", port=device.direct_port), "<get-system-information/>")


def test_a_clock_that_is_off_tells_another_date_and_judges_certificates_by_it(sim: Simulator, keys: Keys) -> None:
    device = sim.add_device(
        DeviceSpec(
            "r1", users={USER: UserSpec()}, listen="127.0.0.1", user_cas=[keys.public("user_ca")], principals=["x"]
        )
    )
    key = keys.user_certificate("an_hour", "x", options=("-V", "-1h:+2h"))

    def date() -> float:
        connection = session(host="127.0.0.1", port=device.direct_port, key_filename=key)
        told = rpc(connection, "<get-system-uptime-information/>").find(".//current-time/date-time")
        connection.close_session()
        [seconds] = told.attrib.values()
        return float(seconds)

    before = date()
    for off_by in (86400, -86400):
        device.set_clock(off_by)
        with pytest.raises(AuthenticationError):
            date()
    device.set_clock(3600)
    assert 3600 <= date() - before < 4200


def test_replaced_hardware_has_another_host_key_from_the_next_call_on(sim: Simulator, listener: Listener) -> None:
    device = device_of(sim, listener)
    first = listener.accept()
    old = device.host_key
    device.replace_host_keys("ed25519")
    assert device.host_key != old and old.encode() not in device.read_file("/etc/ssh/ssh_host_ed25519_key.pub")
    first.socket.close()
    call = listener.accept()
    transport = paramiko.Transport(call.socket)
    transport.start_client(timeout=10)
    assert transport.get_remote_server_key().get_base64() == device.host_key.split()[1]
    transport.close()


def test_a_device_that_stopped_calling_calls_when_it_is_told_to(sim: Simulator, listener: Listener) -> None:
    device = device_of(sim, listener)
    first = listener.accept()
    device.stop_calling()
    device.drop_connections()
    assert first.closed()
    dialled = device.log.counts["dial"]
    time.sleep(0.5)
    assert device.log.counts["dial"] == dialled
    device.resume_calling()
    listener.accept().socket.close()
