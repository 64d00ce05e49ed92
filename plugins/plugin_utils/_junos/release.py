# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Junos releases, in the order in which they came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import ReleaseError

_RELEASE = re.compile(
    r"(?P<year>\d+)\.(?P<part>\d+)"
    r"(?:(?P<kind>[A-Z])(?P<number>\d+))?"
    r"(?:-[SD](?P<service>\d+))?"
    r"(?:\.(?P<respin>\d+))?"
    r"(?:[-._][-.\w]*)?"
)
# Builds of a developer come before betas, betas before what customers get; X is a branch of its own for one platform.
_KINDS = {"I": 0, "B": 1, "X": 2, "R": 3}

# What show system services outbound-ssh asks for.
STATUS_RPC_NEEDS = {"get-outbound-ssh-service-information": "23.4R1"}


@dataclass(frozen=True, order=True)
class Release:
    """A release such as ``23.4R2-S1.3`` or ``24.4R1-EVO``; Junos OS and Junos OS Evolved count alike."""

    order: tuple[int, ...]
    text: str = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> Release:
        """Read ``junos-version`` as get-software-information gives it; ValueError where it is no release."""
        match = _RELEASE.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is no Junos release such as 23.4R2-S1.3 or 24.4R1-EVO")
        kind = _KINDS.get(match["kind"] or "I", 0)
        numbers = (int(match[name] or 0) for name in ("number", "service", "respin"))
        return cls((int(match["year"]), int(match["part"]), kind, *numbers), text.strip())

    def __str__(self) -> str:
        return self.text


def check_release(needs: Mapping[str, str], found: Release) -> None:
    """Raise ReleaseError where `found` is older than what a statement (or RPC) needs.

    needs: statement -> its first release, as ``Change.needs`` holds them.
    """
    missing = {statement: first for statement, first in needs.items() if found < Release.parse(first)}
    if missing:
        raise ReleaseError(found.text, missing)
