# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callers of every kind, in a process of their own: ``callers.py ADDRESS PORT SECRET DEVICE-ID...``

Good ones announce themselves at once, slow ones a few bytes at a time, hostile ones do what the open port of a listener
sees, and some of these pose as good ones and as the DEVICE-IDs. Says ``sent`` once every good and slow one has said all
that it has to say, and stays until it is ended.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import itertools
import os
import random
import struct
import sys
from collections.abc import Awaitable, Callable

GOOD, SLOW, HOSTILE = 190, 100, 200
SPREAD_SECONDS = 3.0
SLOW_BYTES, SLOW_PAUSE = 16, 0.2
VERSION_LINE = b"SSH-2.0-OpenSSH_9.7\r\n"
HOSTILE_SOURCES = 8
NAT_SOURCES = 8
"""Addresses that good, slow and hostile callers share."""


def good_ids() -> list[str]:
    """Who calls with good intentions."""
    return [f"good-{number}" for number in range(GOOD)] + [f"slow-{number}" for number in range(SLOW)]


def source_of(device_id: str) -> str:
    """The address that a good or slow caller calls from."""
    return f"127.0.2.{1 + int(device_id.rpartition('-')[2]) % NAT_SOURCES}"


def announcement(device_id: str, secret: str) -> bytes:
    """What a device with a ``secret`` says first, and the version line of its SSH server."""
    blob = b"".join(struct.pack(">I", len(part)) + part for part in (b"ssh-ed25519", os.urandom(32)))
    key = f"ssh-ed25519 {base64.b64encode(blob).decode()}"
    proof = hmac.new(secret.encode(), key.encode(), hashlib.sha1).hexdigest()
    lines = ("MSG-ID: DEVICE-CONN-INFO", "MSG-VER: V1", f"DEVICE-ID: {device_id}", f"HOST-KEY: {key}", f"HMAC: {proof}")
    return "".join(f"{line}\r\n" for line in lines).encode() + VERSION_LINE


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Callers:
    """All of them."""

    def __init__(self, address: str, port: int, secret: str, devices: list[str]) -> None:
        self._target = (address, port)
        self._secret = secret
        self._posed_as = itertools.cycle([*devices, *good_ids()])
        self._random = random.Random(8071)
        self._kept: list[Streams] = []

    async def call(self) -> None:
        """Make all calls, mixed, and stay."""
        hostile = itertools.cycle([self._silent, self._endless, self._binary, self._half, self._probe, self._impostor,
                                   self._chatty, self._web])  # fmt: skip
        good = [self._one(source_of(name), self._announce(name)) for name in good_ids()]
        bad = [self._one(self._hostile_source(number), next(hostile)) for number in range(HOSTILE)]
        meanwhile = [asyncio.ensure_future(one) for one in bad]
        await asyncio.gather(*good)
        print("sent", flush=True)
        await asyncio.gather(*meanwhile)
        await asyncio.Event().wait()

    def _hostile_source(self, number: int) -> str:
        if number % 2:
            return f"127.0.2.{1 + number % NAT_SOURCES}"
        return f"127.0.3.{1 + number % HOSTILE_SOURCES}"

    async def _one(self, source: str, behave: Behaviour) -> None:
        await asyncio.sleep(self._random.uniform(0, SPREAD_SECONDS))
        streams = await asyncio.open_connection(*self._target, local_addr=(source, 0))
        self._kept.append(streams)
        with contextlib.suppress(ConnectionError):
            await behave(streams[1])

    def _announce(self, name: str) -> Behaviour:
        text = announcement(name, self._secret)

        async def behave(writer: asyncio.StreamWriter) -> None:
            size = SLOW_BYTES if name.startswith("slow") else len(text)
            for start in range(0, len(text), size):
                writer.write(text[start : start + size])
                await writer.drain()
                await asyncio.sleep(SLOW_PAUSE if size < len(text) else 0)

        return behave

    async def _silent(self, writer: asyncio.StreamWriter) -> None:
        """Says nothing."""

    async def _endless(self, writer: asyncio.StreamWriter) -> None:
        """One line that never ends, until it is cut off."""
        while True:
            writer.write(b"X" * 512)
            await writer.drain()
            await asyncio.sleep(0.05)

    async def _binary(self, writer: asyncio.StreamWriter) -> None:
        writer.write(self._random.randbytes(4096))
        await writer.drain()

    async def _half(self, writer: asyncio.StreamWriter) -> None:
        text = announcement(next(self._posed_as), self._secret)
        writer.write(text[: len(text) // 2])
        await writer.drain()
        writer.close()

    async def _probe(self, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def _impostor(self, writer: asyncio.StreamWriter) -> None:
        """Knows a device's id and not its secret."""
        writer.write(announcement(next(self._posed_as), "guessed"))
        await writer.drain()

    async def _chatty(self, writer: asyncio.StreamWriter) -> None:
        """Goes on and on once it is parked."""
        writer.write(announcement("chatty", "guessed"))
        while True:
            writer.write(b"X" * 4096)
            await writer.drain()
            await asyncio.sleep(0.05)

    async def _web(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"GET / HTTP/1.1\r\nHost: example.net\r\nUser-Agent: scan\r\n\r\n")
        await writer.drain()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(Callers(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]).call())
