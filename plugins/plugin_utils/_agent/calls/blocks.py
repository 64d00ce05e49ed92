# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which callers failed of late: a pause for them, and the order in which the others are tried.

A pair is (source, device id), never a whole source: one NAT address may hold a whole site. A call that announced
nothing has its address and None instead (``Call.pair``).
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits


class _Failures:
    """The last failures of one pair, and until when it is blocked (in seconds of the clock)."""

    __slots__ = ("blocked_until", "times")

    def __init__(self, remembered: int) -> None:
        self.times: deque[float] = deque(maxlen=remembered)
        self.blocked_until = 0.0

    def since(self, start: float) -> int:
        return sum(at > start for at in self.times)


class Blocks:
    """Failures and proofs of pairs, the least recent forgotten first; ``clock`` is monotonic, in seconds."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str | None], _Failures] = OrderedDict()
        self._proved: OrderedDict[tuple[str, str | None], None] = OrderedDict()

    def failed(self, source: str, device_id: str | None) -> None:
        """Count a failure: a host key not trusted, a wrong HMAC, a broken handshake."""
        pair = (source, device_id)
        now = self._clock()
        failures = self._failures.setdefault(pair, _Failures(self._limits.failures_before_block))
        self._failures.move_to_end(pair)
        failures.times.append(now)
        if failures.since(now - self._limits.failure_seconds) >= self._limits.failures_before_block:
            failures.blocked_until = now + self._limits.block_seconds
        self._forget(self._failures)

    def proved(self, source: str, device_id: str | None) -> None:
        """Clear the failures of a pair whose host key was trusted; it is never blocked while this is remembered."""
        pair = (source, device_id)
        self._failures.pop(pair, None)
        self._proved[pair] = None
        self._proved.move_to_end(pair)
        self._forget(self._proved)

    def has_proved(self, source: str, device_id: str | None) -> bool:
        """Whether a device proved itself as this pair."""
        return (source, device_id) in self._proved

    def blocked(self, source: str, device_id: str | None) -> bool:
        """Whether calls of this pair are to be refused now."""
        pair = (source, device_id)
        failures = self._failures.get(pair)
        return failures is not None and failures.blocked_until > self._clock() and pair not in self._proved

    def attempts(self, source: str, device_id: str | None) -> int:
        """How often this pair failed of late: the fewer, the sooner its calls are tried."""
        failures = self._failures.get((source, device_id))
        return failures.since(self._clock() - self._limits.failure_seconds) if failures else 0

    def info(self) -> list[dict[str, Any]]:
        """The pairs that are blocked now, with the seconds that are left."""
        now = self._clock()
        return [
            {"source": source, "device_id": device_id, "seconds_left": round(failures.blocked_until - now, 1)}
            for (source, device_id), failures in self._failures.items()
            if self.blocked(source, device_id)
        ]

    def _forget(self, remembered: OrderedDict[tuple[str, str | None], Any]) -> None:
        while len(remembered) > self._limits.remembered_pairs:
            remembered.popitem(last=False)
