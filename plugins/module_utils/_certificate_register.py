# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of the certificates that the CAs have issued. Standard library only: it runs on the CA host.

A serial is handed out once, before anything is signed, and stands for one certificate: key, principals, validity and all.
So a certificate that was lost can be signed again, the same one.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import json
import re
import time
import typing as t

from ansible_collections.callhome.junos.plugins.module_utils._shared_files import locked, replace_file

FIRST_SERIAL = 1
FILE_MODE = 0o600
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(?:\d+[smhdw]?)+")
_PRINCIPAL = re.compile(r"[^\s,]+")


@dataclasses.dataclass(frozen=True)
class Wanted:
    """A certificate to have; made by :meth:`checked`. ``valid_for`` and ``backdated`` are seconds."""

    type: str
    identity: str
    public_key: str
    principals: list[str]
    options: list[str]
    authority: str
    """The CA's fingerprint, ``SHA256:...``."""
    valid_for: int
    backdated: int
    renew_below: float
    """The share of its life, 0 to 1, that a certificate must have left."""

    @classmethod
    def checked(cls, given: dict[str, t.Any]) -> Wanted:
        """From a module's arguments, keys and durations as text. Raises ValueError naming what does not fit."""
        return cls(
            type=given["type"],
            identity=given["identity"],
            public_key=_named("public_key", plain_key, given["public_key"]),
            principals=_named("principals", _principals, given["principals"]),
            options=sorted(set(given["options"])),
            authority=fingerprint(_named("authority", plain_key, given["authority"])),
            valid_for=_named("valid_for", seconds, given["valid_for"]),
            backdated=_named("backdated", seconds, given["backdated"]),
            renew_below=_named("renew_below", _share, given["renew_below"]),
        )


@dataclasses.dataclass(frozen=True)
class Entry:
    """A certificate that was issued. Times are seconds since the epoch; ``valid_to`` itself is no longer valid."""

    serial: int
    type: str
    identity: str
    public_key: str
    principals: list[str]
    options: list[str]
    authority: str
    issued: int
    valid_from: int
    valid_to: int
    revoked: bool = False

    def serves(self, wanted: Wanted, now: float) -> bool:
        """Whether nothing else than this certificate needs to be signed."""
        life, left = self.valid_to - self.issued, self.valid_to - now
        return (
            not self.revoked
            and all(getattr(self, field) == getattr(wanted, field) for field in _SAME)
            and life == wanted.valid_for
            and self.valid_from <= now
            and left > wanted.renew_below * life
        )


_SAME = ("public_key", "principals", "options", "authority")


def read_register(path: str) -> list[Entry]:
    """What was issued, oldest first; nothing where there is no file. Raises ValueError for a damaged one, and OSError."""
    try:
        with open(path, encoding="utf-8") as file:
            return [Entry(**json.loads(line)) for line in file]
    except FileNotFoundError:
        return []
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{path} is no list of certificates ({error}): put a copy of it back, as serials must not be given twice"
        ) from error


def issue(path: str, wanted: Wanted, *, dry: bool) -> tuple[Entry, bool]:
    """The entry that serves, and whether it is a new one. ``dry`` writes nothing.

    Raises ValueError where the key was revoked, or the list is damaged; OSError.
    """
    if dry:
        return _find_or_make(read_register(path), wanted)
    with locked(path):
        entries = read_register(path)
        entry, is_new = _find_or_make(entries, wanted)
        if is_new:
            _write(path, [*entries, entry])
        return entry, is_new


def revoke(path: str, kind: str, identity: str, public_key: str | None, *, dry: bool) -> tuple[list[Entry], bool]:
    """Mark what an identity was issued (of one key only, where that is given); its revoked entries, and if that changed any.

    ``dry`` writes nothing. Raises ValueError, OSError.
    """
    if dry:
        return _revoked(read_register(path), kind, identity, public_key)[1:]
    with locked(path):
        entries, revoked, changed = _revoked(read_register(path), kind, identity, public_key)
        if changed:
            _write(path, entries)
        return revoked, changed


def as_line(entry: Entry) -> str:
    """One line of the file."""
    return json.dumps(dataclasses.asdict(entry)) + "\n"


def timestamp(epoch: int) -> str:
    """As community.crypto.openssh_cert takes it, in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(epoch))


def plain_key(text: str) -> str:
    """``type base64`` without the comment; raises ValueError for what is no public key, without showing it."""
    fields = text.split()
    try:
        blob = base64.b64decode(fields[1], validate=True)
    except (IndexError, binascii.Error, ValueError):
        blob = b""
    if len(blob) < 4 or blob[4 : 4 + int.from_bytes(blob[:4], "big")] != fields[0].encode():
        raise ValueError("no SSH public key; expected `type base64` as in a .pub file")
    return " ".join(fields[:2])


def fingerprint(key: str) -> str:
    """``SHA256:...`` of a plain key, as ``ssh-keygen -l`` prints it."""
    digest = hashlib.sha256(base64.b64decode(key.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("=")


def seconds(text: str) -> int:
    """A duration as OpenSSH writes it (sshd_config(5), TIME FORMATS), such as ``52w6d``; raises ValueError."""
    if not _DURATION.fullmatch(text):
        raise ValueError(f"{text!r} is no duration; expected numbers with s, m, h, d or w, such as 30d or 52w6d")
    return sum(int(count) * _SECONDS[unit or "s"] for count, unit in re.findall(r"(\d+)([smhdw]?)", text))


def _find_or_make(entries: list[Entry], wanted: Wanted) -> tuple[Entry, bool]:
    now = int(time.time())
    of_key = [entry.serial for entry in entries if entry.revoked and entry.public_key == wanted.public_key]
    if of_key:
        raise ValueError(
            f"the key {fingerprint(wanted.public_key)} of {wanted.type} {wanted.identity} is revoked (serial {of_key[-1]}): "
            "make a new key"
        )
    newest = next((entry for entry in reversed(entries) if _is_of(entry, wanted.type, wanted.identity)), None)
    if newest is not None and newest.serves(wanted, now):
        return newest, False
    made = Entry(
        serial=max((entry.serial for entry in entries), default=FIRST_SERIAL - 1) + 1,
        type=wanted.type,
        identity=wanted.identity,
        issued=now,
        valid_from=now - wanted.backdated,
        valid_to=now + wanted.valid_for,
        **{field: getattr(wanted, field) for field in _SAME},
    )
    return made, True


def _revoked(
    entries: list[Entry], kind: str, identity: str, public_key: str | None
) -> tuple[list[Entry], list[Entry], bool]:
    """All entries as they are to be, those revoked of the identity, and whether any was not yet."""
    meant = [
        entry.serial for entry in entries if _is_of(entry, kind, identity) and public_key in (None, entry.public_key)
    ]
    marked = [dataclasses.replace(entry, revoked=True) if entry.serial in meant else entry for entry in entries]
    return marked, [entry for entry in marked if entry.serial in meant], marked != entries


def _is_of(entry: Entry, kind: str, identity: str) -> bool:
    return (entry.type, entry.identity) == (kind, identity)


def _write(path: str, entries: list[Entry]) -> None:
    replace_file(path, "".join(map(as_line, entries)), FILE_MODE)


def _named(option: str, check: t.Callable[[t.Any], t.Any], value: t.Any) -> t.Any:
    try:
        return check(value)
    except ValueError as error:
        raise ValueError(f"{option}: {error}") from error


def _principals(names: list[str]) -> list[str]:
    """Junos lets in nobody by a certificate without principals, and OpenSSH takes it for every name: none is refused."""
    odd = [name for name in names if not _PRINCIPAL.fullmatch(name)]
    if odd or not names:
        raise ValueError(f"{odd or 'none'}; expected names without commas and white space, at least one")
    return sorted(set(names))


def _share(share: float) -> float:
    if not 0 <= share <= 1:
        raise ValueError(f"{share} is no share; expected 0 to 1")
    return share
