# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reception: accepts calls, reads their announcements to the byte and parks them. It believes nothing it is told."""

from __future__ import annotations

import asyncio
import errno
import itertools
import select
import socket
import time
from dataclasses import dataclass
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.addresses import canonical_address
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.announcement import (
    AnnouncementReader,
    BadAnnouncement,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.blocks import Blocks
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.call import Call
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.deadlines import Deadlines
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.listening import (
    CannotListen,
    canonical_listen,
    open_listener,
    parse_listen,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.parking import Parking
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.refusals import Refusals
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.sources import BySource, source_of
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.watch import GONE, Watch

__all__ = ["Call", "Reception"]

ACCEPTS_A_TURN = 64
"""Calls accepted before others in the event loop have their turn."""
PEEK_BYTES = 4096
PROMPT_LOOKS = 8
REST_SECONDS = 0.1
"""A caller that sends in more than PROMPT_LOOKS pieces is looked at no more often than this."""
PAUSE_SECONDS = 0.5
"""Rest of a listener whose accept() failed, as it does when no descriptor is left."""

CLOSED = "closed by the caller before its SSH version line"
TOO_LATE = "no SSH version line in time"
CROWDED_SOURCE = "no SSH version line yet, and its source had too many such calls"
CROWDED = "no SSH version line yet, and there were too many such calls"
URGENT = "TCP urgent data in the announcement"
BLOCKED = "blocked for a while after several failures"


@dataclass(slots=True, eq=False)
class Arrival:
    """A call whose announcement is not complete yet."""

    socket: socket.socket
    reader: AnnouncementReader
    peer: tuple[str, int]
    source: str
    listen: str
    arrived: float
    looks: int = 0

    @property
    def address(self) -> str:
        """The peer's canonical address."""
        return self.peer[0]

    @property
    def device_id(self) -> str | None:
        """The device id, once it is read."""
        return self.reader.announcement.device_id


class Reception:
    """All listeners of the agent. Made inside the running event loop, and used from its thread alone."""

    def __init__(self, limits: Limits, blocks: Blocks, parking: Parking, refusals: Refusals) -> None:
        self._loop = asyncio.get_running_loop()
        self._limits = limits
        self._blocks = blocks
        self._parking = parking
        self._refusals = refusals
        self._listeners: dict[str, socket.socket] = {}
        self._unfinished: Deadlines[Arrival] = Deadlines(self._loop, limits.announcement_seconds, self._too_late)
        self._by_source: BySource[Arrival] = BySource()
        # One-shot, so that a caller is looked at when this end wants it, however it cuts what it sends.
        self._watch: Watch[Arrival] = Watch(
            self._loop, select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLONESHOT, self._look
        )
        # Above those of every earlier agent, as long as no agent takes a thousand calls a second all its life.
        self._serials = itertools.count(int(time.time() * 1000))
        self._accepted = 0
        self._announced = 0
        self._pauses = 0
        self._last_pause: str | None = None

    async def listen(self, text: str) -> tuple[str, int]:
        """Take calls at ``text``, and return the (address, port) bound; does nothing where it does so already.

        Raises InvalidListen (a ValueError) and CannotListen (an OSError), whose texts say what to do.
        """
        listen = canonical_listen(text)
        listener = self._listeners.get(listen)
        if listener is None:
            listener = self._listeners[listen] = self._open(listen)
            self._loop.add_reader(listener, self._accept, listen, listener)
        address, port = listener.getsockname()[:2]
        return str(address), int(port)

    def close(self) -> None:
        """Close all listeners and all calls that are not parked yet."""
        for listener in self._listeners.values():
            self._loop.remove_reader(listener)
            listener.close()
        self._listeners.clear()
        for arrival in list(self._unfinished):
            self._forget(arrival)
            arrival.socket.close()
        self._unfinished.close()
        self._watch.close()

    def info(self) -> dict[str, Any]:
        """Listeners with the ports they are bound to, and counts since the start."""
        return {
            "listeners": {listen: listener.getsockname()[1] for listen, listener in self._listeners.items()},
            "accepted": self._accepted,
            "unfinished": len(self._unfinished),
            "announced": self._announced,
            "refused": self._refusals.total,
            "accept_failures": self._pauses,
            "last_accept_failure": self._last_pause,
        }

    def _open(self, listen: str) -> socket.socket:
        try:
            return open_listener(listen)
        except CannotListen as error:
            port = parse_listen(listen)[1]
            own = [text for text, listener in self._listeners.items() if listener.getsockname()[1] == port]
            if error.errno != errno.EADDRINUSE or not own:
                raise
            advice = f"This agent takes calls at {own[0]} already: use that text in every call_home_listen."
            raise CannotListen(error.errno, f"cannot take calls at {listen} as well. {advice}") from error

    def _accept(self, listen: str, listener: socket.socket) -> None:
        for _turn in range(ACCEPTS_A_TURN):
            try:
                connection, peer = listener.accept()
            except BlockingIOError:
                return
            except ConnectionAbortedError:
                continue
            except OSError as error:
                self._pause(listen, listener, error)
                return
            self._welcome(connection, peer, listen)

    def _pause(self, listen: str, listener: socket.socket, error: OSError) -> None:
        # The listener stays readable, so asking again at once would take the whole processor.
        self._pauses += 1
        self._last_pause = str(error)
        self._loop.remove_reader(listener)
        self._loop.call_later(PAUSE_SECONDS, self._resume, listen, listener)

    def _resume(self, listen: str, listener: socket.socket) -> None:
        if self._listeners.get(listen) is listener:
            self._loop.add_reader(listener, self._accept, listen, listener)

    def _welcome(self, connection: socket.socket, peer: tuple[Any, ...], listen: str) -> None:
        connection.setblocking(False)
        address = canonical_address(peer[0]) or peer[0]
        arrival = Arrival(
            socket=connection,
            reader=AnnouncementReader(self._limits),
            peer=(address, peer[1]),
            source=source_of(address),
            listen=listen,
            arrived=time.monotonic(),
        )
        self._accepted += 1
        self._unfinished.add(arrival)
        self._by_source.add(arrival.source, arrival)
        self._watch.add(arrival)
        self._make_room(arrival.source)

    def _make_room(self, source: str) -> None:
        # The oldest go, not the newest: an honest caller is done within a round trip, one that holds out is not.
        if self._by_source.count(source) > self._limits.unfinished_calls_per_source:
            self._refuse(self._by_source.oldest(source), CROWDED_SOURCE)
        if len(self._unfinished) > self._limits.unfinished_calls:
            self._refuse(self._by_source.oldest(), CROWDED)

    def _look(self, arrival: Arrival, events: int) -> None:
        """Read what has come; ``events`` are those of the watch, which has to be armed again."""
        try:
            drained = self._read(arrival)
        except BadAnnouncement as error:
            self._refuse(arrival, str(error))
            return
        except OSError:
            self._refuse(arrival, CLOSED)
            return
        if arrival.reader.complete:
            self._admit(arrival)
        elif drained and events & GONE:
            self._refuse(arrival, CLOSED)
        else:
            self._look_again(arrival)

    def _read(self, arrival: Arrival) -> bool:
        """Take what is announcement out of the socket; False where more may have come than was looked at."""
        try:
            unread = arrival.socket.recv(PEEK_BYTES, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        size = arrival.reader.feed(unread)
        if size and len(arrival.socket.recv(size)) != size:
            raise BadAnnouncement(URGENT)  # it makes recv() stop short or skip, so the version line could be hit
        return len(unread) < PEEK_BYTES

    def _look_again(self, arrival: Arrival) -> None:
        arrival.looks += 1
        if arrival.looks <= PROMPT_LOOKS:
            self._watch.rearm(arrival)
        else:
            self._loop.call_later(REST_SECONDS, self._rearm, arrival)

    def _rearm(self, arrival: Arrival) -> None:
        if arrival in self._unfinished:
            self._watch.rearm(arrival)

    def _admit(self, arrival: Arrival) -> None:
        call = Call(
            socket=arrival.socket,
            announcement=arrival.reader.announcement,
            peer=arrival.peer,
            source=arrival.source,
            listen=arrival.listen,
            arrived=arrival.arrived,
            serial=next(self._serials),
        )
        self._announced += 1
        if self._blocks.blocked(*call.pair):
            self._refuse(arrival, BLOCKED)
            return
        self._forget(arrival)
        self._parking.park(call)

    def _too_late(self, arrival: Arrival) -> None:
        self._refuse(arrival, TOO_LATE)

    def _refuse(self, arrival: Arrival | None, reason: str) -> None:
        if arrival is not None:
            self._forget(arrival)
            arrival.socket.close()
            self._refusals.add(arrival, reason)

    def _forget(self, arrival: Arrival) -> None:
        self._watch.remove(arrival)
        self._unfinished.remove(arrival)
        self._by_source.remove(arrival.source, arrival)
