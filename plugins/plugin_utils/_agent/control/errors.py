# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the agent says when it cannot do what it was asked."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """How the asking side should take an error: each is one way to show it."""

    UNREACHABLE = "unreachable"
    """The device did not come, cannot be trusted, or does not let us in."""
    IN_USE = "in_use"
    """Another playbook holds what was asked for."""
    BAD_REQUEST = "bad_request"
    """The request itself is wrong; nothing was touched."""
    OTHER_VERSION = "other_version"
    """This agent runs another ansible-core or collection, and is in use."""
    RETIRED = "retired"
    """This agent ran another ansible-core or collection, was idle, and has gone: start a new one."""


class AgentError(Exception):
    """An error for a person: what was seen, what was expected, what to do. Never holds a secret."""

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
