# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each test module has a site of its own: simulated devices, a controller's home folder, and an agent."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

runpy.run_path(str(Path(__file__).resolve().parents[1] / "unit" / "conftest.py"))

from ansible_collections.callhome.junos.tests.integration.harness.site import Site  # noqa: E402


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Devices and a controller that the tests of one module share."""
    with Site() as shared:
        yield shared


@pytest.fixture
def own_site() -> Iterator[Site]:
    """Devices and a controller for a test that would disturb others."""
    with Site() as own:
        yield own
