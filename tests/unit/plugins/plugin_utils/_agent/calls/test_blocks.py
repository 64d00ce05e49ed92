"""Blocks and the log of refusals."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.blocks import Blocks
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.refusals import Refusals

NAT = "192.0.2.1"


class Clock:
    """Monotonic seconds that a test turns on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def blocks_and_clock(**limits: float) -> tuple[Blocks, Clock]:
    clock = Clock()
    return Blocks(Limits(**limits), clock), clock  # type: ignore[arg-type]


def fail(blocks: Blocks, times: int, device_id: str = "r1", source: str = NAT) -> None:
    for _time in range(times):
        blocks.failed(source, device_id)


def test_five_failures_within_a_minute_block_for_a_minute() -> None:
    blocks, clock = blocks_and_clock()
    fail(blocks, 4)
    assert not blocks.blocked(NAT, "r1")
    fail(blocks, 1)
    assert blocks.blocked(NAT, "r1")
    assert blocks.info() == [{"source": NAT, "device_id": "r1", "seconds_left": 60.0}]
    clock.now += 59
    assert blocks.blocked(NAT, "r1")
    clock.now += 2
    assert not blocks.blocked(NAT, "r1")
    assert blocks.info() == []


def test_failures_that_are_far_apart_block_nobody() -> None:
    blocks, clock = blocks_and_clock()
    for _time in range(20):
        fail(blocks, 1)
        clock.now += 16
        assert not blocks.blocked(NAT, "r1")


def test_another_device_and_another_source_are_not_blocked() -> None:
    blocks, _clock = blocks_and_clock()
    fail(blocks, 50)
    assert not blocks.blocked(NAT, "r2")
    assert not blocks.blocked(NAT, None)
    assert not blocks.blocked("192.0.2.2", "r1")


def test_a_pair_that_proved_itself_is_cleared_and_never_blocked_while_it_is_remembered() -> None:
    blocks, _clock = blocks_and_clock(remembered_pairs=2)
    fail(blocks, 5)
    blocks.proved(NAT, "r1")
    assert not blocks.blocked(NAT, "r1") and blocks.attempts(NAT, "r1") == 0
    fail(blocks, 50)
    assert not blocks.blocked(NAT, "r1") and blocks.has_proved(NAT, "r1")
    blocks.proved(NAT, "r2")
    blocks.proved(NAT, "r3")
    assert not blocks.has_proved(NAT, "r1")
    fail(blocks, 5)
    assert blocks.blocked(NAT, "r1")


def test_attempts_count_the_failures_of_the_last_minute() -> None:
    blocks, clock = blocks_and_clock()
    fail(blocks, 2)
    clock.now += 30
    fail(blocks, 1)
    assert blocks.attempts(NAT, "r1") == 3
    clock.now += 31
    assert blocks.attempts(NAT, "r1") == 1
    assert blocks.attempts(NAT, "r2") == 0


def test_failures_of_endlessly_many_pairs_are_forgotten_least_recent_first() -> None:
    blocks, _clock = blocks_and_clock(remembered_pairs=10)
    fail(blocks, 5, "first")
    for number in range(9):
        fail(blocks, 1, f"r{number}")
    assert blocks.blocked(NAT, "first")
    fail(blocks, 1, "one more")
    assert blocks.attempts(NAT, "first") == 0
    assert blocks.attempts(NAT, "r0") == 1


@dataclass(frozen=True)
class Caller:
    source: str
    device_id: str | None = None

    @property
    def address(self) -> str:
        return self.source


def test_refusals_that_are_alike_are_one_entry_with_a_count() -> None:
    refusals = Refusals(Limits())
    for _time in range(1000):
        refusals.add(Caller(NAT, "r1"), "why")
    refusals.add(Caller(NAT, "r1"), "why else")
    latest, first = refusals.info()
    assert (first["count"], latest["count"], refusals.total) == (1000, 1, 1001)
    assert first["source"] == first["address"] == NAT and first["device_id"] == "r1" and first["reason"] == "why"
    assert first["first"] <= first["last"] <= latest["last"]


def test_a_flood_of_device_ids_pushes_out_only_entries_of_its_own_source() -> None:
    refusals = Refusals(Limits(refusals=100, refusals_per_source=10))
    refusals.add(Caller("192.0.2.9", "real"), "why")
    for number in range(1000):
        refusals.add(Caller(NAT, f"fake{number}"), "why")
    entries = refusals.info()
    assert len(entries) == 11
    assert entries[0]["device_id"] == "fake999"
    assert entries[-1]["device_id"] == "real"


def test_a_flood_from_many_sources_pushes_out_the_sources_with_most_entries_first() -> None:
    refusals = Refusals(Limits(refusals=100, refusals_per_source=10))
    refusals.add(Caller("192.0.2.9", "real"), "why")
    for number in range(1000):
        refusals.add(Caller(f"198.51.100.{number % 20}", f"fake{number}"), "why")
    entries = refusals.info()
    assert len(entries) == 100
    assert entries[-1]["device_id"] == "real"
