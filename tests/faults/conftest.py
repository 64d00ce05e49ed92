# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of every cut, as a table at the end."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

runpy.run_path(str(Path(__file__).resolve().parents[1] / "unit" / "conftest.py"))

HEADINGS = ("cut", "step", "commit outlives session", "afterwards", "second run")
ROWS: list[tuple[str, ...]] = [HEADINGS]


@pytest.fixture
def table() -> list[tuple[str, ...]]:
    """One row for each cut; a test adds its own."""
    return ROWS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the table."""
    widths = [max(map(len, column)) for column in zip(*ROWS, strict=True)]
    terminalreporter.section("cuts")
    for row in ROWS:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        terminalreporter.write_line(line.rstrip())
