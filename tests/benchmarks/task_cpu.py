# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPU time of each further ``netconf_get`` on a host: user and system, of all processes."""

from __future__ import annotations

from statistics import median

from bench import Bench
from figures import Figure

HOSTS = 5
FEW, MANY = 1, 11
STOCK_FEW, STOCK_MANY = 1, 3
"""Tasks of the shorter and the longer run; stock's cost so much that fewer tell as much."""


def measure(bench: Bench) -> list[Figure]:
    """The difference between runs with few and with many tasks, so that start-up and sessions are left out."""
    repetitions = 1 if bench.quick else 3
    ours, stock = [], []
    with bench.devices(HOSTS) as devices, bench.agent() as agent:
        agent.wait_for(devices.names)

        def run_ours(tasks: int) -> float:
            before = agent.cpu
            return bench.ours(devices.names, tasks).cpu + agent.cpu - before

        def run_stock(tasks: int) -> float:
            return bench.stock(devices, devices.names, tasks).cpu

        run_ours(1)  # sessions are made, caches of the collection are filled
        for _repetition in range(repetitions):
            ours.append((run_ours(MANY) - run_ours(FEW)) / (MANY - FEW) / HOSTS)
            stock.append((run_stock(STOCK_MANY) - run_stock(STOCK_FEW)) / (STOCK_MANY - STOCK_FEW) / HOSTS)
    return [
        Figure(
            "CPU of each further netconf_get task-host",
            ours=median(ours),
            stock=median(stock),
            unit="s",
            share_at_most=1 / 8,
            samples={"ours": ours, "stock": stock},
        )
    ]
