# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords against the crypt(3) hashes that Junos stores in ``encrypted-password``.

The hashing is libpass': the maintained continuation of passlib, under its import name, in pure Python. The standard
library lost `crypt` with Python 3.13, and wrappers of libcrypt know only what the system's own library knows.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from passlib.hash import md5_crypt, sha1_crypt, sha256_crypt, sha512_crypt

_SCHEMES: dict[str, Any] = {"$1$": md5_crypt, "$sha1$": sha1_crypt, "$5$": sha256_crypt, "$6$": sha512_crypt}
_NAMES = {"$1$": "md5", "$sha1$": "sha1", "$5$": "sha256", "$6$": "sha512"}
_DISABLED = re.compile(r"[*!]+")
# 5000 rounds are what "$6$" means when no number of rounds is written, and Junos writes none.
_ROUNDS = 5000


def hash_format(stored: str) -> str | None:
    """Junos' name of the hash (``md5``, ``sha1``, ``sha256``, ``sha512``); ``disabled`` for ``*``; None for others."""
    if _DISABLED.fullmatch(stored):
        return "disabled"
    return next((_NAMES[mark] for mark, scheme in _SCHEMES.items() if scheme.identify(stored)), None)


def matches(password: str, stored: str) -> bool | None:
    """Whether `stored` is a hash of `password`; None where that cannot be told (hidden, or a hash unknown here)."""
    if _DISABLED.fullmatch(stored):
        return False
    scheme = next((scheme for scheme in _SCHEMES.values() if scheme.identify(stored)), None)
    if scheme is None:
        return None
    try:
        return bool(scheme.verify(password, stored))
    except ValueError:
        return None


def hashed(password: str, salt: str | None = None) -> str:
    """A SHA-512 crypt hash of `password`, its salt drawn anew unless 16 letters of ``[./A-Za-z0-9]`` are given."""
    return str(_SCHEMES["$6$"].using(rounds=_ROUNDS, salt=salt).hash(password))


def salt_for(*names: str) -> str:
    """A salt that stays the same for the same names (a device id, a user), for a file that must not change by itself.

    A salt need not be secret, only another one for each account; so it is taken from names, never from a password.
    """
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return base64.b64encode(digest, altchars=b"./").decode()[:16]
