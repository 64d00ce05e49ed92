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

try:
    from passlib import hash as crypt_hashes
except ImportError:
    pass  # told by _libraries before any of this is used


_FORMATS = ("md5", "sha1", "sha256", "sha512")
_DISABLED = re.compile(r"[*!]+")
# 5000 rounds are what "$6$" means when no number of rounds is written, and Junos writes none.
_ROUNDS = 5000


def _scheme(name: str) -> Any:
    return getattr(crypt_hashes, f"{name}_crypt")


def hash_format(stored: str) -> str | None:
    """Junos' name of the hash (``md5``, ``sha1``, ``sha256``, ``sha512``); ``disabled`` for ``*``; None for others."""
    if _DISABLED.fullmatch(stored):
        return "disabled"
    return next((name for name in _FORMATS if _scheme(name).identify(stored)), None)


def matches(password: str, stored: str) -> bool | None:
    """Whether `stored` is a hash of `password`; None where that cannot be told (hidden, or a hash unknown here)."""
    if _DISABLED.fullmatch(stored):
        return False
    name = hash_format(stored)
    if name is None:
        return None
    try:
        return bool(_scheme(name).verify(password, stored))
    except ValueError:
        return None


def hashed(password: str, salt: str | None = None) -> str:
    """A SHA-512 crypt hash of `password`, its salt drawn anew unless 16 letters of ``[./A-Za-z0-9]`` are given."""
    return str(_scheme("sha512").using(rounds=_ROUNDS, salt=salt).hash(password))


def salt_for(*names: str) -> str:
    """A salt that stays the same for the same names (a device id, a user), for a file that must not change by itself.

    A salt need not be secret, only another one for each account; so it is taken from names, never from a password.
    """
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return base64.b64encode(digest, altchars=b"./").decode()[:16]
