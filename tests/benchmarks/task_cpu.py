# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPU time of each further task on a host, one that reads and one that changes: user and system, of all processes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from bench import READ, USER, Agent, Bench, BenchError, Devices, Task
from figures import Figure

HOSTS = 5
FEW, MANY = 1, 11
STOCK_FEW, STOCK_MANY = 1, 3
"""Tasks of the shorter and the longer run; stock's cost so much that fewer tell as much."""

_numbers = itertools.count()


@dataclass(frozen=True)
class Pair:
    """A task of ours and the stock connection's that does the same; each call makes one."""

    what: str
    ours: Callable[[], Task]
    stock: Callable[[], Task]
    changes: bool


def our_change() -> Task:
    """Another full name of the user, compared, locked, committed."""
    return {"callhome.junos.login_user": {"users": [{"name": USER, "full_name": f"Number {next(_numbers)}"}]}}


def stock_change() -> Task:
    """The same change of the candidate, locked and committed."""
    user = f"<user><name>{USER}</name><full-name>Number {next(_numbers)}</full-name></user>"
    content = f"<config><configuration><system><login>{user}</login></system></configuration></config>"
    return {"ansible.netcommon.netconf_config": {"target": "candidate", "content": content}}


PAIRS = (
    Pair("netconf_get task-host", lambda: READ, lambda: READ, changes=False),
    Pair("login_user task-host, beside netconf_config's, each a change", our_change, stock_change, changes=True),
)


def measure(bench: Bench) -> list[Figure]:
    """The difference between runs with few and with many tasks, so that start-up and sessions are left out."""
    with bench.devices(HOSTS) as devices, bench.agent() as agent:
        agent.wait_for(devices.names)
        return [_figure(pair, bench, agent, devices) for pair in PAIRS]


def _figure(pair: Pair, bench: Bench, agent: Agent, devices: Devices) -> Figure:
    ours, stock = [], []

    def run_ours(count: int) -> float:
        before = agent.cpu
        account = bench.ours(devices.names, [pair.ours() for _number in range(count)])
        _check(pair, account.changed, count)
        return account.cpu + agent.cpu - before

    def run_stock(count: int) -> float:
        account = bench.stock(devices, devices.names, [pair.stock() for _number in range(count)])
        _check(pair, account.changed, count)
        return account.cpu

    run_ours(1)  # sessions are made, caches of the collection are filled
    for _repetition in range(1 if bench.quick else 3):
        ours.append((run_ours(MANY) - run_ours(FEW)) / (MANY - FEW) / HOSTS)
        stock.append((run_stock(STOCK_MANY) - run_stock(STOCK_FEW)) / (STOCK_MANY - STOCK_FEW) / HOSTS)
    return Figure(
        f"CPU of each further {pair.what}",
        ours=median(ours),
        stock=median(stock),
        unit="s",
        share_at_most=1 / 8,
        samples={"ours": ours, "stock": stock},
    )


def _check(pair: Pair, changed: int, count: int) -> None:
    expected = count * HOSTS if pair.changes else 0
    if changed != expected:
        raise BenchError(f"{pair.what}: {changed} task-hosts changed something, and not {expected}")
