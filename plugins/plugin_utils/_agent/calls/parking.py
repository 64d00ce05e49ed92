# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parked calls: those that wait until a host asks for them."""

from __future__ import annotations

import asyncio
import heapq
import select
import socket
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.blocks import Blocks
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.call import Call
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.deadlines import Deadlines
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.listening import canonical_listen
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.refusals import Refusals
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.sources import BySource
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.watch import GONE, Watch

Key = TypeVar("Key")
Calls = OrderedDict[Call, None]  # oldest first
Group = tuple["str | None", str, "str | None"]
Place = tuple[str, "str | None", "str | None"]

DISPLACED = "parked, and displaced by newer calls of the same device id, source and host key"
SOURCE_FULL = "parked, and displaced as its source had too many parked calls"
ALL_FULL = "parked, and displaced as there were too many parked calls"
NOT_WANTED = "parked, and no playbook asked for the device in time"
TOO_CHATTY = "parked, and kept sending without being asked"


class Parking:
    """The parked calls of all listeners. Made inside the running event loop, and used from its thread alone.

    ``on_parked(call)`` is called, by the event loop, for each call that was parked. ``protected(call)`` says whether
    a host waits for such a call; these, and calls of pairs that proved themselves, are the last to go when a bound is
    hit. As anybody can announce an id that a host waits for, only some calls of each id enjoy that.
    """

    def __init__(
        self,
        limits: Limits,
        blocks: Blocks,
        refusals: Refusals,
        on_parked: Callable[[Call], object],
        protected: Callable[[Call], bool] = lambda call: False,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._limits = limits
        self._blocks = blocks
        self._refusals = refusals
        self._on_parked = on_parked
        self._protected = protected
        self._ages: Deadlines[Call] = Deadlines(self._loop, limits.parked_seconds, self._expire)
        self._watch: Watch[Call] = Watch(self._loop, select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET, self._stirred)
        self._ordinary: BySource[Call] = BySource()
        self._favoured: BySource[Call] = BySource()
        self._favours: dict[Call, bool] = {}  # favoured calls; True where that counts against its id's share
        self._shares: Counter[str] = Counter()
        self._groups: dict[Group, Calls] = {}
        self._places: dict[Place, dict[str, Calls]] = {}
        self._left = 0

    def __len__(self) -> int:
        return len(self._ages)

    def __iter__(self) -> Iterator[Call]:
        """The parked calls, newest first."""
        return iter(list(reversed(self._ages)))

    def park(self, call: Call) -> None:
        """Keep ``call``, whose socket is non-blocking, until it is taken, leaves, gets too old or is displaced."""
        # Nothing but the version line and a key exchange message is due, and a stranger must not fill kernel memory.
        call.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, self._limits.parked_bytes)
        self._watch.add(call)
        self._ages.add(call)
        self._ordinary.add(call.source, call)
        _put(self._groups, _group(call), call)
        _put(self._places.setdefault(_place(call), {}), call.source, call)
        self._make_room(call)
        if call in self._ages:
            self._loop.call_soon(self._on_parked, call)

    def candidates(
        self, device_id: str, address: str | None, listen: str, *, limit: int = 16, newer_than: int = 0
    ) -> list[Call]:
        """The calls a host may take, the best first, at most ``limit``: ask again after they were tried.

        They announced ``device_id``, or announced nothing and come from ``address`` (canonical; None matches nothing),
        came in at ``listen``, and have a serial number above ``newer_than``. Sources that failed least come first, then
        the newest call; further calls of a source stand behind, as if the one before had failed, so that no source hides
        the others. Blocked pairs are left out.
        """
        listen = canonical_listen(listen)
        places: list[Place] = [(listen, device_id, None)]
        if address is not None:
            places.append((listen, None, address))
        by_source = [calls for place in places for calls in self._places.get(place, {}).values()]
        newer = ((call for call in reversed(calls) if call.serial > newer_than) for calls in by_source)
        turns = (self._turn(number, calls) for number, calls in enumerate(newer))
        queue = [turn for turn in turns if turn is not None]
        heapq.heapify(queue)
        found: list[Call] = []
        while queue and len(found) < limit:
            attempts, _newest, number, call, older = heapq.heappop(queue)
            found.append(call)
            if (following := next(older, None)) is not None:
                heapq.heappush(queue, (attempts + 1, -following.arrived, number, following, older))
        return found

    def _turn(self, number: int, calls: Iterator[Call]) -> tuple[int, float, int, Call, Iterator[Call]] | None:
        newest = next(calls, None)
        if newest is None or self._blocks.blocked(*newest.pair):
            return None
        return self._blocks.attempts(*newest.pair), -newest.arrived, number, newest, calls

    def take(self, call: Call) -> socket.socket | None:
        """Hand over the socket of ``call``, in blocking mode, to be closed by the caller; None where it has left."""
        if call not in self._ages:
            return None
        self._forget(call)
        if _has_left(call.socket):
            self._left += 1
            call.socket.close()
            return None
        call.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        call.socket.setblocking(True)
        return call.socket

    def refuse(self, call: Call, reason: str) -> None:
        """Close a parked call and log why; does nothing where it is gone."""
        if call in self._ages:
            self._forget(call)
            call.socket.close()
            self._refusals.add(call, reason)

    def info(self) -> dict[str, Any]:
        """What is parked, newest first, and how many left by themselves while they were parked."""
        return {
            "parked": len(self),
            "sources": len(self._ordinary.sources | self._favoured.sources),
            "left": self._left,
            "calls": [call.info() for call in self],
        }

    def close(self) -> None:
        """Close every parked call."""
        for call in self:
            self._forget(call)
            call.socket.close()
        self._ages.close()
        self._watch.close()

    def _make_room(self, call: Call) -> None:
        limits, group = self._limits, self._groups[_group(call)]
        if len(group) > limits.parked_calls_per_key:
            self.refuse(next(iter(group)), DISPLACED)
        if self._ordinary.count(call.source) + self._favoured.count(call.source) > limits.parked_calls_per_source:
            self.refuse(self._victim(call.source), SOURCE_FULL)
        if len(self) > limits.parked_calls:
            self.refuse(self._victim(None), ALL_FULL)

    def _victim(self, source: str | None) -> Call:
        """The oldest ordinary call of ``source``, or of the source that holds most; a favoured one if there is none."""
        while (call := self._ordinary.oldest(source)) is not None:
            if not self._favour(call):
                return call
        if (favoured := self._favoured.oldest(source)) is None:
            raise RuntimeError("a bound was hit, and there is no call")
        return favoured

    def _favour(self, call: Call) -> bool:
        """Move ``call`` to the favoured ones if it deserves that; each call moves once, so this costs O(1) a call."""
        proved = self._blocks.has_proved(*call.pair)
        has_share = self._shares[call.name] < self._limits.protected_calls_per_device
        if not proved and not (has_share and self._protected(call)):
            return False
        self._ordinary.remove(call.source, call)
        self._favoured.add(call.source, call)
        self._favours[call] = not proved
        self._shares[call.name] += not proved
        return True

    def _forget(self, call: Call) -> None:
        self._watch.remove(call)
        self._ages.remove(call)
        _drop(self._groups, _group(call), call)
        place = self._places[_place(call)]
        _drop(place, call.source, call)
        if not place:
            del self._places[_place(call)]
        if call not in self._favours:
            self._ordinary.remove(call.source, call)
            return
        self._favoured.remove(call.source, call)
        self._shares[call.name] -= self._favours.pop(call)
        if not self._shares[call.name]:
            del self._shares[call.name]

    def _expire(self, call: Call) -> None:
        self.refuse(call, NOT_WANTED)

    def _stirred(self, call: Call, events: int) -> None:
        if events & GONE:
            self._left += 1
            self._forget(call)
            call.socket.close()
        elif _holds(call.socket, self._limits.parked_bytes):  # a kernel short of memory reports less as well
            self.refuse(call, TOO_CHATTY)


def _group(call: Call) -> Group:
    source, device_id = call.pair
    return (device_id, source, call.announcement.host_key)


def _place(call: Call) -> Place:
    return (call.listen, call.device_id, None if call.device_id is not None else call.address)


def _put(index: dict[Key, Calls], key: Key, call: Call) -> None:
    index.setdefault(key, OrderedDict())[call] = None


def _drop(index: dict[Key, Calls], key: Key, call: Call) -> None:
    calls = index[key]
    del calls[call]
    if not calls:
        del index[key]


def _holds(connection: socket.socket, size: int) -> bool:
    try:
        return len(connection.recv(size, socket.MSG_PEEK)) >= size
    except OSError:
        return False  # it broke just now, which is the next event


def _has_left(connection: socket.socket) -> bool:
    poll = select.poll()
    poll.register(connection, select.POLLRDHUP)
    return bool(poll.poll(0))
