# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One row for each cut. It travels with a test's report, as the test may have run in another process than the printing."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

PROPERTY = "cut"


@dataclass(frozen=True)
class Row:
    """What was cut, and what became of it."""

    playbook: str
    step: str
    fault: str
    commit: str
    """Whether a pending commit of the device outlives its session, or is bound to it."""
    first_run: str
    afterwards: str
    """By which way the device was reached, and whether a commit waited."""
    second_run: str

    @property
    def cells(self) -> list[str]:
        return list(astuple(self))


HEADINGS = [field.name.replace("_", " ") for field in fields(Row)]


def lines(rows: list[list[str]]) -> list[str]:
    """The table as text."""
    table = [HEADINGS, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
