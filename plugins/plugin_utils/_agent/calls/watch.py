# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readiness of many sockets behind one descriptor of the event loop."""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar

GONE = select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR
"""Events that say the peer has left, or at least will never send again."""

EVENTS_A_TURN = 256


class HasSocket(Hashable, Protocol):
    """What can be watched."""

    @property
    def socket(self) -> socket.socket:
        """A connected TCP socket."""


Watched = TypeVar("Watched", bound=HasSocket)


class Watch(Generic[Watched]):
    """An epoll of our own, since asyncio's readers are level-triggered and know no EPOLLRDHUP.

    A parked socket is always readable, for the SSH version line waits there, and so is one that holds ``SS`` of which
    nobody knows yet whether it will be ``SSH-``: level-triggered, either would keep the loop spinning.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, events: int, ready: Callable[[Watched, int], None]) -> None:
        self._loop = loop
        self._events = events
        self._ready = ready
        self._watched: dict[int, Watched] = {}
        self._epoll = select.epoll()
        loop.add_reader(self._epoll.fileno(), self._harvest)

    def add(self, item: Watched) -> None:
        """Report the events of ``item`` from now on, and those that stand already."""
        descriptor = item.socket.fileno()
        self._watched[descriptor] = item
        self._epoll.register(descriptor, self._events)

    def rearm(self, item: Watched) -> None:
        """Report again on ``item`` after a one-shot event; does nothing where it was removed meanwhile."""
        descriptor = item.socket.fileno()
        if self._watched.get(descriptor) is item:
            self._epoll.modify(descriptor, self._events)

    def remove(self, item: Watched) -> None:
        """Report no more on ``item``, which must not be closed yet."""
        descriptor = item.socket.fileno()
        del self._watched[descriptor]
        self._epoll.unregister(descriptor)

    def close(self) -> None:
        """Let go of the event loop."""
        if not self._epoll.closed:
            self._loop.remove_reader(self._epoll.fileno())
            self._epoll.close()
        self._watched.clear()

    def _harvest(self) -> None:
        for descriptor, events in self._epoll.poll(0, EVENTS_A_TURN):
            item = self._watched.get(descriptor)
            if item is not None:
                # Not called from here: an error in one must not lose the events of the others.
                self._loop.call_soon(self._deliver, descriptor, item, events)

    def _deliver(self, descriptor: int, item: Watched, events: int) -> None:
        if self._watched.get(descriptor) is item:
            self._ready(item, events)
