# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration written as set commands, one a line (load-configuration with action="set")."""

from __future__ import annotations

from collections.abc import Callable

from .edit import Edit, Operation, Reading
from .lexer import Word, words
from .release import Release
from .schema import root as schema_root
from .statement_words import StatementReader, UnknownWord


def read(text: str, release: Release) -> Reading:
    """The edits of the commands, in their order, and an error for each command that is not understood."""
    reading = Reading([])
    for line in text.splitlines():
        command = list(words(line))
        if not command:
            continue
        try:
            reading.edits.append(_read_command(command, release))
        except UnknownWord as unknown:
            reading.errors.append(unknown.error)
    return reading


def _read_command(command: list[Word], release: Release) -> Edit:
    verb, *path = command
    reader = _VERBS.get(verb)
    if reader is None:
        raise UnknownWord(verb, (), "unknown command")
    return reader(path, release)


def _chain(path: list[Word], release: Release, operation: Operation) -> tuple[Edit, list[Edit]]:
    """The edit of the root down to the statement that the words name, and the edits of that statement."""
    top = Edit(schema_root(), operation=operation)
    return top, StatementReader(release, operation).read(top, path, ())


def _set(path: list[Word], release: Release) -> Edit:
    if not path:
        raise UnknownWord("set", (), "missing argument")
    return _chain(path, release, Operation.MERGE)[0]


def _delete(path: list[Word], release: Release) -> Edit:
    top, last = _chain(path, release, Operation.NONE)
    for edit in last:
        edit.operation = Operation.REPLACE if edit is top else Operation.DELETE
    return top


def _switch(active: bool) -> Callable[[list[Word], Release], Edit]:
    def read_switch(path: list[Word], release: Release) -> Edit:
        top, last = _chain(path, release, Operation.NONE)
        for edit in last:
            edit.active = active
        return top

    return read_switch


def _insert(path: list[Word], release: Release) -> Edit:
    """`insert STATEMENT before|after KEY`; the key may be given with its keyword (`after client nms2`)."""
    place = next((index for index, word in enumerate(path) if word in ("before", "after")), len(path))
    if place + 1 >= len(path):
        raise UnknownWord("insert", (), "missing argument")
    top, last = _chain(path[:place], release, Operation.NONE)
    last[-1].place, last[-1].beside = str(path[place]), str(path[-1])
    return top


def _rename(path: list[Word], release: Release) -> Edit:
    """`rename STATEMENT to KEY`; the key may be given with its keyword (`to client nms2`)."""
    place = next((index for index, word in enumerate(path) if word == "to"), len(path))
    if place + 1 >= len(path):
        raise UnknownWord("rename", (), "missing argument")
    top, last = _chain(path[:place], release, Operation.NONE)
    last[-1].new_key = str(path[-1])
    return top


_VERBS: dict[str, Callable[[list[Word], Release], Edit]] = {
    "set": _set,
    "delete": _delete,
    "activate": _switch(True),
    "deactivate": _switch(False),
    "insert": _insert,
    "rename": _rename,
}
