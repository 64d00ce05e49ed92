# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of the files that statements name, as the device takes them at commit (manual: /var/etc/ssh_*)."""

from __future__ import annotations

from .filesystem import FileSystem
from .tree import Node

_STATEMENTS = frozenset({"host-certificate-file", "trusted-user-ca-key-file", "authorized-principals-file"})


class InstalledFiles:
    """What stood in a file when a statement that names it was committed. A file that changes under the same name is
    not read again: no commit notices it."""

    def __init__(self, files: FileSystem) -> None:
        self._files = files
        self._copies: dict[str, str] = {}

    def update(self, effective: Node) -> None:
        """Take copies of files that are newly named, and drop those that no statement names any more."""
        named = set(_named(effective))
        kept = {path: text for path, text in self._copies.items() if path in named}
        fresh = {
            path: self._files.read(path).decode(errors="replace")
            for path in named - kept.keys()
            if self._files.exists(path)
        }
        self._copies = {**kept, **fresh}

    def text(self, path: str | None) -> str | None:
        return None if path is None else self._copies.get(path)


def _named(node: Node) -> list[str]:
    own = [node.value] if node.name in _STATEMENTS and node.value else []
    return own + [path for child in node for path in _named(child)]
