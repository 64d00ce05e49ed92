# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A known_hosts file in OpenSSH's format (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): who may vouch for which name."""

from __future__ import annotations

import base64
import binascii
import functools
import hmac
import re
from collections import defaultdict
from dataclasses import dataclass

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.certificates import read_identity
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import (
    InvalidKey,
    PublicKey,
    UnsupportedKey,
    blob_of_text,
    shown,
)

CERT_AUTHORITY = "@cert-authority"
REVOKED = "@revoked"
_PLAIN = ""
_MARKERS = (CERT_AUTHORITY, REVOKED)
_HASH_MAGIC = "|1|"
_NAMES_MEMORISED = 256


class UnreadableRevocation(ValueError):
    """A ``@revoked`` line is about the name, but which key it revokes cannot be read."""


@dataclass(frozen=True)
class KnownHost:
    """One line. Its key is read when it is asked for, since most lines are about other devices."""

    number: int
    marker: str
    names: str
    key_text: str

    @functools.cached_property
    def key(self) -> PublicKey:
        """Raises InvalidKey. A certificate is revoked by the key in it; it is neither a CA nor a pinned key."""
        if self.marker == REVOKED:
            return read_identity(blob_of_text(self.key_text))[0]
        return PublicKey.from_text(self.key_text)

    def matches(self, name: bytes) -> bool:
        """Whether the line is about ``name``, folded: OpenSSH folds both the name it asks for and what is written."""
        if self.names.startswith("|"):
            return _hash_matches(self.names, name)
        return _list_matches(self.names, name)


class KnownHosts:
    """The lines of a file, looked up by name. Made by :meth:`parse`; never changes."""

    def __init__(self, lines: list[KnownHost], notes: list[str]) -> None:
        self._notes = tuple(notes)
        self._exact: dict[bytes, list[KnownHost]] = defaultdict(list)
        self._others: list[KnownHost] = []
        for line in lines:
            self._file(line)
        self._matching = functools.lru_cache(maxsize=_NAMES_MEMORISED)(self._find)

    @classmethod
    def parse(cls, text: str) -> KnownHosts:
        """Never raises: a line that cannot be read stands in :meth:`notes`, as OpenSSH passes over it."""
        lines: list[KnownHost] = []
        notes: list[str] = []
        for number, raw in enumerate(text.split("\n"), start=1):
            try:
                line = read_line(number, raw)
            except ValueError as error:
                notes.append(f"line {number}: {error}")
                continue
            if line is not None:
                lines.append(line)
        return cls(lines, notes)

    def authorities(self, name: str) -> tuple[PublicKey, ...]:
        """The host CAs (``@cert-authority``) that may vouch for ``name``."""
        return self._keys_of(CERT_AUTHORITY, name)

    def keys(self, name: str) -> tuple[PublicKey, ...]:
        """The plain keys that ``name`` is known by."""
        return self._keys_of(_PLAIN, name)

    def revoked(self, name: str) -> tuple[PublicKey, ...]:
        """The keys, of hosts and of CAs, that are ``@revoked`` for ``name``; raises UnreadableRevocation."""
        revoked = []
        for line in self._matching(name):
            if line.marker != REVOKED:
                continue
            try:
                revoked.append(line.key)
            except UnsupportedKey:
                continue  # of a type that is never accepted anyway
            except InvalidKey as error:
                raise UnreadableRevocation(f"line {line.number}: {error}") from error
        return tuple(revoked)

    def notes(self, name: str) -> tuple[str, ...]:
        """What could not be used: lines about ``name`` with an unusable key, and lines with an unknown marker."""
        faults = []
        for line in self._matching(name):
            try:
                line.key  # noqa: B018 - read for its errors
            except InvalidKey as error:
                faults.append(f"line {line.number}: {error}")
        return self._notes + tuple(faults)

    def _file(self, line: KnownHost) -> None:
        if re.search(r"[*?!|]", line.names):
            self._others.append(line)
            return
        for name in set(line.names.split(",")):
            self._exact[_folded(name)].append(line)

    def _find(self, name: str) -> tuple[KnownHost, ...]:
        folded = _folded(name)
        exact = self._exact.get(folded, [])
        others = [line for line in self._others if line.matches(folded)]
        return tuple(sorted([*exact, *others], key=lambda line: line.number))

    def _keys_of(self, marker: str, name: str) -> tuple[PublicKey, ...]:
        keys = []
        for line in self._matching(name):
            if line.marker != marker:
                continue
            try:
                keys.append(line.key)
            except InvalidKey:
                continue  # told by notes()
        return tuple(keys)


def read_line(number: int, raw: str) -> KnownHost | None:
    """One line; None for a comment or an empty one. Raises ValueError where it is none of those."""
    line = raw.strip(" \t\r")
    if not line or line.startswith("#"):
        return None
    marker, rest = _split_marker(line)
    if marker is None:
        raise ValueError(f"{shown(line)} is not {' or '.join(_MARKERS)}, names and a key")
    names, _unused, key_text = rest.replace("\t", " ").partition(" ")
    return KnownHost(number, marker, names, key_text)


def _split_marker(line: str) -> tuple[str | None, str]:
    """The marker (None: an unknown one) and what follows it."""
    if not line.startswith("@"):
        return _PLAIN, line
    fields = line.split(maxsplit=1)
    if fields[0] not in _MARKERS or len(fields) < 2 or fields[1].startswith("@"):
        return None, line
    return fields[0], fields[1]


def _folded(name: str) -> bytes:
    """Lower case as OpenSSH has it: ASCII letters only, which is what bytes.lower() does."""
    return name.encode("utf-8", "surrogatepass").lower()


def _hash_matches(hashed: str, name: bytes) -> bool:
    """HashKnownHosts: ``|1|salt|HMAC-SHA1(salt, name)``."""
    salt, _unused, digest = hashed.removeprefix(_HASH_MAGIC).partition("|")
    if not hashed.startswith(_HASH_MAGIC):
        return False
    try:
        expected = base64.b64decode(digest, validate=True)
        return hmac.compare_digest(hmac.digest(base64.b64decode(salt, validate=True), name, "sha1"), expected)
    except (binascii.Error, ValueError):
        return False


def _list_matches(patterns: str, name: bytes) -> bool:
    """OpenSSH's pattern list: a name that a ``!pattern`` matches is out, whatever else matches it."""
    wanted = False
    for pattern in patterns.split(","):
        matched = _pattern_matches(_folded(pattern.removeprefix("!")), name)
        if matched and pattern.startswith("!"):
            return False
        wanted = wanted or matched
    return wanted


def _pattern_matches(pattern: bytes, name: bytes) -> bool:
    """``*`` and ``?`` as in ssh_config(5), PATTERNS, byte by byte; on a mismatch only the last ``*`` takes one more."""
    at = position = resume = 0
    star = -1
    while position < len(name):
        wanted = pattern[at : at + 1]
        if wanted == b"*":
            star, resume, at = at, position, at + 1
        elif wanted in (b"?", name[position : position + 1]):
            at, position = at + 1, position + 1
        elif star >= 0:
            resume += 1
            at, position = star + 1, resume
        else:
            return False
    return not pattern[at:].strip(b"*")
