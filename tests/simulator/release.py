# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Junos release numbers, as far as statements and RPCs come and go with them."""

from __future__ import annotations

import re
from typing import NamedTuple

_FORM = re.compile(r"(\d+)\.(\d+)(?:[RXIFBS-].*)?$")


class Release(NamedTuple):
    """Year and quarter of a release: 24.4R1-S2, 24.4R1-EVO and 24.4 are all (24, 4)."""

    year: int
    quarter: int

    @classmethod
    def parse(cls, text: str) -> Release:
        match = _FORM.match(text)
        if match is None:
            raise ValueError(f"{text!r} is no Junos release: expected a number such as 24.4R1")
        return cls(int(match[1]), int(match[2]))
