# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of Junos' own notation, which set commands and the text form share."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
      (?P<comment> \#[^\n]* | /\*.*?\*/ )
    | (?P<quoted> "(?:[^"\\]|\\.)*" )
    | (?P<mark> [{};\[\]] )
    | (?P<word> [^\s{};\[\]"]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r"[A-Za-z0-9_./:@+*<>$%^&!?=,~-]+")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Word(str):
    """A word of the text; `quoted` tells `"{"` from `{`."""

    quoted = False

    @classmethod
    def of(cls, text: str, quoted: bool) -> Word:
        word = cls(text)
        word.quoted = quoted
        return word


def words(text: str) -> Iterator[Word]:
    """Words and marks (`{ } ; [ ]`) of a text, quotes taken off, comments left out."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "quoted":
            yield Word.of(_ESCAPED.sub(lambda escaped: {"n": "\n"}.get(escaped[1], escaped[1]), match[0][1:-1]), True)
        elif match.lastgroup != "comment":
            yield Word.of(match[0], False)


def quote(word: str) -> str:
    """A word as Junos shows it: in quotes where it would not stand alone."""
    if _PLAIN.fullmatch(word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
