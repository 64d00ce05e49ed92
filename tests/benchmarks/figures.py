# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures, the bounds they are held to, and how both are shown."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One number of ours, beside the stock connection's where there is one, and the bound for it where there is one."""

    what: str
    ours: float
    unit: str
    stock: float | None = None
    at_most: float | None = None
    """Bound for ours, in the same unit."""
    at_least: float | None = None
    """Bound for ours, in the same unit."""
    share_at_most: float | None = None
    """Bound for ours divided by stock's."""
    samples: dict[str, list[float]] = field(default_factory=dict)
    """What the medians were taken of."""

    @property
    def share(self) -> float | None:
        """Ours divided by stock's."""
        return self.ours / self.stock if self.stock else None

    @property
    def met(self) -> bool | None:
        """Whether it keeps its bound; None where it has none."""
        kept = []
        if self.at_most is not None:
            kept.append(self.ours <= self.at_most)
        if self.at_least is not None:
            kept.append(self.ours >= self.at_least)
        if self.share_at_most is not None:
            kept.append(self.share is not None and self.share <= self.share_at_most)
        return all(kept) if kept else None

    def as_dict(self) -> dict[str, Any]:
        """For the JSON file."""
        return {**asdict(self), "share": self.share, "met": self.met}


def table(figures: Iterable[Figure]) -> str:
    """The figures, one a line, for a terminal."""
    rows = [("", "ours", "stock", "ours : stock", "bound", "")]
    for figure in figures:
        stock = _number(figure.stock, figure.unit) if figure.stock is not None else ""
        rows.append((figure.what, _number(figure.ours, figure.unit), stock, _share(figure.share), _bound(figure),
                     {None: "", True: "pass", False: "FAIL"}[figure.met]))  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return "\n".join("  ".join(map(_pad, row, widths, range(6))).rstrip() for row in rows)


def _pad(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if column in (1, 2, 3, 4) else cell.ljust(width)


def _bound(figure: Figure) -> str:
    if figure.share_at_most is not None:
        return f"<= {_share(figure.share_at_most)}"
    if figure.at_most is not None:
        return f"<= {_number(figure.at_most, figure.unit)}"
    if figure.at_least is not None:
        return f">= {_number(figure.at_least, figure.unit)}"
    return ""


def _share(share: float | None) -> str:
    if share is None:
        return ""
    return f"1 : {1 / share:.1f}" if 0 < share < 1 else f"{share:.2f}"


def _number(value: float, unit: str) -> str:
    """Three significant digits, whole numbers whole."""
    if value == int(value):
        return f"{int(value)} {unit}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f} {unit}"
