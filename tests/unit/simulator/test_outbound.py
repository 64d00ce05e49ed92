# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a simulated device calls home."""

from __future__ import annotations

import socket
import time

import pytest
from simulator import AnnouncementStyle, ClientSpec, DeviceSpec, Simulator
from simulator_harness import PASSWORD, USER, Listener

GOLDEN_KEY = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDhMc83Qp9ogdGNYJGMjjUfbCAFXspkUPrrcdEI9JgIsng3fbtZl6pSi7xyFYlZrPor/oiNoCxQl"
    "+HOArESS+HTjFsd0tgBUyuO+rx53+vtZJ2HarsgZg59F5BjYDQq/ulCBjRDM7BQ2xViItTAIV8Q5nnikaA+mBxnNN/2EEEhuXekyibdwDY0z3X4Tc"
    "4los2qZaZBVkKeaJ6voj+7dWG8vRQINs+gXfL+jk2Lz4m72zA6y3n7KCcG4lCH3e1C1bdnSX5dblYuEUsCV9XKbNl5qqajDeUaKeCMsjMlmXS7+E+C"
    "2pTE/Dir7T9IfN7SEpd3nDjH7fDthKKP9GCq9Lkv"
)


def spec(listener: Listener, **options: object) -> DeviceSpec:
    return DeviceSpec(**{"name": "r1", "servers": [listener.address], "users": {USER: PASSWORD}, **options})


def test_hmac_is_that_of_a_real_device() -> None:
    from simulator.announcement import proof

    assert proof(GOLDEN_KEY, "Juniper123") == "7aa4440cc6a8fd12bc9f13ad1af8a28ea6cc1137"


def test_without_secret_only_the_device_id_is_announced(sim: Simulator, listener: Listener) -> None:
    sim.add_device(spec(listener, device_id="edge-7"))
    assert listener.accept().announcement() == b"MSG-ID: DEVICE-CONN-INFO\r\nMSG-VER: V1\r\nDEVICE-ID: edge-7\r\n"


def test_with_secret_host_key_and_hmac_are_announced(sim: Simulator, listener: Listener) -> None:
    from simulator.announcement import proof

    device = sim.add_device(spec(listener, secret="s3cret", host_keys=("ed25519", "rsa")))
    lines = listener.accept().announcement().decode().split("\r\n")
    assert device.host_key.startswith("ssh-rsa ")
    assert lines[3:] == [f"HOST-KEY: {device.host_key}", f"HMAC: {proof(device.host_key, 's3cret')}", ""]


@pytest.mark.parametrize(
    "style, expected",
    [
        (AnnouncementStyle(silent=True), b""),
        (AnnouncementStyle(line_end="\n"), b"MSG-ID: DEVICE-CONN-INFO\nMSG-VER: V1\nDEVICE-ID: r1\n"),
        (AnnouncementStyle(chunk=3, pause=0.001), b"MSG-ID: DEVICE-CONN-INFO\r\nMSG-VER: V1\r\nDEVICE-ID: r1\r\n"),
        (AnnouncementStyle(verbatim=b"DEVICE-ID: other\r\n"), b"DEVICE-ID: other\r\n"),
    ],
)
def test_announcement_is_written_in_the_style_asked_for(
    sim: Simulator, listener: Listener, style: AnnouncementStyle, expected: bytes
) -> None:
    sim.add_device(spec(listener, announcement=style))
    assert listener.accept().announcement() == expected


def test_clients_with_one_device_id_each_have_a_connection(sim: Simulator, listener: Listener) -> None:
    sim.add_device(spec(listener, clients=[ClientSpec("second", [listener.address])]))
    first, second = listener.accept(), listener.accept()
    assert first.announcement() == second.announcement()


def test_calls_come_from_the_source_address(sim: Simulator, listener: Listener) -> None:
    sim.add_device(spec(listener, source_address="127.0.0.9"))
    assert listener.accept().peer[0] == "127.0.0.9"


def test_a_broken_call_is_made_again(sim: Simulator, listener: Listener) -> None:
    sim.add_device(spec(listener))
    listener.accept().socket.close()
    assert b"DEVICE-ID: r1" in listener.accept().announcement()


def test_an_unused_call_ends_with_the_login_grace_time(sim: Simulator, listener: Listener) -> None:
    sim.add_device(spec(listener, login_grace_time=30))
    call, began = listener.accept(), time.monotonic()
    assert call.closed()
    assert 0.3 < time.monotonic() - began < 3


def closed_port() -> tuple[str, int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()


def test_the_next_server_is_called_after_so_many_attempts(sim: Simulator, listener: Listener) -> None:
    nobody = closed_port()
    client = ClientSpec("nms", [("localhost", nobody[1]), listener.address], retry=2, timeout=6)
    device = sim.add_device(spec(listener, servers=(), clients=[client]))
    began = time.monotonic()
    listener.accept()
    assert len(device.log.of("dial-failed")) == 2
    assert time.monotonic() - began > 0.15, "two attempts of six seconds each, sixty times as fast"


def test_in_order_begins_with_the_first_server_again_and_sticky_with_the_last(sim: Simulator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as second_server:
        second_server.settimeout(10)
        second, first_address = Listener(second_server), closed_port()
        devices = [
            sim.add_device(
                DeviceSpec(
                    name,
                    clients=[
                        ClientSpec(
                            "nms", [("localhost", first_address[1]), second.address], retry=1, timeout=3, sticky=sticky
                        )
                    ],
                )
            )
            for name, sticky in (("ordered", False), ("sticky", True))
        ]
        for call in (second.accept(), second.accept()):
            call.socket.close()
        for device in devices:
            device.wait("call-down")
        second.accept(), second.accept()
        failures = {device.name: len(device.log.of("dial-failed")) for device in devices}
    assert failures == {"ordered": 2, "sticky": 1}


def test_the_devices_own_keep_alive_finds_a_peer_that_is_silent(sim: Simulator, listener: Listener) -> None:
    client = ClientSpec("nms", [listener.address], keep_alive=(6, 2))
    device = sim.add_device(spec(listener, servers=(), clients=[client]))
    connection = listener.accept().session()
    device.wait("login")
    time.sleep(0.5)
    assert not device.log.of("call-down"), "answered keep-alives keep the connection"
    connection._session._transport.packetizer.read_message = lambda: time.sleep(3600)
    device.wait("call-down")


def test_deactivated_client_hangs_up_and_an_activated_one_calls(sim: Simulator, listener: Listener) -> None:
    device = sim.add_device(spec(listener))
    call = listener.accept()
    device.configure("deactivate system services outbound-ssh client nms")
    assert call.closed()
    time.sleep(0.3)
    assert device.log.counts["dial"] == 1
    device.configure("activate system services outbound-ssh client nms")
    listener.accept()


def test_hundreds_of_devices_call_from_one_process(sim: Simulator, listener: Listener) -> None:
    clients = [ClientSpec("nms", [listener.address], timeout=600)]
    specs = [
        DeviceSpec(f"edge{number}", clients=clients, shared_host_keys=True, login_grace_time=3600)
        for number in range(300)
    ]
    sim.add_devices(specs)
    announced = {listener.accept().announcement().split()[5] for _unused in specs}
    assert announced == {f"edge{number}".encode() for number in range(300)}


def test_a_client_without_the_netconf_service_has_no_subsystem(sim: Simulator, listener: Listener) -> None:
    delete = "delete system services outbound-ssh client nms services"
    sim.add_device(spec(listener, configuration=delete))
    with pytest.raises(Exception, match=r"(?i)subsystem|channel|request|reach|open"):
        listener.accept().session()
