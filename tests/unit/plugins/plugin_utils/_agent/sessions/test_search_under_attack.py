"""A device is found among strangers that call under its id, 100 a second from 20 addresses, whatever they try."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Awaitable, Callable

import asyncssh
import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.requests import TrustSettings
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._agent.home import CallingDevice, Home, at_home

STRANGERS = [f"127.0.1.{number}" for number in range(1, 21)]
CALLS_A_SECOND = 100
WITHIN = 10.0
OF_THE_REAL_ONE = "127.0.2.1"

Stranger = Callable[[Home, CallingDevice, str], Awaitable[None]]


async def silent(home: Home, device: CallingDevice, source: str) -> None:
    """Says nothing."""
    await _hold(await home.connect(source))


async def stalls(home: Home, device: CallingDevice, source: str) -> None:
    """Announces as the device does, and stops at its SSH version line."""
    connection = await home.connect(source)
    await asyncio.get_running_loop().sock_sendall(connection, device.greeting + b"SSH-2.0-stalls\r\n")
    await _hold(connection)


async def poses(home: Home, device: CallingDevice, source: str) -> None:
    """Announces as the device does, HMAC and all, and exchanges keys with a key of its own."""
    connection = await home.connect(source)
    await asyncio.get_running_loop().sock_sendall(connection, device.greeting)
    served = await asyncssh.run_server(connection, server_host_keys=[WRONG_KEY], keepalive_interval=0)
    await served.wait_closed()


async def _hold(connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        while await asyncio.get_running_loop().sock_recv(connection, 4096):
            pass


WRONG_KEY = asyncssh.generate_private_key("ssh-ed25519")
STRANGER: dict[str, tuple[Stranger, ...]] = {
    "stalling": (stalls,), "posing": (poses,), "all": (silent, stalls, poses),
}  # fmt: skip


async def _attack(home: Home, device: CallingDevice, strangers: tuple[Stranger, ...]) -> None:
    async def one(number: int) -> None:
        with contextlib.suppress(OSError, asyncssh.Error):
            await strangers[number % len(strangers)](home, device, STRANGERS[number % len(STRANGERS)])

    number = 0
    began = time.monotonic()
    while True:
        while number < (time.monotonic() - began) * CALLS_A_SECOND:
            home.spawn(one(number))
            number += 1
        await asyncio.sleep(0.01)


def a_device(home: Home, trust: str) -> tuple[CallingDevice, TrustSettings]:
    """A device, and the settings under which it is proved."""
    if trust == "pinned":
        device = CallingDevice(home, "r1", source=OF_THE_REAL_ONE)
        return device, TrustSettings(known_hosts="/nonexistent", host_keys=(device.public,))
    if trust == "secret":
        device = CallingDevice(home, "r1", source=OF_THE_REAL_ONE, secret="s3cr3t")
        return device, TrustSettings(known_hosts="/nonexistent", secret="s3cr3t")
    ca = asyncssh.generate_private_key("ssh-ed25519")
    key = asyncssh.generate_private_key("ssh-ed25519")
    certificate = ca.generate_host_certificate(key, "r1", principals=["r1"])
    known_hosts = home.folder / "known_hosts"
    known_hosts.write_text(f"@cert-authority r1 {ca.export_public_key().decode()}")
    device = CallingDevice(home, "r1", source=OF_THE_REAL_ONE, key=key, certificate=certificate)
    return device, TrustSettings(known_hosts=str(known_hosts))


@pytest.mark.parametrize("kind", STRANGER)
@pytest.mark.parametrize("trust", ["certificate", "pinned", "secret"])
def test_the_real_device_has_its_session_within_ten_seconds(trust: str, kind: str) -> None:
    async def run(home: Home) -> None:
        device, settings = a_device(home, trust)
        attack = home.spawn(_attack(home, device, STRANGER[kind]))
        asked = asyncio.ensure_future(home.ask(home.request(device, settings, timeout=30.0)))
        await asyncio.sleep(1)
        began = time.monotonic()
        await device.dial()
        session, server = await asked
        assert time.monotonic() - began < WITHIN
        assert home.devices.reception.info()["accepted"] > CALLS_A_SECOND * 0.7
        assert session.proof == trust and "r1" in await home.rpc(server)
        attack.cancel()

    assert at_home(run) == []


@pytest.mark.parametrize("trust", ["certificate", "pinned", "secret"])
def test_a_session_that_is_up_is_not_disturbed(trust: str) -> None:
    async def run(home: Home) -> None:
        device, settings = a_device(home, trust)
        await device.dial()
        session, server = await home.ask(home.request(device, settings))
        attack = home.spawn(_attack(home, device, STRANGER["all"]))
        end = time.monotonic() + 3
        while time.monotonic() < end:
            began = time.monotonic()
            assert await home.ask(home.request(device, settings)) == (session, server)
            assert "r1" in await home.rpc(server)
            assert time.monotonic() - began < 2
            await asyncio.sleep(0.2)
        attack.cancel()
        assert device.logins == 1 and device.opened == 1

    assert at_home(run) == []


def test_a_device_that_called_before_the_strangers_is_found_behind_them() -> None:
    async def run(home: Home) -> None:
        device, settings = a_device(home, "pinned")
        await device.dial()
        attack = home.spawn(_attack(home, device, STRANGER["stalling"]))
        await asyncio.sleep(1)
        began = time.monotonic()
        session, _server = await home.ask(home.request(device, settings, timeout=30.0))
        assert time.monotonic() - began < WITHIN
        assert session.call.address == OF_THE_REAL_ONE
        attack.cancel()

    assert at_home(run) == []


def test_more_stalling_strangers_than_places_give_way_to_the_device() -> None:
    async def run(home: Home) -> None:
        device, settings = a_device(home, "pinned")
        await device.dial()
        for number in range(1, 81):
            home.spawn(stalls(home, device, f"127.0.3.{number}"))
        await asyncio.sleep(0.5)
        began = time.monotonic()
        await home.ask(home.request(device, settings, timeout=30.0))
        assert time.monotonic() - began < WITHIN

    assert at_home(run) == []


def test_strangers_that_stall_under_other_ids_hold_up_nobody() -> None:
    async def run(home: Home) -> None:
        device, settings = a_device(home, "pinned")
        others = [CallingDevice(home, f"other{number}") for number in range(20)]
        searches = [asyncio.ensure_future(home.ask(home.request(other, timeout=30.0))) for other in others]
        for other in others:
            for source in STRANGERS[:10]:
                home.spawn(stalls(home, other, source))
        await asyncio.sleep(1)
        await device.dial()
        began = time.monotonic()
        await home.ask(home.request(device, settings, timeout=30.0))
        assert time.monotonic() - began < 2
        for search in searches:
            search.cancel()
        await asyncio.gather(*searches, return_exceptions=True)

    assert at_home(run) == []


def test_a_hundred_wrong_hmacs_do_not_delay_the_call_behind_them() -> None:
    async def run(home: Home) -> None:
        device, settings = a_device(home, "secret")
        await device.dial()
        for number in range(1, 101):
            connection = await home.connect(f"127.0.3.{number}")
            wrong = device.greeting.replace(b"HMAC: ", b"HMAC: 0") + b"SSH-2.0-x\r\n"
            await asyncio.get_running_loop().sock_sendall(connection, wrong)
            home.spawn(_hold(connection))
        await asyncio.sleep(0.5)
        began = time.monotonic()
        await home.ask(home.request(device, settings, timeout=30.0))
        assert time.monotonic() - began < 2

    assert at_home(run) == []
