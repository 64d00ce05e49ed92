# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a known_hosts file (sshd(8)), changed: what others wrote stays, and stays where it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.known_hosts import KnownHost, read_line
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import InvalidKey, blob_of_text, shown

_NAME = re.compile(r"[^\s,|@#][^\s,]*")


@dataclass(frozen=True)
class Statement:
    """That a key is known, as ``marker`` says, under each of ``names``; made by :meth:`checked`.

    ``names`` and ``key_text`` are None for any, where lines are to go.
    """

    marker: str
    names: tuple[str, ...] | None
    key_text: str | None

    @classmethod
    def checked(cls, marker: str | None, names: list[str] | None, key: str | None) -> Statement:
        """Raises ValueError for what would be no line, naming the option."""
        odd = [name for name in names or () if not _NAME.fullmatch(name)]
        if odd or names == []:
            raise ValueError(
                f"names: {shown(odd[0]) if odd else 'none'}; expected device ids or patterns without commas and spaces"
            )
        try:
            key_text = None if key is None else _one_line(key)
        except InvalidKey as error:
            raise ValueError(f"key: {error}") from error
        return cls(f"@{marker}" if marker else "", None if names is None else tuple(dict.fromkeys(names)), key_text)

    def is_about(self, line: KnownHost) -> bool:
        """Whether the line says this of some name."""
        return line.marker == self.marker and (self.key_text is None or _same_key(line.key_text, self.key_text))


class Lines:
    """A file's text, line by line."""

    def __init__(self, text: str) -> None:
        self._lines = text.removesuffix("\n").split("\n") if text else []

    def with_statement(self, statement: Statement) -> str:
        """The text with a line for those names that no line has yet."""
        there = {name for line in self._read() if line and statement.is_about(line) for name in line.names.split(",")}
        missing = [name for name in statement.names or () if name not in there]
        if not missing:
            return _text(self._lines)
        return _text([*self._lines, _line(statement.marker, missing, statement.key_text or "")])

    def without(self, statement: Statement) -> str:
        """The text without the names in lines that say so, and without the lines that are left with none."""
        rest = (self._rest(raw, line, statement) for raw, line in zip(self._lines, self._read(), strict=True))
        return _text([raw for raw in rest if raw is not None])

    def _read(self) -> Iterator[KnownHost | None]:
        return (_readable(number, line) for number, line in enumerate(self._lines, start=1))

    @staticmethod
    def _rest(raw: str, line: KnownHost | None, statement: Statement) -> str | None:
        """The line as it stays; None where it goes."""
        if line is None or line.names.startswith("|") or not statement.is_about(line):
            return raw
        names = line.names.split(",")
        kept = [] if statement.names is None else [name for name in names if name not in statement.names]
        if kept == names:
            return raw
        return _line(line.marker, kept, line.key_text) if any(not name.startswith("!") for name in kept) else None


def _readable(number: int, raw: str) -> KnownHost | None:
    """None where the line is nothing that could be changed here."""
    try:
        return read_line(number, raw)
    except ValueError:
        return None


def _line(marker: str, names: list[str], key_text: str) -> str:
    return " ".join(filter(None, (marker, ",".join(names), key_text)))


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _one_line(key: str) -> str:
    blob_of_text(key)
    return " ".join(key.split())


def _same_key(one: str, other: str) -> bool:
    return one.split()[:2] == other.split()[:2]
