"""The collection is importable here as it is in the unit tests."""

from __future__ import annotations

import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / "unit" / "conftest.py"))
