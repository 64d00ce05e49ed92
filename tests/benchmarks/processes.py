# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Linux knows about a process: its CPU time, its memory, its descendants."""

from __future__ import annotations

import time
from pathlib import Path

CPUCLOCK_SCHED = 2
"""The kind of per-process clock that counts time on a CPU, in nanoseconds (see clock_getcpuclockid(3))."""


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads of a process so far, those that have ended included."""
    return time.clock_gettime((~pid << 3) | CPUCLOCK_SCHED)


def pss(pid: int) -> int:
    """Proportional set size in bytes: what the process has alone, and its share of what it has together with others."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it has just ended
    sizes = dict(line.split(":", 1) for line in lines[1:])
    return int(sizes["Pss"].split()[0]) * 1024 if "Pss" in sizes else 0


def command_line(pid: int) -> str:
    """Its arguments, with blanks between them; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace").replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def descendants(pid: int) -> list[int]:
    """Process ids of all children, their children, and so on."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        # the name in parentheses may hold anything, so count from behind it
        parent = int(text.rpartition(")")[2].split()[1])
        children.setdefault(parent, []).append(int(status.parent.name))
    found: list[int] = []
    pending = [pid]
    while pending:
        pending += (below := children.get(pending.pop(), []))
        found += below
    return found
