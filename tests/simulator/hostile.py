# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callers that mean no good: slow, silent, endless, binary, many. None of them is a device.

A caller that poses as a device is one: `DeviceSpec(announcement=AnnouncementStyle(verbatim=other.announcement()))`
repeats another device's announcement, and has a host key of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeVar

_T = TypeVar("_T")
Address = tuple[str, int]
Behaviour = Callable[["HostileCall"], Awaitable[None]]


class HostileCall:
    """One TCP connection of a hostile caller. `ended`: after so many seconds the peer closed it (None: not yet)."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.source: Address = sock.getsockname()[:2]
        self.sent = 0
        self.ended: float | None = None
        self._began = time.monotonic()

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.socket, data)
        self.sent += len(data)

    async def watch(self) -> None:
        """Read, and note when the peer closes."""
        loop = asyncio.get_running_loop()
        try:
            while await loop.sock_recv(self.socket, 65536):
                pass
        except OSError:
            pass
        self.ended = time.monotonic() - self._began


class Hostile:
    """Starts hostile calls; they go on until the peer closes them, or `stop`. Safe from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._tasks: set[asyncio.Task[None]] = set()

    def silent(self, server: Address, source: str | None = None) -> HostileCall:
        """Connects, and says nothing."""
        return self._start(server, source, _say_nothing)

    def slow(self, server: Address, text: bytes, interval: float, source: str | None = None) -> HostileCall:
        """Sends one byte every `interval` seconds."""

        async def behave(call: HostileCall) -> None:
            for byte in text:
                await call.send(bytes([byte]))
                await asyncio.sleep(interval)

        return self._start(server, source, behave)

    def endless(self, server: Address, text: bytes = b"X", source: str | None = None) -> HostileCall:
        """Repeats a text for ever; the default is one line that never ends."""

        async def behave(call: HostileCall) -> None:
            block = text * (4096 // len(text) or 1)
            while call.ended is None:
                await call.send(block)
                await asyncio.sleep(0)

        return self._start(server, source, behave)

    def binary(self, server: Address, size: int = 4096, source: str | None = None) -> HostileCall:
        """Sends random bytes and waits."""
        return self.saying(server, os.urandom(size), source)

    def saying(self, server: Address, text: bytes, source: str | None = None) -> HostileCall:
        """Sends a text at once and waits."""
        return self._start(server, source, lambda call: call.send(text))

    def flood(
        self, server: Address, text: bytes, sources: Sequence[str], rate: float, seconds: float
    ) -> list[HostileCall]:
        """Makes `rate` calls a second from the source addresses in turn, each saying the text and then nothing more.

        Returns at once, with a list that grows while the flood goes on."""
        calls: list[HostileCall] = []

        async def flood() -> None:
            began = self._loop.time()
            for number, source in zip(range(int(rate * seconds)), itertools.cycle(sources), strict=False):
                await asyncio.sleep(max(0.0, began + number / rate - self._loop.time()))
                try:
                    calls.append(await self._call(server, source, lambda call: call.send(text)))
                except OSError:
                    continue

        self._run(lambda: self._keep(flood()))
        return calls

    def stop(self) -> None:
        """End every hostile call. To be called in the loop's thread."""
        for task in self._tasks:
            task.cancel()

    def _start(self, server: Address, source: str | None, behave: Behaviour) -> HostileCall:
        return asyncio.run_coroutine_threadsafe(self._call(server, source, behave), self._loop).result()

    async def _call(self, server: Address, source: str | None, behave: Behaviour) -> HostileCall:
        family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            if source is not None:
                sock.bind((source, 0))
            await self._loop.sock_connect(sock, server)
        except OSError:
            sock.close()
            raise
        call = HostileCall(sock)
        self._keep(self._behave(call, behave))
        return call

    async def _behave(self, call: HostileCall, behave: Behaviour) -> None:
        watching = asyncio.ensure_future(call.watch())
        with contextlib.suppress(OSError):
            await behave(call)
        try:
            await watching
        finally:
            watching.cancel()
            call.socket.close()

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _run(self, work: Callable[[], _T]) -> _T:
        async def call() -> _T:
            return work()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()


async def _say_nothing(_call: HostileCall) -> None:
    return


def loopback(first: int, count: int) -> Iterable[str]:
    """So many addresses of the loopback network: 127.0.0.first, ..."""
    return [f"127.0.0.{number}" for number in range(first, first + count)]
