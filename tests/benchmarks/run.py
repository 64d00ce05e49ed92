#!/usr/bin/env python
# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure CPU time and memory, beside the stock connection's where it has the like; README.md says how."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import budget
import calls
import scale
import sessions
import task_cpu
from bench import CHECKOUT, Bench, BenchError
from figures import Figure, table

MEASUREMENTS: dict[str, Callable[[Bench], list[Figure]]] = {
    "task": task_cpu.measure,
    "budget": budget.measure,
    "sessions": sessions.measure,
    "calls": calls.measure,
    "scale": scale.measure,
}
RECORD = CHECKOUT / ".cache" / "bench.json"
PACKAGES = ("ansible-core", "ncclient", "paramiko", "cryptography")


def main() -> int:
    """Run the measurements; the exit status is 1 where a bound is missed, 2 where something did not run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "measurement", nargs="*", metavar="MEASUREMENT", help=f"all where none is named: {', '.join(MEASUREMENTS)}"
    )
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, shorter times")
    parser.add_argument("--report-only", action="store_true", help="exit with 0 where a bound is missed")
    parser.add_argument("--json", type=Path, default=RECORD, metavar="FILE", help="where to write the figures")
    options = parser.parse_args()
    names = options.measurement or list(MEASUREMENTS)
    if unknown := set(names) - set(MEASUREMENTS):
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}")
    try:
        figures = _measure(names, quick=options.quick)
    except BenchError as exc:
        print(f"bench: {exc}", file=sys.stderr)
        return 2
    print(table(figures))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(_record(figures, options.quick), indent=2) + "\n", encoding="utf-8")
    missed = [figure.what for figure in figures if figure.met is False]
    return 1 if missed and not options.report_only else 0


def _measure(names: list[str], *, quick: bool) -> list[Figure]:
    figures: list[Figure] = []
    with Bench(quick=quick) as bench:
        for name in names:
            began = time.monotonic()
            figures += MEASUREMENTS[name](bench)
            print(f"measured {name} in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return figures


def _record(figures: list[Figure], quick: bool) -> dict[str, object]:
    return {
        "quick": quick,
        "measured": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "cores": os.cpu_count(),
        "figures": [figure.as_dict() for figure in figures],
    }


if __name__ == "__main__":
    sys.exit(main())
