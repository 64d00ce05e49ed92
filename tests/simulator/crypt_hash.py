# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Password hashes as `encrypted-password` holds them: $6$, $5$, $1$."""

from __future__ import annotations

import functools
from typing import Any

from passlib.hash import md5_crypt, sha256_crypt, sha512_crypt

_SCHEMES: dict[str, Any] = {"$6$": sha512_crypt, "$5$": sha256_crypt, "$1$": md5_crypt}
_ROUNDS = 1000


@functools.lru_cache(maxsize=1024)
def make(password: str) -> str:
    """A SHA-512 crypt hash. The same password has one hash within a process, so that many devices cost one hashing."""
    return str(sha512_crypt.using(rounds=_ROUNDS).hash(password))


@functools.lru_cache(maxsize=4096)
def verify(password: str, stored: str) -> bool:
    """Whether the password has that hash; false for what is no hash of a known kind, as `*` for no login."""
    scheme = _SCHEMES.get(stored[:3])
    if scheme is None:
        return False
    try:
        return bool(scheme.verify(password, stored))
    except ValueError:
        return False
