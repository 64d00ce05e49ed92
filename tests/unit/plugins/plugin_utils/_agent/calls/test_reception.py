"""Reception over real sockets: what a caller may do to it, and what is left in the socket for an SSH client."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import resource
import socket
import struct
import time

import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.listening import CannotListen, InvalidListen
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.reception import (
    BLOCKED,
    CLOSED,
    CROWDED,
    CROWDED_SOURCE,
    TOO_LATE,
)
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._agent.front_door import (
    BANNER,
    FrontDoor,
    announced,
    at_the_door,
    closed,
    eventually,
)

KEY = "ssh-rsa " + "A" * 372


def has_ipv6() -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


def read_version_line(door: FrontDoor, size: int = len(BANNER)) -> bytes:
    """What an SSH client reads first from the call that was parked last: ``size`` bytes."""
    taken = door.parking.take(door.parked[-1])
    assert taken is not None
    return taken.recv(size, socket.MSG_WAITALL)


@pytest.mark.parametrize("size", [1000, 7, 1])
def test_an_announcement_cut_in_any_pieces_leaves_the_version_line_to_the_client(size: int) -> None:
    stream = announced("r1", host_key=KEY if size > 1 else None) + BANNER

    async def test(door: FrontDoor) -> None:
        caller = door.dial()
        for start in range(0, len(stream), size):
            caller.sendall(stream[start : start + size])
            await asyncio.sleep(0.002)
        await eventually(lambda: door.parked)
        assert door.parked[0].device_id == "r1"
        assert read_version_line(door) == BANNER

    at_the_door(test)


@pytest.mark.parametrize("cut", [-len(BANNER), 1 - len(BANNER), 3 - len(BANNER), 4 - len(BANNER)])
def test_a_pause_around_the_start_of_the_version_line_costs_no_processor_time(cut: int) -> None:
    stream = announced("r1") + BANNER

    async def test(door: FrontDoor) -> None:
        caller = door.dial(stream[:cut])
        await asyncio.sleep(0.1)
        before = time.process_time()
        await asyncio.sleep(0.5)
        assert time.process_time() - before < 0.1
        caller.sendall(stream[cut:])
        await eventually(lambda: door.parked)
        assert read_version_line(door) == BANNER

    at_the_door(test)


@pytest.mark.parametrize(
    "stream",
    [
        announced("r1", host_key=KEY).replace(b"\r\n", b"\0\r\n"),
        announced("r1", host_key=KEY) + b"\0",
        announced("r1", host_key=KEY).replace(b"\r\n", b"\n"),
        announced("r1", host_key=KEY) + b"\r\n\r\n",
    ],
    ids=["NUL at line ends", "NUL at the end", "LF only", "blank lines"],
)
def test_odd_announcements_are_understood(stream: bytes) -> None:
    async def test(door: FrontDoor) -> None:
        call = await door.call(stream + BANNER)
        assert (call.device_id, call.announcement.host_key) == ("r1", KEY)
        assert read_version_line(door) == BANNER

    at_the_door(test)


def test_a_call_without_announcement_is_one_of_its_address() -> None:
    async def test(door: FrontDoor) -> None:
        call = await door.call(BANNER, "127.0.0.9")
        assert (call.device_id, call.address, call.source) == (None, "127.0.0.9", "127.0.0.9")
        assert read_version_line(door) == BANNER

    at_the_door(test)


def test_what_is_sent_with_the_version_line_stays_behind_it() -> None:
    async def test(door: FrontDoor) -> None:
        stream = BANNER + b"\0\0\0\x0c key exchange \xff" * 200
        await door.call(announced("r1") + stream)
        assert read_version_line(door, len(stream)) == stream

    at_the_door(test)


def test_calls_notice_a_dead_peer_and_send_at_once() -> None:
    async def test(door: FrontDoor) -> None:
        call = await door.call(BANNER)
        tcp = [
            call.socket.getsockopt(socket.IPPROTO_TCP, option)
            for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
        ]
        assert tcp == [30, 10, 3, 60_000]
        assert call.socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert call.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        assert not call.socket.get_inheritable()

    at_the_door(test)


def test_a_silent_and_a_slow_caller_are_closed_when_their_time_is_up() -> None:
    async def test(door: FrontDoor) -> None:
        silent, slow = door.dial(), door.dial(source="127.0.0.2")
        start = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - start < 1.5:
                slow.sendall(b"x")
                await asyncio.sleep(0.02)
        assert time.monotonic() - start < 1.0
        await closed(silent)
        assert door.reasons == [TOO_LATE, TOO_LATE]
        assert door.reception.info()["unfinished"] == 0

    at_the_door(test, announcement_seconds=0.4)


def test_a_caller_that_sends_byte_by_byte_costs_little() -> None:
    async def test(door: FrontDoor) -> None:
        caller = door.dial()
        spent = 0.0
        for _byte in range(600):
            caller.send(b"x")
            before = time.process_time()
            await asyncio.sleep(0.001)
            spent += time.process_time() - before
        assert spent / 600 < 0.0015

    at_the_door(test)


def test_an_endless_and_a_binary_caller_are_closed_at_once() -> None:
    async def test(door: FrontDoor) -> None:
        endless, binary = door.dial(b"x\n" * 20_000), door.dial(b"\x16\x03\x01\x02\0\x01", "127.0.0.2")
        await closed(endless)
        await closed(binary)
        assert "no SSH version line within 32 lines" in door.reasons
        assert any("binary data" in reason for reason in door.reasons)

    at_the_door(test)


def test_a_caller_that_hangs_up_early_is_a_refusal_that_names_what_it_announced() -> None:
    async def test(door: FrontDoor) -> None:
        door.dial(announced("r1")).close()
        door.dial(announced("r2") + b"SS").close()
        door.dial().close()
        reset = door.dial(b"MSG-ID")
        reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        reset.close()
        await eventually(lambda: door.refusals.total == 4)
        assert {entry["device_id"]: entry["count"] for entry in door.refusals.info()} == {"r1": 1, "r2": 1, None: 2}
        assert set(door.reasons) == {CLOSED}

    at_the_door(test)


def test_urgent_data_does_not_shift_the_version_line() -> None:
    async def test(door: FrontDoor) -> None:
        caller = door.dial(b"DEVICE-ID: r1\r\n")
        await asyncio.sleep(0.05)
        caller.send(b"!", socket.MSG_OOB)
        with contextlib.suppress(ConnectionError):
            caller.sendall(BANNER)
        await eventually(lambda: door.parked or door.refusals.total)
        assert not door.parked or read_version_line(door) == BANNER

    at_the_door(test)


def test_one_source_cannot_hold_more_unfinished_calls_than_its_share() -> None:
    async def test(door: FrontDoor) -> None:
        first = door.dial()
        await eventually(lambda: door.reception.info()["unfinished"] == 1)
        for _caller in range(3):
            door.dial()
        await closed(first)
        assert door.reception.info()["unfinished"] == 3
        assert door.reasons == [CROWDED_SOURCE]
        await door.call(announced("r1") + BANNER)  # an honest neighbour behind the same address is served

    at_the_door(test, unfinished_calls_per_source=3)


def test_unfinished_calls_in_all_are_bounded_at_the_cost_of_the_source_that_holds_most() -> None:
    async def test(door: FrontDoor) -> None:
        lonely = door.dial(source="127.0.0.2")
        await eventually(lambda: door.reception.info()["unfinished"] == 1)
        greedy = [door.dial() for _caller in range(5)]
        await eventually(lambda: door.refusals.total == 2)
        assert door.reception.info()["unfinished"] == 4
        assert set(door.reasons) == {CROWDED}
        await closed(greedy[0])
        await closed(greedy[1])
        lonely.sendall(BANNER)
        await eventually(lambda: door.parked)

    at_the_door(test, unfinished_calls=4)


def test_a_blocked_pair_is_refused_and_its_neighbours_are_not() -> None:
    async def test(door: FrontDoor) -> None:
        for _failure in range(5):
            door.blocks.failed("127.0.0.1", "r1")
        await closed(door.dial(announced("r1") + BANNER))
        assert door.reasons == [BLOCKED]
        await door.call(announced("r2") + BANNER)
        await door.call(announced("r1") + BANNER, "127.0.0.2")
        await door.call(BANNER)
        assert [call.name for call in door.parked] == ["r2", "r1", "127.0.0.1"]

    at_the_door(test)


def test_listening_again_at_the_same_text_changes_nothing() -> None:
    async def test(door: FrontDoor) -> None:
        assert await door.reception.listen("127.0.0.1:0") == ("127.0.0.1", door.port)
        assert list(door.reception.info()["listeners"]) == ["127.0.0.1:0"]

    at_the_door(test)


def test_a_port_in_use_says_who_is_asked_to_do_what() -> None:
    async def test(door: FrontDoor) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(CannotListen) as caught:
            await door.reception.listen(f"127.0.0.1:{other.getsockname()[1]}")
        assert caught.value.errno == errno.EADDRINUSE
        assert "ss -ltnp" in str(caught.value) and "call_home_listen" in str(caught.value)
        with pytest.raises(CannotListen, match=r"already: use that text"):
            await door.reception.listen(f"0.0.0.0:{door.port}")
        with pytest.raises(CannotListen, match=r"no such address"):
            await door.reception.listen("192.0.2.1:4334")

    at_the_door(test)


@pytest.mark.parametrize("text", ["4334", "localhost:4334", "[::]", "::4334", "[127.0.0.1]:1", "127.0.0.1:65536", ""])
def test_a_listen_text_that_cannot_be_read_is_refused(text: str) -> None:
    async def test(door: FrontDoor) -> None:
        with pytest.raises(InvalidListen, match="expected an IP address and a port"):
            await door.reception.listen(text)

    at_the_door(test)


@needs_ipv6
def test_the_default_listener_takes_both_families() -> None:
    async def test(door: FrontDoor) -> None:
        await door.open("[0::0]:0")
        door.dial(announced("r4") + BANNER)
        door.dial(announced("r6") + BANNER, "::1", "::1")
        await eventually(lambda: len(door.parked) == 2)
        seen = {call.device_id: (call.address, call.source, call.listen) for call in door.parked}
        assert seen == {"r4": ("127.0.0.1", "127.0.0.1", "[::]:0"), "r6": ("::1", "::/64", "[::]:0")}

    at_the_door(test)


def test_running_out_of_descriptors_does_not_spin_and_ends_by_itself() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    async def test(door: FrontDoor) -> None:
        door.dial(announced("r1") + BANNER)
        used = door.callers[-1].fileno() + 1
        resource.setrlimit(resource.RLIMIT_NOFILE, (used, hard))
        before = time.process_time()
        await eventually(lambda: door.reception.info()["accept_failures"])
        await asyncio.sleep(0.3)
        assert time.process_time() - before < 0.15
        assert "open files" in door.reception.info()["last_accept_failure"]
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        await eventually(lambda: door.parked)

    try:
        at_the_door(test)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_hundred_calls_a_second_under_one_id_do_not_hide_the_real_device() -> None:
    async def test(door: FrontDoor) -> None:
        door.protected.add("r1")
        start, before = time.monotonic(), time.process_time()
        for number in range(200):
            door.dial(announced("r1", host_key=f"ssh-rsa {number}") + BANNER, f"127.0.1.{number % 20}")
            if number == 50:
                door.dial(announced("r1") + BANNER, "127.0.0.7")
            await asyncio.sleep(max(0.0, start + number / 100 - time.monotonic()))
        await eventually(lambda: door.reception.info()["announced"] == 201)
        assert (time.process_time() - before) / 201 < 0.0015  # seconds a call, the callers' side included
        assert len(door.parking) == 100
        tried = door.candidates("r1", limit=21)
        assert "127.0.0.7" in {call.address for call in tried}

    at_the_door(test, parked_calls=100)


def test_close_leaves_no_listener_and_no_call() -> None:
    async def test(door: FrontDoor) -> None:
        waiting, parked = door.dial(), door.dial(BANNER)
        await eventually(lambda: door.parked and door.reception.info()["unfinished"] == 1)
        door.reception.close()
        door.parking.close()
        await closed(waiting)
        await closed(parked)
        with pytest.raises(ConnectionError):
            door.dial()

    at_the_door(test)
