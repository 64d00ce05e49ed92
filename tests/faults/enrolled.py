# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that have their certificates already, for playbooks that change these."""

from __future__ import annotations

from ansible_collections.callhome.junos.tests.faults.choice import ALL, mixed
from ansible_collections.callhome.junos.tests.faults.stage import Stage
from ansible_collections.callhome.junos.tests.integration.harness.site import Site

DEVICES = {f"r{number}": faulty for number, faulty in enumerate(mixed(0))}
TWO = ("r0", "r1")
"""Whose pending commits differ in whether they outlive their sessions."""


def enrolled(site: Site) -> Stage:
    """The devices are enrolled: all of them, or the two alone where only the telling cuts are made."""
    stage = Stage(site)
    names = list(DEVICES) if ALL else TWO
    stage.unpack({name: DEVICES[name][1] for name in names})
    stage.run("zero_touch", names).check()
    return stage
