# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One NETCONF session: who it is, what it may do, what it has open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .configuration import Editor
from .permissions import Permissions
from .tree import Node

if TYPE_CHECKING:
    from .device import Device


@dataclass(frozen=True)
class Protocol:
    """How a session speaks, as `[edit system services netconf]` was when it began."""

    base_1_1: bool = False
    rfc_compliant: bool = False
    yang_compliant: bool = False
    flat_commit_results: bool = False

    @classmethod
    def of(cls, effective: Node) -> Protocol:
        netconf = effective.at("system services netconf")
        names = {child.name for child in netconf} if netconf is not None else set()
        return cls(
            "version-1.1" in names,
            "rfc-compliant" in names,
            "yang-compliant" in names,
            "flatten-commit-results" in names,
        )


@dataclass(eq=False)
class Session:
    """What requests know of the session they came in on. `private` is its own candidate, with what it began as."""

    device: Device
    session_id: int
    user: str
    permissions: Permissions
    protocol: Protocol
    since: float
    private: Node | None = None
    private_base: Node | None = None
    close_requested: bool = False

    @property
    def editor(self) -> Editor:
        return Editor(self.session_id, self.user, self.since)

    @property
    def secrets(self) -> bool:
        """Whether it may read what is secret."""
        return self.permissions.allow("secret")

    @property
    def candidate(self) -> Node:
        return self.device.database.candidate if self.private is None else self.private
