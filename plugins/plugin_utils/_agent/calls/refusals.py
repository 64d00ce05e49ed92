# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of calls that were refused, for people who ask why a device did not come."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.sources import BySource

Key = tuple[str, "str | None", str]


class Caller(Protocol):
    """Whom a refusal is about."""

    @property
    def source(self) -> str:
        """Its source."""

    @property
    def address(self) -> str:
        """Its canonical address."""

    @property
    def device_id(self) -> str | None:
        """What it announced, as far as it got."""


@dataclass(slots=True)
class Refusal:
    """Refusals of one (source, device id) for one reason; ``first`` and ``last`` are seconds since the epoch."""

    source: str
    address: str
    device_id: str | None
    reason: str
    count: int
    first: float
    last: float


class Refusals:
    """A bounded log: what is alike is counted in one entry, and who fills it loses entries of its own first."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._entries: dict[Key, Refusal] = {}
        self._by_source: BySource[Key] = BySource()
        self.total = 0

    def add(self, caller: Caller, reason: str) -> None:
        """Count a refusal. ``reason`` is one of few fixed sentences: nothing in it comes from the caller."""
        now = time.time()
        key = (caller.source, caller.device_id, reason)
        self.total += 1
        entry = self._entries.get(key)
        if entry is None:
            self._entries[key] = Refusal(
                caller.source, caller.address, caller.device_id, reason, count=1, first=now, last=now
            )
        else:
            self._by_source.remove(caller.source, key)
            entry.address, entry.count, entry.last = caller.address, entry.count + 1, now
        self._by_source.add(caller.source, key)
        self._shrink(caller.source)

    def info(self) -> list[dict[str, Any]]:
        """All entries as plain dictionaries, the latest first."""
        return sorted(map(asdict, self._entries.values()), key=lambda entry: float(entry["last"]), reverse=True)

    def _shrink(self, source: str) -> None:
        if self._by_source.count(source) > self._limits.refusals_per_source:
            self._drop(self._by_source.oldest(source))
        if len(self._by_source) > self._limits.refusals:
            self._drop(self._by_source.oldest())

    def _drop(self, key: Key | None) -> None:
        if key is not None:
            self._by_source.remove(key[0], key)
            del self._entries[key]
