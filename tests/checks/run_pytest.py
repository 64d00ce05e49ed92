"""Run pytest; record what it skips, list that before its closing line, and fail where a path holds no test.

Usage: ``run_pytest.py PATH...``
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
RECORD = CHECKOUT / ".cache" / "skipped.txt"


class SkipRecorder:
    """A pytest plugin: nothing is skipped silently."""

    def __init__(self, paths: list[str]) -> None:
        self.paths = [Path(path).resolve() for path in paths]
        self.reasons: dict[str, None] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Refuse a run in which one of the paths brings no test at all."""
        for path in self.paths:
            if not any(item.path.is_relative_to(path) for item in items):
                raise pytest.UsageError(f"{path} holds no test")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module that skips itself."""
        self._note(report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that skips itself; an expected failure is none."""
        if not hasattr(report, "wasxfail"):
            self._note(report)

    def _note(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2].removeprefix("Skipped: ")
            self.reasons.setdefault(f"{report.nodeid.partition('::')[0]}: {reason}")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Record the reasons, and show them with those of the checks that ran before."""
        for reason in self.reasons:
            subprocess.run([Path(__file__).with_name("skipped"), reason], check=True, capture_output=True)
        skipped = RECORD.read_text(encoding="utf-8") if RECORD.exists() else ""
        if skipped:
            terminalreporter.section("not checked on this machine")
            terminalreporter.write(skipped)


if __name__ == "__main__":
    sys.exit(pytest.main(sys.argv[1:], plugins=[SkipRecorder(sys.argv[1:])]))
