# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The known hosts files that requests name, parsed once for each change."""

from __future__ import annotations

import os
from collections import OrderedDict

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.files import read_file
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.known_hosts import KnownHosts

REMEMBERED = 64


class KnownHostsFiles:
    """A cache by path and what stat() says of it."""

    def __init__(self) -> None:
        self._parsed: OrderedDict[tuple[object, ...], KnownHosts] = OrderedDict()

    def read(self, path: str) -> KnownHosts:
        """The file as it is now; one that does not exist knows nobody. Raises :exc:`AgentError` (bad request)."""
        try:
            found = os.stat(path)
        except FileNotFoundError:
            return KnownHosts.parse("")
        except OSError as exc:
            raise _unreadable(path, exc.strerror) from None
        key = (path, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        if key not in self._parsed:
            self._parsed[key] = self._parse(path)
            while len(self._parsed) > REMEMBERED:
                self._parsed.popitem(last=False)
        return self._parsed[key]

    @staticmethod
    def _parse(path: str) -> KnownHosts:
        try:
            return KnownHosts.parse(read_file(path).decode("utf-8", "replace"))
        except OSError as exc:
            raise _unreadable(path, exc.strerror) from None


def _unreadable(path: str, reason: str | None) -> AgentError:
    return AgentError(
        Kind.BAD_REQUEST, f"call_home_known_hosts: {path} cannot be read ({reason}); revoked keys would go unseen"
    )
