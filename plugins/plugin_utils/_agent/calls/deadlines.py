# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One timer for many items that all have the same patience."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class Deadlines(Generic[Item]):
    """Items in the order they came; each is handed to ``due`` once it has been there for ``seconds``.

    ``due`` has to remove the item. Since all have the same patience, the first that came is the first that is due.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, due: Callable[[Item], None]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._due = due
        self._at: OrderedDict[Item, float] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._at)

    def __contains__(self, item: Item) -> bool:
        return item in self._at

    def __iter__(self) -> Iterator[Item]:
        """The items, oldest first."""
        return iter(self._at)

    def __reversed__(self) -> Iterator[Item]:
        return reversed(self._at)

    def add(self, item: Item) -> None:
        """Start the time of ``item``."""
        self._at[item] = self._loop.time() + self._seconds
        self._set_timer()

    def remove(self, item: Item) -> None:
        """Forget ``item``; KeyError where it is not there."""
        # The timer stays as it is: it will find nothing due and set itself anew.
        del self._at[item]

    def close(self) -> None:
        """Stop the timer."""
        if self._timer:
            self._timer.cancel()
        self._timer = None

    def _set_timer(self) -> None:
        if self._timer is None and self._at:
            self._timer = self._loop.call_at(next(iter(self._at.values())), self._ring)

    def _ring(self) -> None:
        self._timer = None
        try:
            while self._at and next(iter(self._at.values())) <= self._loop.time():
                self._due(next(iter(self._at)))
        finally:
            self._set_timer()
