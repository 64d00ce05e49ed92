# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks that hold something in the agent: noticed at once when their process is gone, however it went."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind


class Owners:
    """Process ids under watch. A pidfd stands for one process, so a number that is used again is another owner."""

    def __init__(self, gone: Callable[[int], object]) -> None:
        """``gone(pid)`` is called by the event loop once the process has ended."""
        self._gone = gone
        self._watched: dict[int, int] = {}

    def __iter__(self) -> object:
        return iter(sorted(self._watched))

    def watch(self, pid: int) -> None:
        """Watch ``pid`` until it ends; raises :exc:`AgentError` where it has ended already."""
        if pid in self._watched:
            return
        try:
            descriptor = os.pidfd_open(pid)
        except (OSError, OverflowError, ValueError) as exc:
            raise AgentError(Kind.BAD_REQUEST, f"there is no playbook process {pid}: {exc}") from None
        self._watched[pid] = descriptor
        asyncio.get_running_loop().add_reader(descriptor, self._ended, pid)

    def close(self) -> None:
        """Stop watching."""
        for pid in list(self._watched):
            self._forget(pid)

    def _ended(self, pid: int) -> None:
        self._forget(pid)
        self._gone(pid)

    def _forget(self, pid: int) -> None:
        descriptor = self._watched.pop(pid)
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)
