# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an agent with open sessions holds and does while nobody wants anything: memory and CPU time."""

from __future__ import annotations

import time

from bench import Agent, Bench
from figures import Figure

SESSIONS = 50
STOCK_HOSTS = 10
MEGABYTE = 1e6
MOST_MEGABYTES = 80 + 0.7 * SESSIONS
MOST_OF_A_CORE = 0.5
"""Percent."""


def measure(bench: Bench) -> list[Figure]:
    """Sessions on which a task has run: with a playbook's channels, which it does not use just now, then without."""
    seconds = 20.0 if not bench.quick else 10.0
    with bench.devices(SESSIONS) as devices:
        with bench.agent() as agent:
            agent.wait_for(devices.names)
            parked = agent.memory / MEGABYTE
            for name in devices.names:
                agent.read(agent.open_session(name))
            memory = agent.memory / MEGABYTE
            attached = _percent_of_a_core(agent, seconds)
            for name in devices.names:
                agent.close_channel(name)
            unattached = _percent_of_a_core(agent, seconds)
        stock = [size / MEGABYTE for size in bench.memory_of_stock(devices, devices.names[:STOCK_HOSTS])]
    return [
        Figure(f"memory (PSS) with {SESSIONS} calls parked", ours=parked, unit="MB"),
        Figure(f"memory (PSS) with {SESSIONS} sessions open", ours=memory, unit="MB", at_most=MOST_MEGABYTES),
        Figure(
            f"memory (PSS) with {STOCK_HOSTS} hosts, ours from the two above",
            ours=parked + (memory - parked) / SESSIONS * STOCK_HOSTS,
            stock=sum(stock),
            unit="MB",
            samples={"stock": stock},
        ),
        Figure(f"idle CPU, {SESSIONS} sessions", ours=unattached, unit="% of a core", at_most=MOST_OF_A_CORE),
        Figure(f"idle CPU, {SESSIONS} sessions, playbook attached", ours=attached, unit="% of a core",
               at_most=MOST_OF_A_CORE),
    ]  # fmt: skip


def _percent_of_a_core(agent: Agent, seconds: float) -> float:
    time.sleep(1.0)  # what was just closed or opened comes to rest
    began, before = time.monotonic(), agent.cpu
    time.sleep(seconds)
    return 100 * (agent.cpu - before) / (time.monotonic() - began)
