# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the simulator importable, and give tests a simulator and a place for its calls."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

from ncclient import manager  # noqa: E402
from simulator import Clock, Control, DeviceSpec, Simulator  # noqa: E402
from simulator_harness import PASSWORD, USER, Connect, Keys, Listener, session  # noqa: E402


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(Clock(scale=60)) as simulator:
        yield simulator


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = socket.create_server(("127.0.0.1", 0), backlog=512)
    server.settimeout(10)
    with server:
        yield Listener(server)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def device(sim: Simulator) -> Control:
    return sim.add_device(DeviceSpec("r1", users={USER: PASSWORD, "other": PASSWORD}, listen="127.0.0.1"))


@pytest.fixture
def connect(device: Control) -> Iterator[Connect]:
    made: list[manager.Manager] = []

    def connect(**options: object) -> manager.Manager:
        made.append(session(host="127.0.0.1", port=device.direct_port, **options))
        return made[-1]

    yield connect
    for connection in made:
        connection._session.transport.close()
