# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""500 calls from good, slow and hostile senders at once: what each costs up to parking; no good one is lost."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import callers
from bench import READ, SECRET, Agent, Bench, BenchError
from figures import Figure

DEVICES = 10
"""Simulated devices among the callers, for a playbook to take."""
CALLS = callers.GOOD + callers.SLOW + callers.HOSTILE + DEVICES
ALL_JUDGED_SECONDS = callers.SPREAD_SECONDS + 11.0
"""By then the last silent caller has been sent away: announcements have 10 seconds."""
MOST_MILLISECONDS = 1.5


def measure(bench: Bench) -> list[Figure]:
    """Once with nobody waiting, as calls come to an agent all day, and once while ``wait_for_calls`` waits for all."""
    alone, found, taken = _storm(bench, waited_for=False)
    waited_for, found_too, taken_too = _storm(bench, waited_for=True)
    good = callers.GOOD + callers.SLOW
    return [
        Figure(f"CPU of each of {CALLS} calls, up to parking", ours=alone, unit="ms", at_most=MOST_MILLISECONDS),
        Figure("... while wait_for_calls waits for all", ours=waited_for, unit="ms", at_most=MOST_MILLISECONDS),
        Figure("good and slow callers found", ours=min(found, found_too), unit=f"of {good}", at_least=good),
        Figure("good devices taken by a playbook", ours=min(taken, taken_too), unit=f"of {DEVICES}", at_least=DEVICES),
    ]


def _storm(bench: Bench, *, waited_for: bool) -> tuple[float, int, int]:
    """Milliseconds a call, good callers found, devices taken."""
    names = [f"device-{number}" for number in range(1, DEVICES + 1)]
    with bench.agent() as agent, contextlib.ExitStack() as stack:
        began, before = time.monotonic(), agent.cpu
        waiting = threading.Thread(target=agent.wait_for, args=([*callers.good_ids(), *names], ALL_JUDGED_SECONDS))
        if waited_for:
            waiting.start()
        stack.enter_context(bench.devices(DEVICES))
        stack.enter_context(_callers(bench, names))
        time.sleep(began + ALL_JUDGED_SECONDS - time.monotonic())
        milliseconds = 1000 * (agent.cpu - before) / CALLS
        if waited_for:
            waiting.join()
        found = _found(agent)
        agent.wait_for(names)
        bench.ours(names, [READ])  # raises where it fails on one of them
        return milliseconds, found, DEVICES


def _found(agent: Agent) -> int:
    """How many of the good and slow callers are parked, under their ids and from where they called."""
    parked = {(call["device_id"], call["address"]) for call in agent.ask("info", {})["parking"]["calls"]}
    return sum((name, callers.source_of(name)) in parked for name in callers.good_ids())


@contextlib.contextmanager
def _callers(bench: Bench, devices: list[str]) -> Iterator[None]:
    """All of them, once the good ones have said what they have to say; they stay meanwhile."""
    address, _unused, port = bench.listen.rpartition(":")
    command = [sys.executable, str(Path(callers.__file__)), address, port, SECRET, *devices]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "sent":
            raise BenchError("the callers did not get through")
        yield
    finally:
        process.kill()
        process.communicate()
