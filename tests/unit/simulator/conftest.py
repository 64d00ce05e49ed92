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

from simulator import Clock, Simulator  # noqa: E402
from simulator_harness import Keys, Listener  # noqa: E402


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
