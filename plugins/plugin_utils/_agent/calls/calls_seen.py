# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has called, and who waits to hear of it."""

from __future__ import annotations

import asyncio
import time
import typing as t
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.call import Call

REMEMBERED = 8192

Place = tuple[str, str]
"""A listener, and a device id or the address of a device that announces none."""


@dataclass(frozen=True)
class Seen:
    """The last call under a name."""

    serial: int
    """Counts the agent's calls; a later call has a higher number."""
    address: str
    at: float
    """Seconds since the epoch."""


class CallsSeen:
    """The last call of each device id, bounded, and the searches that a new one wakes."""

    def __init__(self) -> None:
        self._last: OrderedDict[Place, Seen] = OrderedDict()
        self._waiting: defaultdict[Place, set[asyncio.Event]] = defaultdict(set)

    def note(self, call: Call) -> None:
        """A call was parked."""
        place = (call.listen, call.name)
        self._last[place] = Seen(call.serial, call.address, time.time())
        self._last.move_to_end(place)
        while len(self._last) > REMEMBERED:
            self._last.popitem(last=False)
        self.wake(place)

    def last(self, places: Iterable[Place]) -> Seen | None:
        """The newest call under any of these names."""
        found = [self._last[place] for place in places if place in self._last]
        return max(found, key=lambda seen: seen.serial, default=None)

    def wake(self, place: Place) -> None:
        """Something changed for this name: a call, or the end of a session."""
        for event in self._waiting.get(place, ()):
            event.set()

    def awaited(self, call: Call) -> bool:
        """Whether a host waits for such a call."""
        return (call.listen, call.name) in self._waiting

    @contextmanager
    def waiting(self, places: Iterable[Place]) -> Iterator[asyncio.Event]:
        """An event that is set by every change for these names."""
        event = asyncio.Event()
        mine = list(places)
        for place in mine:
            self._waiting[place].add(event)
        try:
            yield event
        finally:
            for place in mine:
                self._waiting[place].discard(event)
                if not self._waiting[place]:
                    del self._waiting[place]

    def awaited_names(self) -> list[str]:
        """The names that hosts wait for."""
        return sorted({name for _unused, name in self._waiting})

    def names(self, listen: str) -> list[str]:
        """Under which names calls came to a listener, the newest first."""
        found = sorted(
            ((seen.serial, name) for (where, name), seen in self._last.items() if where == listen), reverse=True
        )
        return [name for _unused, name in found]

    def info(self) -> list[dict[str, t.Any]]:
        """For people, the newest first."""
        return [
            {"name": name, "listen": listen, "serial": seen.serial, "address": seen.address, "at": seen.at}
            for (listen, name), seen in sorted(self._last.items(), key=lambda item: -item[1].serial)
        ]
