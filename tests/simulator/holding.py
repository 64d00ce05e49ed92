# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request kept back, so that a fault can strike while it is under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

GoOn = Callable[[], None]


@dataclass(eq=False)
class Hold:
    """Keeps one request: the `nth` of that name whose text has `containing`. With `done` it is carried out, and only its
    answer is kept back."""

    request: str
    containing: str = ""
    nth: int = 1
    done: bool = False
    _go_on: GoOn | None = None

    def takes(self, request: str, text: str) -> bool:
        """Whether this is the request, which is asked once for each that comes."""
        if request != self.request or self.containing not in text:
            return False
        self.nth -= 1
        return self.nth == 0

    def keep(self, go_on: GoOn) -> None:
        """What is to be done once it is let go."""
        self._go_on = go_on

    def let_go(self) -> None:
        """Go on with what is kept; where nothing is, none will be."""
        go_on, self._go_on, self.nth = self._go_on, None, 0
        if go_on is not None:
            go_on()

    def cancel(self) -> None:
        """Its session has ended: there is nobody to answer."""
        self._go_on = None
