# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command and account for every process that it starts: ``accounted.py [--still] RECORD COMMAND...``

A child that forks twice, as Ansible's connection helpers do, escapes the accounting of its parent. So this process
makes itself the reaper of all its descendants (PR_SET_CHILD_SUBREAPER), ends those that the command left behind, and
waits for each of them: the kernel then adds their time to RUSAGE_CHILDREN. Its own time is not part of that.

With ``--still`` all of them are stopped while their memory is read, so that the peak is of one moment; else what they share
may be counted more than once. Ansible's connection helpers do not bear it: now and then one resets its connection.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from processes import descendants, pss

PR_SET_CHILD_SUBREAPER = 36
SAMPLE_SECONDS = 0.25
"""Between two looks at memory, and no less than the look took, as that slows the processes down."""


def main(record: str, command: list[str], *, still: bool) -> int:
    """Write CPU seconds (user and system), elapsed seconds and the peak of memory as JSON; returns the command's exit status."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "PR_SET_CHILD_SUBREAPER")
    started = time.monotonic()
    process = subprocess.Popen(command)
    peak = _peak_until_end(process, still=still)
    elapsed = time.monotonic() - started
    _reap()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    account = {"cpu": usage.ru_utime + usage.ru_stime, "elapsed": elapsed, "peak": peak}
    Path(record).write_text(json.dumps(account), encoding="utf-8")
    return process.returncode


def _peak_until_end(process: subprocess.Popen[bytes], *, still: bool) -> int:
    """The most bytes (PSS) that all descendants had together, looked at until the command has ended."""
    peak = 0
    while True:
        looked = time.monotonic()
        _reap_orphans(process.pid)
        memory = sum(map(pss, descendants(os.getpid())))
        if still and memory > peak:
            with _held_still() as processes:
                memory = sum(map(pss, processes))
        peak = max(peak, memory)
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(SAMPLE_SECONDS, time.monotonic() - looked))
            return peak


def _reap_orphans(command: int) -> None:
    """Wait for those that have ended, but for the command itself, whose status is still wanted."""
    for pid in set(descendants(os.getpid())) - {command}:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


@contextmanager
def _held_still() -> Iterator[set[int]]:
    """All descendants, stopped, so that none forks or ends while the others are looked at."""
    held: set[int] = set()
    try:
        while moving := set(descendants(os.getpid())) - held:
            _signal(moving, signal.SIGSTOP)
            held |= moving
        yield held
    finally:
        _signal(held, signal.SIGCONT)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _reap() -> None:
    """End what is left, as often as somebody new turns up among the descendants, and wait for all of them."""
    while left := descendants(os.getpid()):
        _signal(left, signal.SIGKILL)
        with suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)


if __name__ == "__main__":
    held_still = sys.argv[1] == "--still"
    path, *words = sys.argv[1 + held_still :]
    sys.exit(main(path, words, still=held_still))
