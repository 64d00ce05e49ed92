# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callers that are no devices cost a socket that is closed, are bounded in number, and show up with the reason.

The agent of this module was started, by a playbook, with small limits; each test's callers have addresses of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.caller import VERSION_LINE
from ansible_collections.callhome.junos.tests.integration.harness.controller import wait_until
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import local, play, read
from ansible_collections.callhome.junos.tests.simulator import AnnouncementStyle
from ansible_collections.callhome.junos.tests.simulator.announcement import announcement
from ansible_collections.callhome.junos.tests.simulator.hostile import Hostile, HostileCall

ANNOUNCEMENT_SECONDS = 3.0
UNFINISHED, UNFINISHED_PER_SOURCE = 12, 5
PARKED, PARKED_PER_SOURCE, PARKED_PER_KEY = 14, 6, 2
PARKED_BYTES = 4096
LIMITS = {
    "announcement-seconds": ANNOUNCEMENT_SECONDS,
    "unfinished-calls": UNFINISHED,
    "unfinished-calls-per-source": UNFINISHED_PER_SOURCE,
    "parked-calls": PARKED,
    "parked-calls-per-source": PARKED_PER_SOURCE,
    "parked-calls-per-key": PARKED_PER_KEY,
    "parked-bytes": PARKED_BYTES,
}
LATE = 5.0
"""Seconds that a busy machine may take beyond a limit."""

Server = tuple[str, int]
Misbehave = Callable[[Hostile, Server, str], HostileCall]


@pytest.fixture(scope="module")
def limited(site: Site) -> Iterator[Site]:
    site.add("good")
    arguments = " ".join(f"--{name} {value}" for name, value in LIMITS.items())
    site.controller.run([play(read("read"))], site.inventory("good", call_home_agent_arguments=arguments)).check()
    yield site


def _server(site: Site) -> Server:
    return ("127.0.0.1", site.controller.port)


def _said(device_id: str) -> bytes:
    return announcement(device_id, "", None, AnnouncementStyle()) + VERSION_LINE


def _reasons(site: Site, source: str) -> dict[str, int]:
    """Why calls of a source were refused, and how many."""
    return {
        entry["reason"]: entry["count"]
        for entry in site.controller.agent_info()["refusals"]
        if entry["source"] == source
    }


NO_VERSION = "no SSH version line in time"
TROUBLEMAKERS: dict[str, tuple[Misbehave, str]] = {
    "silent": (lambda hostile, server, source: hostile.silent(server, source), NO_VERSION),
    "slow": (lambda hostile, server, source: hostile.slow(server, b"DEVICE-ID: x" * 99, 0.1, source), NO_VERSION),
    "endless-line": (
        lambda hostile, server, source: hostile.endless(server, source=source),
        "a line of more than 4096 bytes before the SSH version line",
    ),
    "endless-lines": (
        lambda hostile, server, source: hostile.endless(server, b"hello\r\n", source),
        "no SSH version line within 32 lines",
    ),
    "long-lines": (
        lambda hostile, server, source: hostile.endless(server, b"hello" * 200 + b"\r\n", source),
        "no SSH version line within 8192 bytes",
    ),
    "binary": (
        lambda hostile, server, source: hostile.saying(server, b"\x16\x03\x01\x02\x00\x01", source),
        "binary data where an announcement or an SSH version line was expected",
    ),
    "two-ids": (
        lambda hostile, server, source: hostile.saying(server, b"DEVICE-ID: a\r\nDEVICE-ID: b\r\n", source),
        "DEVICE-ID announced twice",
    ),
    "control-characters": (
        lambda hostile, server, source: hostile.saying(server, "DEVICE-ID: a\u202eb\r\n".encode(), source),
        "DEVICE-ID has characters that cannot be printed",
    ),
    "chatty": (
        lambda hostile, server, source: hostile.saying(server, _said("chatty") + b"x" * PARKED_BYTES, source),
        "parked, and kept sending without being asked",
    ),
}


@pytest.mark.parametrize("kind", TROUBLEMAKERS)
def test_a_troublemaker_is_hung_up_on_and_agent_info_says_why(limited: Site, kind: str) -> None:
    misbehave, reason = TROUBLEMAKERS[kind]
    source = f"127.0.4.{list(TROUBLEMAKERS).index(kind) + 1}"
    call = misbehave(limited.simulator.hostile, _server(limited), source)
    wait_until(lambda: call.ended is not None, ANNOUNCEMENT_SECONDS + LATE, f"the end of the {kind} call")
    assert _reasons(limited, source) == {reason: 1}


def test_calls_that_never_announce_themselves_are_bounded_for_each_source_and_in_all(limited: Site) -> None:
    sources = [f"127.0.5.{number}" for number in range(1, 5)]
    before = limited.controller.agent_info()["reception"]["accepted"]
    calls = [limited.simulator.hostile.silent(_server(limited), source) for source in sources for _unused in range(8)]
    wait_until(
        lambda: limited.controller.agent_info()["reception"]["accepted"] >= before + len(calls), LATE, "the calls"
    )
    assert limited.controller.agent_info()["reception"]["unfinished"] <= UNFINISHED
    crowded = "no SSH version line yet, and its source had too many such calls"
    assert _reasons(limited, sources[0])[crowded] >= 8 - UNFINISHED_PER_SOURCE
    wait_until(
        lambda: all(call.ended is not None for call in calls), ANNOUNCEMENT_SECONDS + LATE, "the end of all calls"
    )
    assert limited.controller.agent_info()["reception"]["unfinished"] == 0


def test_parked_calls_are_bounded_for_each_key_each_source_and_in_all(limited: Site) -> None:
    alike = [_park(limited, "alike", "127.0.6.1") for _unused in range(6)]
    one_source = [_park(limited, f"id{number}", "127.0.6.2") for number in range(12)]
    sources = [f"127.0.7.{number}" for number in range(1, PARKED + 5)]
    calls = [*alike, *one_source, *(_park(limited, "spread", source) for source in sources)]
    wait_until(lambda: sum(call.ended is not None for call in calls) >= len(calls) - PARKED, LATE, "the bounds to hold")
    assert limited.controller.agent_info()["parking"]["parked"] <= PARKED
    of_one_key = "parked, and displaced by newer calls of the same device id, source and host key"
    assert _reasons(limited, "127.0.6.1")[of_one_key] == 6 - PARKED_PER_KEY
    of_one_source = "parked, and displaced as its source had too many parked calls"
    refused = [entry for entry in limited.controller.agent_info()["refusals"] if entry["source"] == "127.0.6.2"]
    assert len([entry for entry in refused if entry["reason"] == of_one_source]) == 12 - PARKED_PER_SOURCE
    in_all = "parked, and displaced as there were too many parked calls"
    assert any(in_all in _reasons(limited, source) for source in ("127.0.6.1", "127.0.6.2", *sources))


def _park(site: Site, device_id: str, source: str) -> HostileCall:
    """A call that announces itself as a device does; waits until it was read."""

    def announced() -> int:
        return int(site.controller.agent_info()["reception"]["announced"])

    before = announced()
    call = site.simulator.hostile.saying(_server(site), _said(device_id), source)
    wait_until(lambda: announced() > before, LATE, "the announcement to be read")
    return call


def test_a_device_has_its_session_while_all_places_are_taken_and_the_playbook_sees_who_was_refused(
    limited: Site,
) -> None:
    hostile, server = limited.simulator.hostile, _server(limited)
    for number in range(1, 31):
        hostile.saying(server, _said(f"stranger{number}"), f"127.0.8.{number}")
        hostile.silent(server, f"127.0.9.{number}")
    limited.add("late")
    info = local("info", "callhome.junos.agent_info")
    run = limited.controller.run([play(read("read"), info)], limited.inventory("late")).check()
    told: dict[str, Any] = run.result("info")["agent"]
    assert told["reception"]["unfinished"] <= UNFINISHED
    assert told["parking"]["parked"] <= PARKED
    refused = {entry["source"] for entry in told["refusals"]}
    assert any(source.startswith("127.0.8.") for source in refused)
    assert any(source.startswith("127.0.9.") for source in refused)
    assert all({"reason", "count", "first", "last", "device_id"} <= set(entry) for entry in told["refusals"])


def test_the_session_that_was_up_before_has_seen_nothing_of_it(limited: Site) -> None:
    good = limited.simulator["good"]
    limited.controller.run([play(read("read"))], limited.inventory("good")).check()
    assert len(good.log.of("login")) == 1
