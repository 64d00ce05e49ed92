"""Sessions and channels with real devices on loopback: who gets which, and what becomes of them."""

from __future__ import annotations

import asyncio
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.requests import Login, TrustSettings
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.channel import ChannelLost
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.transport import CallTransport
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._agent.front_door import eventually
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._agent.home import (
    CallingDevice,
    Home,
    at_home,
    parked,
)


@contextmanager
def playbook() -> Iterator[subprocess.Popen[bytes]]:
    """A process that stands for another playbook."""
    process = subprocess.Popen(["sleep", "300"])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_device_that_called_is_given_to_the_request_that_comes_later() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        await device.dial()
        await parked(home)
        _session, server = await home.ask(home.request(device))
        assert "r1" in await home.rpc(server)

    assert at_home(run) == []


def test_a_second_request_gets_the_same_channel() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        await device.dial()
        first = await home.ask(home.request(device))
        assert await home.ask(home.request(device)) == first
        assert device.opened == 1

    assert at_home(run) == []


def test_a_request_with_another_trust_never_gets_a_channel_on_a_session_that_it_does_not_trust() -> None:
    async def run(home: Home) -> None:
        old, new = CallingDevice(home, "r1"), CallingDevice(home, "r1")
        await old.dial()
        _session, over_old = await home.ask(home.request(old))
        await new.dial()
        await parked(home)
        _session, over_new = await home.ask(home.request(new))
        assert over_new.path != over_old.path
        await home.rpc(over_new)
        assert new.rpcs and not old.rpcs
        await home.rpc(over_old)
        assert len(old.rpcs) == 1

    assert at_home(run) == []


def test_a_key_that_is_revoked_meanwhile_ends_the_use_of_its_session() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        known_hosts = home.folder / "known_hosts"
        known_hosts.write_text(f"r1 {device.public}\n")
        trust = TrustSettings(known_hosts=str(known_hosts))
        await device.dial()
        _session, server = await home.ask(home.request(device, trust))
        await server.reset()
        known_hosts.write_text(f"r1 {device.public}\n@revoked * {device.public}\n")
        with pytest.raises(AgentError, match="no call came"):
            await home.ask(home.request(device, trust, timeout=0.5))
        assert not home.devices.sessions(home.request(device).device)

    assert at_home(run) == []


def test_a_playbook_that_was_killed_leaves_no_channel_even_where_it_was_just_being_opened() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        await device.dial()
        with playbook() as other:
            asked = asyncio.ensure_future(home.ask(home.request(device, owner=other.pid)))
            device.hello_pause = 0.5
            await eventually(lambda: device.opened == 1)
            other.kill()
            other.wait()
            await asyncio.gather(asked, return_exceptions=True)
            await eventually(lambda: device.open == 0)
        await home.ask(home.request(device))  # the session stood meanwhile
        assert device.logins == 1

    assert at_home(run) == []


def test_a_request_that_is_withdrawn_while_its_channel_opens_leaves_none_behind() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        device.hello_pause = 0.5
        await device.dial()
        asked = asyncio.ensure_future(home.ask(home.request(device)))
        await eventually(lambda: device.opened == 1)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        _session, server = await home.ask(home.request(device))
        await home.rpc(server)
        await eventually(lambda: device.open == 1)
        await server.reset()
        await eventually(lambda: device.open == 0)

    assert at_home(run) == []


def test_a_channel_that_cannot_be_opened_leaves_the_session_to_the_playbook_that_uses_it() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        await device.dial()
        with playbook() as other:
            _session, server = await home.ask(home.request(device, owner=other.pid))
            device.gives_netconf = False
            with pytest.raises(AgentError) as refused:
                await home.ask(home.request(device, timeout=1.0))
            assert str(other.pid) in str(refused.value)
            assert "r1" in await home.rpc(server)

    assert at_home(run) == []


def test_a_device_without_netconf_is_an_error_that_says_so() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        device.gives_netconf = False
        await device.dial()
        with pytest.raises(AgentError, match="NETCONF") as refused:
            await home.ask(home.request(device, timeout=1.0))
        assert refused.value.kind is Kind.UNREACHABLE

    assert at_home(run) == []


def test_a_device_that_lost_power_and_called_again_is_asked_before_its_old_session_is_used() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        await device.dial()
        _session, server = await home.ask(home.request(device))
        device.fall_silent()
        again = CallingDevice(home, "r1", key=device.key)
        await again.dial()
        await parked(home)
        _session, server = await home.ask(home.request(device))
        assert "r1" in await home.rpc(server)
        assert again.rpcs and not device.rpcs

    assert at_home(run) == []


def test_strangers_that_announce_a_device_do_not_hide_that_it_lost_power() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        await device.dial()
        await home.ask(home.request(device))
        stranger = CallingDevice(home, "r1", source="127.0.0.9")
        await stranger.dial()  # sets off a question, which the device answers
        await parked(home)
        await asyncio.sleep(0.3)
        device.fall_silent()
        again = CallingDevice(home, "r1", key=device.key)
        await again.dial()
        await parked(home, 2)
        _session, server = await home.ask(home.request(device))
        assert "r1" in await home.rpc(server)

    assert at_home(run) == []


def test_two_who_ask_at_once_whether_a_device_is_there_both_hear_that_it_is() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        await device.dial()
        session, _server = await home.ask(home.request(device))
        assert await asyncio.gather(*(session.answers() for _unused in range(20))) == [True] * 20
        assert session.alive

    assert at_home(run) == []


def test_two_searches_for_one_device_share_its_only_call() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        with playbook() as other:
            searches = [
                asyncio.ensure_future(home.ask(home.request(device, owner=owner)))
                for owner in (other.pid, home.request(device).owner)
            ]
            await asyncio.sleep(0.1)
            await device.dial()
            (one, first), (two, second) = await asyncio.gather(*searches)
            assert one is two and first is not second
            assert device.opened == 2 and device.logins == 1

    assert at_home(run) == []


def test_a_session_of_other_credentials_is_closed_where_nobody_uses_it_and_named_where_somebody_does() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        other_login = Login(user="other", password="pw2")
        await device.dial()
        with playbook() as other:
            _session, server = await home.ask(home.request(device, owner=other.pid))
            with pytest.raises(AgentError) as refused:
                await home.ask(home.request(device, login=other_login, timeout=0.5))
            assert refused.value.kind is Kind.IN_USE and str(other.pid) in str(refused.value)
            await server.reset()
        asked = asyncio.ensure_future(home.ask(home.request(device, login=other_login)))
        await eventually(lambda: not home.devices.all_sessions())
        await device.dial()
        session, _server = await asked
        assert session.user == "other"

    assert at_home(run) == []


def test_wrong_credentials_name_the_methods_and_are_tried_no_more_than_twice() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        asked = asyncio.ensure_future(home.ask(home.request(device, login=Login(user="lab", password="S3cret-wrong"))))
        for _unused in range(4):
            await device.dial()
        with pytest.raises(AgentError, match="methods tried: password") as refused:
            await asked
        assert "S3cret-wrong" not in str(refused.value)
        assert device.logins <= 2

    assert at_home(run) == []


def test_a_host_whose_device_is_blocked_hears_that_and_not_that_nobody_called() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1", secret="right")
        wrong = TrustSettings(known_hosts="/nonexistent", secret="wrong")
        asked = asyncio.ensure_future(home.ask(home.request(device, wrong, timeout=2.0)))
        for _unused in range(2):
            await device.dial()
        with pytest.raises(AgentError, match="the announced HMAC was not made with"):
            await asked
        await device.dial()
        with pytest.raises(
            AgentError, match=r"no call was taken at .* from 127.0.0.1 are refused for another [0-9]+ s"
        ):
            await home.ask(home.request(device, timeout=1.0))

    assert at_home(run, failures_before_block=2) == []


def test_withdrawn_searches_leave_neither_threads_nor_sockets_nor_tasks() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        tasks = len(asyncio.all_tasks())
        stalling = [await home.connect(f"127.0.0.{number}") for number in range(2, 22)]
        for connection in stalling:
            connection.send(device.greeting + b"SSH-2.0-stalls\r\n")
        await parked(home, 20)
        for _unused in range(3):
            search = asyncio.ensure_future(home.ask(home.request(device)))
            await asyncio.sleep(0.05)
            search.cancel()
            await asyncio.gather(search, return_exceptions=True)
        for connection in stalling:
            await eventually(lambda connection=connection: has_ended(connection))  # type: ignore[misc]
            connection.close()
        await eventually(lambda: len(asyncio.all_tasks()) <= tasks)
        await eventually(lambda: not [thread for thread in threading.enumerate() if isinstance(thread, CallTransport)])

    assert at_home(run) == []


def test_a_session_that_dies_while_its_channel_opens_is_followed_by_the_next_call() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        device.hello_pause = 5.0
        await device.dial()
        asked = asyncio.ensure_future(home.ask(home.request(device)))
        await eventually(lambda: device.opened == 1)
        device.hang_up()
        device.hello_pause = 0.0
        await device.dial()
        _session, server = await asked
        assert "r1" in await home.rpc(server)

    assert at_home(run) == []


def test_a_device_that_hangs_up_is_the_same_host_on_the_same_socket_when_it_calls_again() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        paths = set()
        for _unused in range(10):
            await device.dial()
            _session, server = await home.ask(home.request(device))
            paths.add(server.path)
            assert "r1" in await home.rpc(server)
            device.hang_up()
            await eventually(lambda: not home.devices.all_sessions())
        assert len(paths) == 1
        await eventually(lambda: not [thread for thread in threading.enumerate() if isinstance(thread, CallTransport)])
        await eventually(lambda: device.open == 0)

    assert at_home(run) == []


def test_an_rpc_that_is_under_way_when_the_device_hangs_up_fails_and_is_not_sent_again() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        device.answers_rpcs = False
        await device.dial()
        _session, server = await home.ask(home.request(device))
        rpc = asyncio.ensure_future(home.rpc(server))
        await eventually(lambda: device.rpcs)
        device.hang_up()
        with pytest.raises(ChannelLost, match="not sent again"):
            await rpc
        device.answers_rpcs = True
        await device.dial()
        _session, server = await home.ask(home.request(device))
        assert len(device.rpcs) == 1
        assert "r1" in await home.rpc(server)

    assert at_home(run) == []


@pytest.mark.parametrize(
    "request_text",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b'{"method": "execute_rpc"}',
        b'{"method": "_x", "params": [[], {}]}',
        b'{"method": 1, "params": 1}',
        b'{"method": "execute_rpc", "params": [1], "id": 1}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_json_rpc_ends_its_own_connection_alone(request_text: bytes) -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        await device.dial()
        _session, server = await home.ask(home.request(device))
        reader, writer = await asyncio.open_unix_connection(server.path)
        writer.write(struct.pack("!Q", len(request_text)) + request_text)
        writer.write_eof()
        await asyncio.wait_for(reader.read(), 5)
        writer.close()
        assert "r1" in await home.rpc(server)

    assert at_home(run) == []


def has_ended(connection: socket.socket) -> bool:
    try:
        return not connection.recv(4096)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
