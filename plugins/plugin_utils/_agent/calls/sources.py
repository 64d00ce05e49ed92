# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources: the addresses that calls come from, as far as one owner can make them up."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Set
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from typing import Generic, TypeVar

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.addresses import parse_address

Item = TypeVar("Item", bound=Hashable)


@lru_cache(maxsize=4096)
def source_of(address: str) -> str:
    """The source an IP address belongs to: itself for IPv4, its /64 for IPv6, where one host has 2**64 addresses."""
    parsed = parse_address(address)
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    network: IPv4Network | IPv6Network = ip_network((int(parsed), 64), strict=False)
    return str(network)


class BySource(Generic[Item]):
    """Items by source, oldest first, and which source holds most; every operation is O(1)."""

    def __init__(self) -> None:
        self._held: dict[str, OrderedDict[Item, None]] = {}
        self._ranks: dict[int, OrderedDict[str, None]] = {}  # number held -> the sources that hold so many
        self._most = 0
        self._total = 0

    def __len__(self) -> int:
        return self._total

    def count(self, source: str) -> int:
        """Items that ``source`` holds."""
        return len(self._held.get(source, ()))

    @property
    def sources(self) -> Set[str]:
        """The sources that hold anything."""
        return self._held.keys()

    def add(self, source: str, item: Item) -> None:
        """Put ``item`` behind all others of its source."""
        held = self._held.setdefault(source, OrderedDict())
        held[item] = None
        self._rank(source, len(held) - 1, len(held))

    def remove(self, source: str, item: Item) -> None:
        """Take ``item`` away; KeyError where it is not there."""
        held = self._held[source]
        del held[item]
        if not held:
            del self._held[source]
        self._rank(source, len(held) + 1, len(held))

    def oldest(self, source: str | None = None) -> Item | None:
        """The oldest item of ``source``, or of the source that holds most; None where there is none."""
        if source is None and self._most:
            source = next(iter(self._ranks[self._most]))
        held = self._held.get(source) if source is not None else None
        return next(iter(held)) if held else None

    def _rank(self, source: str, before: int, now: int) -> None:
        if before:
            del self._ranks[before][source]
            if not self._ranks[before]:
                del self._ranks[before]
        if now:
            self._ranks.setdefault(now, OrderedDict())[source] = None
        if now > self._most or self._most not in self._ranks:
            self._most = now  # numbers change by one, and so does the highest
        self._total += now - before
