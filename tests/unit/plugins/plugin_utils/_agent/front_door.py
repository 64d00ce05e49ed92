"""The agent's front door with small limits, and callers on loopback, for the tests beside this file."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Coroutine
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.blocks import Blocks
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.call import Call
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.parking import Parking
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.reception import Reception
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.refusals import Refusals

BANNER = b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"
PATIENCE = 5.0
"""Seconds until a test gives up on what should happen at once."""


def announced(device_id: str, *, host_key: str | None = None, hmac: str = "0" * 40) -> bytes:
    """The announcement of a device, with a secret where ``host_key`` is given."""
    lines = ["MSG-ID: DEVICE-CONN-INFO", "MSG-VER: V1", f"DEVICE-ID: {device_id}"]
    if host_key is not None:
        lines += [f"HOST-KEY: {host_key}", f"HMAC: {hmac}"]
    return "".join(f"{line}\r\n" for line in lines).encode()


class FrontDoor:
    """Reception and parking on a port of their own, and the callers that the test opened."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.protected: set[str] = set()
        self.parked: list[Call] = []
        self.callers: list[socket.socket] = []
        self.blocks = Blocks(limits)
        self.refusals = Refusals(limits)
        self.parking = Parking(
            limits, self.blocks, self.refusals, self.parked.append, lambda call: call.name in self.protected
        )
        self.reception = Reception(limits, self.blocks, self.parking, self.refusals)
        self.listen = "127.0.0.1:0"
        self.port = 0

    async def open(self, listen: str = "127.0.0.1:0") -> None:
        self.listen = listen
        _address, self.port = await self.reception.listen(listen)

    def dial(self, data: bytes = b"", source: str = "127.0.0.1", to: str = "127.0.0.1") -> socket.socket:
        """A caller from ``source``; connecting over loopback needs nobody to accept."""
        caller = socket.create_connection((to, self.port), timeout=PATIENCE, source_address=(source, 0))
        self.callers.append(caller)
        if data:
            caller.sendall(data)
        return caller

    async def call(self, data: bytes, source: str = "127.0.0.1") -> Call:
        """A caller that is parked by the time this returns."""
        before = len(self.parked)
        self.dial(data, source)
        await eventually(lambda: len(self.parked) > before)
        return self.parked[-1]

    def ids(self) -> list[str | None]:
        """Device ids of the parked calls, oldest first."""
        return [call.device_id for call in reversed(list(self.parking))]

    def candidates(self, device_id: str, address: str | None = None, limit: int = 16) -> list[Call]:
        return self.parking.candidates(device_id, address, self.listen, limit=limit)

    @property
    def reasons(self) -> list[str]:
        """Reasons of the refusals, the first refusal first."""
        return [entry["reason"] for entry in reversed(self.refusals.info())]

    def close(self) -> None:
        self.reception.close()
        self.parking.close()
        for caller in [*self.callers, *(call.socket for call in self.parked)]:
            caller.close()


async def eventually(holds: Callable[[], object], within: float = PATIENCE) -> None:
    """Wait until ``holds()`` is true; fails the test where it is not in time."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, "did not happen in time"
        await asyncio.sleep(0.005)


async def closed(caller: socket.socket, within: float = PATIENCE) -> None:
    """Wait until the other side has closed this caller's connection."""
    caller.setblocking(False)

    def is_closed() -> bool:
        try:
            return caller.recv(1) == b""
        except BlockingIOError:
            return False
        except ConnectionError:
            return True

    await eventually(is_closed, within)


def at_the_door(test: Callable[[FrontDoor], Coroutine[Any, Any, None]], **limits: float) -> None:
    """Run ``test`` with a front door of these limits, at 127.0.0.1 and any port."""

    async def run() -> None:
        door = FrontDoor(Limits(**limits))  # type: ignore[arg-type]
        try:
            await door.open()
            await test(door)
        finally:
            door.close()

    asyncio.run(run(), debug=False)
