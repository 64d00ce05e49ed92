"""Run pytest on all cores; record what it skips, list that before its closing line, and fail where a path holds no test.

Usage: ``run_pytest.py PATH...``

The tests of a file run in turn and in one process, as they share its site. Paths are begun in the order given, so that the
one with the longest files comes first.
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
        self.empty = {Path(path).resolve() for path in paths}
        self.reasons: dict[str, None] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module that skips itself."""
        self._note(report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that skips itself (an expected failure is none), and where there is a test at all."""
        file = CHECKOUT / report.nodeid.partition("::")[0]
        self.empty = {path for path in self.empty if not file.is_relative_to(path)}
        if not hasattr(report, "wasxfail"):
            self._note(report)

    def _note(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2].removeprefix("Skipped: ")
            self.reasons.setdefault(f"{report.nodeid.partition('::')[0]}: {reason}")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run in which one of the paths brought no test at all."""
        if self.empty:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Record the reasons, and show them with those of the checks that ran before."""
        for reason in self.reasons:
            subprocess.run([Path(__file__).with_name("skipped"), reason], check=True, capture_output=True)
        skipped = RECORD.read_text(encoding="utf-8") if RECORD.exists() else ""
        if skipped:
            terminalreporter.section("not checked on this machine")
            terminalreporter.write(skipped)
        for path in sorted(self.empty):
            terminalreporter.write_line(f"{path.relative_to(CHECKOUT)} holds no test", red=True)


if __name__ == "__main__":
    parallel = ["--numprocesses=auto", "--dist=loadfile", "--no-loadscope-reorder"]
    sys.exit(pytest.main([*parallel, *sys.argv[1:]], plugins=[SkipRecorder(sys.argv[1:])]))
