# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any number of devices in one process, run by one event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterable
from types import TracebackType

from .clock import Clock
from .control import Control
from .device import Device
from .hostile import Hostile
from .spec import DeviceSpec


class Simulator:
    """Starts devices and stops them: `with Simulator(Clock(scale=60)) as sim: dev = sim.add_device(DeviceSpec(...))`.

    Leaving the block stops every device. It raises RuntimeError where a device failed on a request by a fault of the
    simulator's own, so that no test passes over one.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.devices: dict[str, Control] = {}
        self._running: list[Device] = []
        self._loop = asyncio.new_event_loop()
        self.hostile = Hostile(self._loop)
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulator", daemon=True)
        logging.getLogger("asyncssh").setLevel(logging.CRITICAL)

    def __enter__(self) -> Simulator:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        bugs = [event.details["trace"] for device in self._running for event in device.log.of("bug")]
        if bugs and kind is None:
            raise RuntimeError("the simulator failed on a request:\n" + "\n".join(bugs))

    def add_device(self, spec: DeviceSpec) -> Control:
        """Start a device. Raises `RpcErrors` where its configuration does not load, ValueError for a wrong release."""
        return self.add_devices([spec])[0]

    def add_devices(self, specs: Iterable[DeviceSpec]) -> list[Control]:
        """Start many devices; they begin to dial when all of them stand."""
        devices = [Device(spec, self.clock) for spec in specs]
        asyncio.run_coroutine_threadsafe(self._start(devices), self._loop).result()
        controls = [Control(device, self._loop) for device in devices]
        self.devices.update({control.name: control for control in controls})
        return controls

    def __getitem__(self, name: str) -> Control:
        return self.devices[name]

    def stop(self) -> None:
        """Stop every device and the loop's thread."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        if not self._loop.is_closed():
            self._loop.close()

    async def _start(self, devices: list[Device]) -> None:
        for device in devices:
            self._running.append(device)
            await device.start()

    async def _stop(self) -> None:
        self.hostile.stop()
        for device in self._running:
            await device.stop()
        for _unused in range(100):
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            if not others:
                return
            for task in others:
                task.cancel()
            await asyncio.wait(others, timeout=0.1)
