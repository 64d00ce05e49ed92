# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device's clock: how many of its seconds pass in one of ours."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass
class Clock:
    """Runs `scale` times as fast as the wall clock; at 60, a minute of the device takes one second.

    Everything the device counts in minutes or seconds (a confirmed commit, retry and timeout of outbound-ssh,
    keep-alives, the login grace time) runs on it. Dates the device shows start at the true time, `off_by` seconds added.
    """

    scale: float = 1.0
    off_by: float = 0.0
    """Seconds that the date is ahead (behind: negative); no timer depends on it."""
    _started: float = field(default_factory=time.time, repr=False)

    def real(self, seconds: float) -> float:
        """Wall-clock seconds that so many seconds of the device take."""
        return seconds / self.scale

    def now(self) -> float:
        """The device's time, in seconds since the epoch."""
        return self._started + (time.time() - self._started) * self.scale + self.off_by


def date_text(seconds: float) -> str:
    """A date as Junos writes it, from seconds since the epoch."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
