# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cuts are made: all of them where ``ALL_CUTS`` is in the environment, as ``make faults`` sets it, else the most telling."""

from __future__ import annotations

import itertools
import os
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.faults.device_faults import DEVICE_FAULTS

ALL = "ALL_CUTS" in os.environ
MARK = "telling"

Faulty = tuple[str, bool]
"""A fault, and whether a pending commit of that device outlives its session."""


def cut(*values: Any, name: str, telling: bool = False) -> Any:
    """The parameters of a test that makes a cut; conftest.py leaves those out that are not telling."""
    return pytest.param(*values, id=name, marks=[pytest.mark.telling] if telling else [])


def mixed(shift: int) -> list[Faulty]:
    """Each fault once; the pending commits of every other device outlive their sessions."""
    return [(fault, (number + shift) % 2 == 0) for number, fault in enumerate(DEVICE_FAULTS)]


def both_ways() -> list[Faulty]:
    """Each fault twice."""
    return list(itertools.product(DEVICE_FAULTS, [True, False]))
