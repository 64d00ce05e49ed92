# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook is cut short, and run again: what is held of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.callhome.junos.tests.faults import nms_files
from ansible_collections.callhome.junos.tests.faults.device_faults import DEVICE_FAULTS
from ansible_collections.callhome.junos.tests.faults.reach import CERTIFICATE
from ansible_collections.callhome.junos.tests.faults.stage import NOT_REACHED, Possessions, Stage
from ansible_collections.callhome.junos.tests.faults.table import PROPERTY, Row
from ansible_collections.callhome.junos.tests.integration.harness.results import Run

Record = Callable[[str, object], None]
"""pytest's record_property."""
DONE = ("enrolled", "kept")
TOLD = (*DONE, "failed", "absent")
COMMITS = {True: "outlives session", False: "bound to session"}


@dataclass(frozen=True)
class Cut:
    """``faults`` has the fault of each device that is there, ``strike`` carries out the first run, ``again`` are the
    variables of the second."""

    playbook: str
    step: str
    faults: Mapping[str, str]
    strike: Callable[[], Run | None]
    again: Mapping[str, Any] = field(default_factory=dict)

    def carry_out(self, stage: Stage, record: Record) -> None:
        """Cut, and look; run again, and look. Raises AssertionError with all that is wrong."""
        possessions = Possessions.of(stage.fleet)
        first = self.strike()
        afterwards = stage.afterwards(self.faults)
        problems = possessions.problems(stage.fleet)
        second = stage.run(self.playbook, self.faults, **self.again)
        in_the_end = stage.afterwards(self.faults)
        for name, fault in self.faults.items():
            state = stage.state(second, name)
            commit = COMMITS[stage.outlives[name]]
            told = stage.state(first, name)
            row = Row(self.playbook, self.step, fault, commit, told, afterwards[name], state)
            record(PROPERTY, row.cells)
            if fault in DEVICE_FAULTS and told not in TOLD:
                problems.append(f"{name}: {row.cells}, and the first run does not say what became of it")
            if NOT_REACHED in afterwards[name] or state not in DONE or in_the_end[name] != f"settled, {CERTIFICATE}":
                problems.append(f"{name}: {row.cells}, and in the end {in_the_end[name]}")
        problems += possessions.problems(stage.fleet)
        problems += nms_files.unfinished(stage.fleet) + nms_files.missing_certificates(stage.fleet)
        assert not problems, "\n".join([*problems, first.output if first else "killed", second.output])
