# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A call: one TCP connection that a device opened, whose announcement was read."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.announcement import Announcement
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import (
    InvalidKey,
    blob_of_text,
    fingerprint_of,
)


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A connected socket whose next unread byte is the first of the peer's SSH version line.

    ``peer`` is (canonical address, port), ``source`` what the address counts as (IPv6: its /64), ``listen`` the
    canonical text of the listener it came in at, ``arrived`` when it was accepted (monotonic seconds), ``serial`` its
    number: of two calls, the one that announced itself later has the greater. Nothing of it is proved.
    """

    socket: socket.socket
    announcement: Announcement
    peer: tuple[str, int]
    source: str
    listen: str
    arrived: float
    serial: int

    @property
    def device_id(self) -> str | None:
        """The device id it announced; None where it announced nothing (plain RFC 8071)."""
        return self.announcement.device_id

    @property
    def address(self) -> str:
        """The peer's canonical address."""
        return self.peer[0]

    @property
    def pair(self) -> tuple[str, str | None]:
        """The (source, device id) that failures and proofs are counted for.

        A call that announced nothing is told apart by its address alone, so that stands for its source.
        """
        return (self.source, self.device_id) if self.device_id is not None else (self.address, None)

    @property
    def name(self) -> str:
        """What it is parked under: its device id, else its address."""
        return self.address if self.device_id is None else self.device_id

    @property
    def fingerprint(self) -> str | None:
        """SHA256 fingerprint of the announced host key; None where there is none or it is no key."""
        if self.announcement.host_key is None:
            return None
        try:
            return fingerprint_of(blob_of_text(self.announcement.host_key))
        except InvalidKey:
            return None

    def describe(self) -> str:
        """One line for people and logs, without control characters."""
        who = f"device id {self.device_id}" if self.device_id is not None else "a device that announced no id"
        address, port = self.peer
        age = f"{time.monotonic() - self.arrived:.0f} s ago"
        return f"{who} from {address} port {port}, {age}, {self._key()}"

    def info(self) -> dict[str, Any]:
        """The same as a plain dictionary; ``age`` in seconds."""
        address, port = self.peer
        return {
            "device_id": self.device_id,
            "address": address,
            "port": port,
            "listen": self.listen,
            "serial": self.serial,
            "age": round(time.monotonic() - self.arrived, 1),
            "host_key_fingerprint": self.fingerprint,
            "host_key_announced": self.announcement.host_key is not None,
            "hmac_announced": self.announcement.hmac is not None,
        }

    def _key(self) -> str:
        if self.announcement.host_key is None:
            return "no host key announced"
        return f"announced host key {self.fingerprint or 'that is no SSH key'}"
