# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of ``ansible-playbook`` came to, host by host and task by task."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ENDED = ("ok", "failed", "unreachable", "skipped")


@dataclass(frozen=True)
class Result:
    """One task on one host, as it started or as it ended."""

    status: str
    """``started``, ``ok``, ``failed``, ``unreachable``, ``skipped``, ``retry``, ``item-ok`` or ``item-failed``."""
    task: str
    """Its name, without that of its role."""
    host: str
    time: float
    """Seconds since the epoch."""
    values: Mapping[str, Any] = field(repr=False)

    @property
    def message(self) -> str:
        return str(self.values.get("msg", ""))

    def __getitem__(self, key: str) -> Any:
        return self.values[key]


@dataclass(frozen=True)
class Run:
    """A run that has ended. What a test asks for and was not there raises AssertionError with all that was said."""

    status: int
    stdout: str
    stderr: str
    results: tuple[Result, ...]

    @property
    def output(self) -> str:
        """What a person saw on the terminal, standard output first."""
        return f"{self.stdout}\n{self.stderr}"

    def of(self, task: str, host: str | None = None, status: str | None = None) -> list[Result]:
        """The results of a task in the order they came: of one host or all, of one status or every final one."""
        wanted = (status,) if status else ENDED
        return [
            result
            for result in self.results
            if result.task == task and host in (None, result.host) and result.status in wanted
        ]

    def result(self, task: str, host: str | None = None) -> Result:
        """The one final result of a task on a host (may be left out where there is one host)."""
        found = self.of(task, host)
        assert len(found) == 1, f"{len(found)} results of {task!r} on {host or 'all hosts'}\n{self.output}"
        return found[0]

    def seconds(self, task: str, host: str | None = None) -> float:
        """How long a task took on a host."""
        return self.result(task, host).time - self.of(task, host, "started")[0].time

    def check(self) -> Run:
        """Raises AssertionError where the run failed; returns itself."""
        assert self.status == 0, f"ansible-playbook ended with {self.status}\n{self.output}"
        return self


def read_results(path: Path) -> tuple[Result, ...]:
    """The results that a run has recorded so far."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    complete = text[: text.rfind("\n") + 1]
    return tuple(Result(**json.loads(line)) for line in complete.splitlines())
