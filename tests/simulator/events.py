# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened on a device, for tests to ask about."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

KEPT = 4096


@dataclass(frozen=True)
class Event:
    """One thing that happened: `kind` names it, `details` holds what belongs to it. `time` is the wall clock's.

    Kinds: dial, dial-failed, announced, call-up, call-down, accepted, login-begun, login, login-failed, session,
    session-end, rpc, rpc-error, commit, commit-check, rollback, lock, unlock, discard, file-put, file-delete,
    power-cut, silence, boot, switch-over, registered, bad-framing, bug (a fault of the simulator's own).
    """

    kind: str
    details: dict[str, Any]
    time: float = field(default_factory=time.time)


class EventLog:
    """The last events of a device, and how many there were of each kind ever. Appending is thread-safe."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=KEPT)
        self.counts: Counter[str] = Counter()

    def add(self, kind: str, **details: Any) -> None:
        self.counts[kind] += 1
        self._events.append(Event(kind, details))

    def __iter__(self) -> Iterator[Event]:
        return iter(list(self._events))

    def __len__(self) -> int:
        return len(self._events)

    def of(self, kind: str, **details: Any) -> list[Event]:
        """The events of one kind, those only that hold the given details."""
        return [
            event
            for event in self
            if event.kind == kind and all(event.details.get(key) == value for key, value in details.items())
        ]

    def clear(self) -> None:
        self._events.clear()
        self.counts.clear()
