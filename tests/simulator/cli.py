# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process of its own."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .clock import Clock
from .config_file import BadConfig, read
from .console import Console
from .errors import RpcErrors
from .simulator import Simulator


def main(arguments: list[str] | None = None) -> int:
    """Start the devices of a file, say so in one line on standard output, and stop them on SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="simulator", description="Junos devices that call home.")
    parser.add_argument("--config", required=True, type=Path, help="YAML or JSON file that describes the devices")
    parser.add_argument("--console", type=Path, metavar="SOCKET", help="show and configure the devices there")
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        config = read(options.config)
        with Simulator(Clock(config.clock_scale)) as simulator:
            controls = simulator.add_devices(config.devices)
            ports = [
                f"{control.name}={control.direct_port}"
                for control, spec in zip(controls, config.devices, strict=True)
                if spec.listen is not None
            ]
            with served(options.console, simulator):
                print(f"ready: {len(controls)} devices", *ports, flush=True)
                stop.wait()
    except (BadConfig, RpcErrors, ValueError, OSError) as problem:
        print(f"simulator: {options.config}: {problem}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def served(path: Path | None, simulator: Simulator) -> Iterator[None]:
    """Serve the devices' consoles meanwhile, where a path is given."""
    if path is None:
        yield
        return
    with Console(path, simulator) as console:
        threading.Thread(target=console.serve_forever, name="console", daemon=True).start()
        yield
        console.shutdown()
    path.unlink()
