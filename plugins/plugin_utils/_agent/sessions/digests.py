# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which credential a login is, told without keeping it: keyed digests, made anew when its files change."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections import OrderedDict
from pathlib import Path

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.requests import Login
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.login import (
    CERTIFICATE_SUFFIX,
    identity_of,
)

REMEMBERED = 4096


class Digests:
    """Digests under a key that only this process has ever had.

    To read an encrypted private key takes a tenth of a second of CPU, by design; a playbook's next task need not.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, bytes] = OrderedDict()

    def of(self, login: Login) -> bytes:
        """The digest of the identity that ``login`` shows; blocks for its files or its ssh-agent.

        Raises :exc:`AgentError` where it shows none, or more than one.
        """
        asked = self._question(login)
        known = None if asked is None else self._known.get(asked)
        if known is not None:
            return known
        with identity_of(login) as identity:
            digest = identity.digest(self._key)
        if asked is not None:
            self._known[asked] = digest
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return digest

    def keyed(self, text: str) -> bytes:
        """Digest of a text that may hold secrets."""
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)

    def _question(self, login: Login) -> bytes | None:
        """Digest of all that the answer depends on; None where an ssh-agent has to be asked each time."""
        if login.key_file is None:
            return None
        files = (login.key_file, f"{login.key_file}{CERTIFICATE_SUFFIX}")
        stamps = [_stamp(Path(path)) for path in files]
        if login.key_file.endswith(".pub") or not stamps[0]:
            return None
        return self.keyed(repr((login.user, login.authentications, files, stamps, login.passphrase)))


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
