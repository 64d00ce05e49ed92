# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What processes let others see of them, and their descent."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

PAUSE = 0.02


class Processes:
    """Command lines and environments of all processes that ran meanwhile, looked at fifty times a second."""

    def __init__(self) -> None:
        self.commands: set[bytes] = set()
        self.environments: set[bytes] = set()
        self._known: set[tuple[str, bytes]] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Processes:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(PAUSE):
            for process in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):
                    self._look_at(process)

    def _look_at(self, process: Path) -> None:
        command = (process / "cmdline").read_bytes()
        if (process.name, command) in self._known:
            return
        self._known.add((process.name, command))
        self.commands.add(command)
        self.environments.add((process / "environ").read_bytes())


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and that these have, whatever sessions and groups they are in."""
    parents = {int(process.name): _parent(process) for process in Path("/proc").glob("[0-9]*")}
    found = [pid]
    for ancestor in found:
        found += [child for child, parent in parents.items() if parent == ancestor]
    return found[1:]


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
