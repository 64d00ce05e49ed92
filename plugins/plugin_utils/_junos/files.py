# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the device, read and written inside the NETCONF session."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.rpc import JunosError, Rpc

try:
    from lxml.builder import E
except ImportError:
    pass  # told by _libraries before any of this is used

_DIGITS = 16


@dataclass(frozen=True)
class DeviceFile:
    """A file as it has to be. Its name holds a digest of the content, so that a change of it changes a statement."""

    path: str
    content: bytes
    mode: str = "644"

    @classmethod
    def of_lines(cls, directory: str, name: str, ending: str, lines: list[str]) -> DeviceFile:
        """Text lines as ``directory/name-DIGEST.ending``."""
        content = "".join(f"{line}\n" for line in lines).encode()
        digest = hashlib.sha256(content).hexdigest()[:_DIGITS]
        return cls(f"{directory.rstrip('/')}/{name}-{digest}{ending}", content)

    def missing_on(self, rpc: Rpc, routing_engines: tuple[str, ...]) -> Iterator[str]:
        """The paths, one for each routing engine, at which there is no such file, or another one.

        routing_engines: their names; empty where there is one only.
        """
        for path in [f"{engine}:{self.path}" for engine in routing_engines] or [self.path]:
            if _digest(rpc, path) != hashlib.sha256(self.content).hexdigest():
                yield path

    def put(self, rpc: Rpc, path: str) -> None:
        """Write it to `path`; raises JunosError."""
        rpc(
            E(
                "file-put",
                E.filename(path),
                E.permission(self.mode),
                E.encoding("base64"),
                E("delete-if-exist"),
                E("file-contents", base64.b64encode(self.content).decode()),
            )
        )


def _digest(rpc: Rpc, path: str) -> str | None:
    """The SHA-256 digest in hexadecimal digits; None where there is no such file."""
    try:
        return rpc(E("get-checksum-information", E.path(path), E.method("sha-256"))).findtext(".//checksum")
    except JunosError:
        return None
