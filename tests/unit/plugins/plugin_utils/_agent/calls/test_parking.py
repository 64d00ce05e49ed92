"""Parked calls over real sockets: who stays, who goes, and whom a host gets."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.announcement import Announcement
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.call import Call
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.parking import (
    ALL_FULL,
    DISPLACED,
    NOT_WANTED,
    SOURCE_FULL,
    TOO_CHATTY,
)
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._agent.front_door import (
    BANNER,
    FrontDoor,
    announced,
    at_the_door,
    closed,
    eventually,
)

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJxEaTUvRgOFt4ZNXIXWJRWSArH1hpzDrd6lcrj0AITY"
FINGERPRINT = "SHA256:4bT2XwCs5qJYRHTatE7kTj0agCtf5gjq7lOewXFVxG0"  # as `ssh-keygen -l` has it


Step = tuple[str, "str | None", str, "str | None"]


async def park(door: FrontDoor, *device_ids: str, source: str = "127.0.0.1") -> None:
    for device_id in device_ids:
        await door.call(announced(device_id) + BANNER, source)


def test_a_caller_that_leaves_is_noticed_though_its_version_line_waits() -> None:
    async def test(door: FrontDoor) -> None:
        await park(door, "r1", "r2", "r3")
        finished, reset, _stays = door.callers
        finished.close()
        reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        reset.close()
        await eventually(lambda: door.ids() == ["r3"])
        assert door.parking.info()["left"] == 2
        assert door.refusals.total == 0

    at_the_door(test)


def test_parked_calls_cost_no_processor_time() -> None:
    async def test(door: FrontDoor) -> None:
        await park(door, *(f"r{number}" for number in range(50)))
        before = time.process_time()
        await asyncio.sleep(0.5)
        assert time.process_time() - before < 0.05

    at_the_door(test)


def test_a_parked_caller_cannot_fill_memory() -> None:
    async def test(door: FrontDoor) -> None:
        await door.call(announced("r1") + BANNER)
        caller = door.callers[-1]
        caller.sendall(b"x" * 8000)
        await asyncio.sleep(0.1)
        assert door.ids() == ["r1"]
        caller.sendall(b"x" * 9000)
        await closed(caller)
        assert door.reasons == [TOO_CHATTY]

    at_the_door(test)


def test_a_call_that_nobody_asks_for_is_closed_after_its_time() -> None:
    async def test(door: FrontDoor) -> None:
        await park(door, "r1")
        await asyncio.sleep(0.2)
        await park(door, "r2")
        await closed(door.callers[0])
        assert door.ids() == ["r2"]
        await closed(door.callers[1])
        assert door.reasons == [NOT_WANTED, NOT_WANTED]

    at_the_door(test, parked_seconds=0.4)


def test_a_taken_socket_blocks_and_reads_what_an_ssh_client_reads() -> None:
    async def test(door: FrontDoor) -> None:
        call = await door.call(announced("r1") + BANNER)
        taken = door.parking.take(call)
        assert taken is not None and taken.gettimeout() is None
        assert taken.recv(len(BANNER)) == BANNER
        door.callers[-1].sendall(b"!")
        assert taken.recv(10) == b"!"  # also a single byte
        assert door.parking.take(call) is None
        assert door.parking.info()["parked"] == 0
        door.callers[-1].close()
        await asyncio.sleep(0.05)
        assert taken.fileno() != -1  # it is no longer watched

    at_the_door(test)


def test_a_call_that_left_a_moment_ago_is_not_handed_out() -> None:
    async def test(door: FrontDoor) -> None:
        call = await door.call(announced("r1") + BANNER)
        door.callers[-1].close()
        time.sleep(0.01)  # noqa: ASYNC251 - without a turn for the event loop
        assert door.ids() == ["r1"]
        assert door.parking.take(call) is None
        assert door.ids() == []

    at_the_door(test)


def test_a_fifth_call_of_the_same_device_source_and_key_displaces_the_oldest_of_them() -> None:
    async def test(door: FrontDoor) -> None:
        await door.call(announced("r2") + BANNER)
        for _call in range(4):
            await door.call(announced("r1", host_key=ED25519) + BANNER)
        await door.call(announced("r1", host_key="ssh-rsa other") + BANNER)
        await door.call(announced("r1", host_key=ED25519) + BANNER, "127.0.0.2")
        assert len(door.parking) == 7
        await door.call(announced("r1", host_key=ED25519) + BANNER)
        assert door.ids() == ["r2", "r1", "r1", "r1", "r1", "r1", "r1"]
        await closed(door.callers[1])
        assert door.reasons == [DISPLACED]

    at_the_door(test)


def test_calls_without_announcement_are_bounded_by_address() -> None:
    async def test(door: FrontDoor) -> None:
        for _call in range(3):
            await door.call(BANNER)
            await door.call(BANNER, "127.0.0.2")
        assert [call.address for call in door.parking].count("127.0.0.1") == 2
        assert door.refusals.total == 2

    at_the_door(test, parked_calls_per_key=2)


def test_over_the_bound_of_a_source_its_own_oldest_call_goes() -> None:
    async def test(door: FrontDoor) -> None:
        await park(door, "other", source="127.0.0.2")
        await park(door, "r1", "r2", "r3", "r4")
        assert door.ids() == ["other", "r2", "r3", "r4"]
        assert door.reasons == [SOURCE_FULL]

    at_the_door(test, parked_calls_per_source=3)


def test_over_the_bound_in_all_the_oldest_call_of_the_source_that_holds_most_goes() -> None:
    async def test(door: FrontDoor) -> None:
        await park(door, "other", source="127.0.0.2")
        await park(door, "r1", "r2", "r3")
        await park(door, "newcomer", source="127.0.0.3")
        assert door.ids() == ["other", "r2", "r3", "newcomer"]
        assert door.reasons == [ALL_FULL]

    at_the_door(test, parked_calls=4)


def test_an_id_that_a_host_waits_for_goes_last() -> None:
    async def test(door: FrontDoor) -> None:
        await park(door, "r1", "wanted", "r2", "wanted too")
        door.protected |= {"wanted", "wanted too"}  # the hosts came after the calls
        await park(door, "r3")
        assert door.ids() == ["wanted", "r2", "wanted too", "r3"]
        await park(door, "r4", "r5")
        assert door.ids() == ["wanted", "wanted too", "r4", "r5"]
        door.protected |= {"r4", "r5"}
        await closed(door.dial(announced("r6") + BANNER))
        assert door.ids() == ["wanted", "wanted too", "r4", "r5"]
        assert "r6" not in {call.device_id for call in door.parked}  # nobody was told of it

    at_the_door(test, parked_calls_per_source=4)


def test_a_device_that_proved_itself_from_there_goes_last() -> None:
    async def test(door: FrontDoor) -> None:
        door.blocks.proved("127.0.0.1", "proved")
        await park(door, "proved", "r1")
        await park(door, "proved", source="127.0.0.2")
        await park(door, "r2", "r3")
        assert [(call.device_id, call.address) for call in door.parking] == [
            ("r3", "127.0.0.1"),
            ("proved", "127.0.0.2"),
            ("proved", "127.0.0.1"),
        ]

    at_the_door(test, parked_calls=3)


def test_announcing_an_id_that_a_host_waits_for_does_not_drive_out_all_others() -> None:
    async def test(door: FrontDoor) -> None:
        door.protected.add("wanted")
        await park(door, "r1", source="127.0.0.2")
        for number in range(20):
            await door.call(announced("wanted", host_key=f"ssh-rsa {number}") + BANNER, f"127.0.1.{number % 5}")
        assert "r1" in door.ids() and len(door.parking) == 10

    at_the_door(test, parked_calls=10, protected_calls_per_device=4)


def test_a_host_gets_calls_of_its_id_or_unannounced_ones_of_its_address() -> None:
    async def test(door: FrontDoor) -> None:
        await park(door, "r1", "r2")
        unannounced = await door.call(BANNER, "127.0.0.2")
        await door.call(BANNER, "127.0.0.3")
        assert [call.device_id for call in door.candidates("r1")] == ["r1"]
        assert door.candidates("r3", "127.0.0.2") == [unannounced]
        assert {call.name for call in door.candidates("r1", "127.0.0.2")} == {"r1", "127.0.0.2"}
        assert door.candidates("127.0.0.2") == []
        assert door.candidates("r3", "127.0.0.1") == []

    at_the_door(test)


def test_a_host_gets_calls_of_its_own_listener_alone() -> None:
    async def test(door: FrontDoor) -> None:
        await park(door, "r1")
        first_port = door.port
        await door.open("0.0.0.0:0")
        await park(door, "r1")
        assert door.port != first_port
        assert [call.listen for call in door.candidates("r1")] == ["0.0.0.0:0"]
        assert [call.listen for call in door.parking.candidates("r1", None, "127.0.0.1:0")] == ["127.0.0.1:0"]

    at_the_door(test)


def test_candidates_of_sources_that_failed_least_come_first_then_the_newest() -> None:
    async def test(door: FrontDoor) -> None:
        for source in ("127.0.0.2", "127.0.0.3", "127.0.0.4"):
            await park(door, "r1", source=source)
        assert [call.source[-1] for call in door.candidates("r1")] == ["4", "3", "2"]
        door.blocks.failed("127.0.0.4", "r1")
        door.blocks.failed("127.0.0.4", "r1")
        door.blocks.failed("127.0.0.3", "r1")
        assert [call.source[-1] for call in door.candidates("r1")] == ["2", "3", "4"]
        for _failure in range(5):
            door.blocks.failed("127.0.0.2", "r1")
        assert [call.source[-1] for call in door.candidates("r1")] == ["3", "4"]

    at_the_door(test)


def test_many_calls_of_one_source_do_not_stand_before_the_first_of_another() -> None:
    async def test(door: FrontDoor) -> None:
        await park(door, "r1", source="127.0.0.2")
        for _call in range(3):
            await park(door, "r1")
        order = [call.source[-1] for call in door.candidates("r1")]
        assert order == ["1", "2", "1", "1"]
        first, _second, third, fourth = door.candidates("r1")
        assert first.arrived > third.arrived > fourth.arrived
        assert len(door.candidates("r1", limit=2)) == 2

    at_the_door(test)


def test_a_refused_call_is_closed_and_logged() -> None:
    async def test(door: FrontDoor) -> None:
        call = await door.call(announced("r1") + BANNER)
        door.parking.refuse(call, "the HMAC is wrong")
        door.parking.refuse(call, "the HMAC is wrong")
        await closed(door.callers[-1])
        assert [(entry["device_id"], entry["count"]) for entry in door.refusals.info()] == [("r1", 1)]

    at_the_door(test)


def test_a_call_is_described_for_people() -> None:
    async def test(door: FrontDoor) -> None:
        call = await door.call(announced("r1", host_key=ED25519) + BANNER)
        port = door.callers[-1].getsockname()[1]
        assert call.describe() == f"device id r1 from 127.0.0.1 port {port}, 0 s ago, announced host key {FINGERPRINT}"
        (shown,) = door.parking.info()["calls"]
        assert shown.pop("age") < 5
        assert shown.pop("serial") == call.serial
        assert shown == {
            "device_id": "r1",
            "address": "127.0.0.1",
            "port": port,
            "listen": "127.0.0.1:0",
            "host_key_fingerprint": FINGERPRINT,
            "host_key_announced": True,
            "hmac_announced": True,
        }
        strange = await door.call(announced("r2", host_key="no key") + BANNER)
        assert "announced host key that is no SSH key" in strange.describe()
        unannounced = await door.call(BANNER)
        assert unannounced.describe().startswith("a device that announced no id from 127.0.0.1 port ")
        assert unannounced.serial > strange.serial > call.serial

    at_the_door(test)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["park", "park", "park", "take", "want", "prove"]),
        st.sampled_from(["r1", "r2", "r3", None]),
        st.sampled_from(["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]),
        st.sampled_from(["k1", "k2", None]),
    ),
    max_size=60,
)


@settings(deadline=None, max_examples=60)
@given(STEPS)
def test_no_bound_is_ever_exceeded_and_no_call_is_counted_twice(steps: list[Step]) -> None:
    async def test(door: FrontDoor) -> None:
        opened = 0
        for action, device_id, address, key in steps:
            if action == "want":
                door.protected.add(device_id or address)
            elif action == "prove":
                door.blocks.proved(address, device_id)
            elif action == "take" and len(door.parking):
                taken = door.parking.take(next(iter(door.parking)))
                assert taken is not None
                taken.close()
                opened -= 1
            else:
                near, far = socket.socketpair()
                door.callers.append(far)
                peer, serial = (address, 1), len(door.callers)
                door.parking.park(Call(near, Announcement(device_id, key), peer, address, door.listen, 0.0, serial))
                opened += 1
            check_bounds(door)
        assert len(door.parking) == opened - door.refusals.total

    at_the_door(test, parked_calls=8, parked_calls_per_source=4, parked_calls_per_key=2, protected_calls_per_device=2)


def check_bounds(door: FrontDoor) -> None:
    calls = list(door.parking)
    assert len(calls) <= door.limits.parked_calls
    per_source = Counter(call.source for call in calls)
    per_key = Counter((call.pair, call.announcement.host_key) for call in calls)
    assert max(per_source.values(), default=0) <= door.limits.parked_calls_per_source
    assert max(per_key.values(), default=0) <= door.limits.parked_calls_per_key
    for name in {call.name for call in calls}:
        found = set(door.candidates(name, name, limit=100))
        assert found == {call for call in calls if call.name == name}


def test_nothing_of_a_call_stays_behind_when_it_is_gone() -> None:
    async def test(door: FrontDoor) -> None:
        door.protected.add("r1")
        door.blocks.proved("127.0.0.1", "r2")
        await park(door, "r1", "r2", "r3", "r4", "r5")
        await door.call(BANNER)
        for caller in door.callers:
            caller.close()
        await eventually(lambda: not len(door.parking))
        kept = {name: value for name, value in vars(door.parking).items() if name in INDEXES}
        assert len(kept) == len(INDEXES)
        assert not any(len(value) for value in kept.values()), kept

    at_the_door(test, parked_calls_per_source=4)


INDEXES = ("_ages", "_ordinary", "_favoured", "_favours", "_shares", "_groups", "_places")
