# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of every cut, as a table at the end."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
runpy.run_path(str(HERE.parent / "unit" / "conftest.py"))

from ansible_collections.callhome.junos.tests.faults.choice import ALL, MARK  # noqa: E402
from ansible_collections.callhome.junos.tests.faults.table import PROPERTY, lines  # noqa: E402
from ansible_collections.callhome.junos.tests.integration.harness.site import Site  # noqa: E402


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Devices and a controller that the tests of one module share."""
    with Site() as shared:
        yield shared


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark of the cuts that are always made."""
    config.addinivalue_line("markers", f"{MARK}: a cut that is made even where ALL_CUTS is not in the environment")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the other cuts out."""
    if ALL:
        return
    others = [item for item in items if item.path.parent == HERE and not item.get_closest_marker(MARK)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the table."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    rows = [
        cells
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, cells in report.user_properties
        if name == PROPERTY
    ]
    if rows:
        terminalreporter.section(f"{len(rows)} cuts")
        for line in lines(sorted(rows)):
            terminalreporter.write_line(line)
