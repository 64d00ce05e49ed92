# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key exchanges that a search has under way: bounded, and shared fairly among sources."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.call import Call
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.transport import CallTransport

AT_ONCE = 32
"""Key exchanges that one search has under way at most."""
IN_ALL = 512
"""Key exchanges of all searches, each a thread, as far as every search can be left a few."""
AT_LEAST = 4
GIVE_WAY_SECONDS = 3.0
"""A key exchange that takes longer gives its place to a source that has had none, where all places are taken."""


@dataclass(eq=False)
class Trial:
    """A call on which the key exchange is under way."""

    call: Call
    transport: CallTransport
    task: asyncio.Task[None]
    started: float = field(default_factory=time.monotonic)


class Trials:
    """Of one search. Used from the event loop's thread alone."""

    def __init__(self, searches: Callable[[], int], changed: asyncio.Event) -> None:
        """``searches()`` is how many there are now; ``changed`` is set whenever a key exchange ends."""
        self._searches = searches
        self._changed = changed
        self._trials: list[Trial] = []

    def __len__(self) -> int:
        return len(self._trials)

    @property
    def calls(self) -> list[Call]:
        """Those on which the key exchange is under way."""
        return [trial.call for trial in self._trials]

    @property
    def full(self) -> bool:
        """Whether a newcomer has to wait for a place."""
        return len(self._trials) >= self._places

    @property
    def _places(self) -> int:
        return max(AT_LEAST, min(AT_ONCE, IN_ALL // max(1, self._searches())))

    def start(self, call: Call, transport: CallTransport) -> None:
        """Exchange keys on ``call``."""
        trial = Trial(call, transport, asyncio.ensure_future(transport.exchange_keys()))
        trial.task.add_done_callback(lambda _task: self._changed.set())
        self._trials.append(trial)

    def has_place(self, call: Call) -> bool:
        """Whether ``call`` may start. Each source has one place before any has two."""
        if any(trial.call.source == call.source for trial in self._trials):
            return len(self._trials) < self._places // 4
        return not self.full

    def in_the_way(self, call: Call) -> Trial | None:
        """The stalled key exchange that had to give its place to ``call``, the first one of its source."""
        if not self.full or any(trial.call.source == call.source for trial in self._trials):
            return None
        slowest = min(self._trials, key=lambda trial: trial.started)
        if slowest.task.done() or time.monotonic() - slowest.started < GIVE_WAY_SECONDS:
            return None
        self._give_up(slowest)
        return slowest

    def take_finished(self) -> Trial | None:
        """The next one whose key exchange has ended, well or not; it is the caller's then."""
        for trial in self._trials:
            if trial.task.done():
                self._trials.remove(trial)
                return trial
        return None

    def close(self) -> None:
        """Give up all that is under way."""
        for trial in list(self._trials):
            self._give_up(trial)

    def _give_up(self, trial: Trial) -> None:
        self._trials.remove(trial)
        trial.task.cancel()
        trial.transport.drop()  # also where it was finished, or had not begun
        if trial.task.done() and not trial.task.cancelled():
            trial.task.exception()  # is of no more interest
