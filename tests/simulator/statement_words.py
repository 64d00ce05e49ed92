# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of one statement, as a set command or a line of the text form names it, read into edits."""

from __future__ import annotations

from .edit import Edit, Operation
from .errors import RpcError
from .lexer import Word
from .release import Release
from .schema import Kind, Statement
from .tree import path_text


class UnknownWord(Exception):
    """A word that the hierarchy does not have, or a value that its statement cannot hold."""

    def __init__(self, word: str, path: tuple[str, ...], message: str = "syntax error") -> None:
        super().__init__(message)
        self.error = RpcError(message, path=path_text(path), bad_element=word)


class StatementReader:
    """Reads words below a node of the schema. `operation` is given to every edit on the way."""

    def __init__(self, release: Release, operation: Operation = Operation.MERGE) -> None:
        self.release = release
        self.operation = operation

    def read(self, parent: Edit, words: list[Word], path: tuple[str, ...]) -> list[Edit]:
        """Hang what the words name below `parent`, which stands at `path`.

        Returns the edits of the last statement named: one, or several where a leaf-list is given several values.
        Several members of a hierarchy may follow each other (`port 4334 retry 3`). Raises `UnknownWord`.
        """
        left = list(words)
        last = [parent]
        while left:
            last = self._member(parent, left, path)
            if last[-1].statement.kind in (Kind.CONTAINER, Kind.LIST):
                parent = last[-1]
                path = (*path, *parent.words)
        return last

    def _member(self, parent: Edit, left: list[Word], path: tuple[str, ...]) -> list[Edit]:
        word = left.pop(0)
        statement = parent.statement.child(word, self.release)
        if statement is None or "bare" in statement.flags:
            statement = next(parent.statement.bare_lists(self.release), None)
            if statement is None or (not word.quoted and word in "{}[];"):
                raise UnknownWord(word, path)
            left.insert(0, word)
        elif statement.kind is Kind.CONTAINER or statement.empty:
            return self._hang(parent, statement, [None])
        if not left:
            if self.operation is not Operation.NONE:
                raise UnknownWord(statement.name, path, "missing argument")
            return self._hang(parent, statement, [None])
        return self._hang(parent, statement, self._values(left, statement, path))

    def _values(self, left: list[Word], statement: Statement, path: tuple[str, ...]) -> list[str]:
        first = left.pop(0)
        values = [first]
        if first == "[" and not first.quoted:
            values.clear()
            while left and (left[0] != "]" or left[0].quoted):
                values.append(left.pop(0))
            if not left:
                raise UnknownWord("[", (*path, statement.name))
            left.pop(0)
        for value in values:
            fault = statement.type.fault(value)
            if fault is not None:
                raise UnknownWord(value, (*path, statement.name), fault)
        return [str(value) for value in values]

    def _hang(self, parent: Edit, statement: Statement, values: list[str] | list[None]) -> list[Edit]:
        leaf = statement.kind is Kind.LEAF
        edits = [Edit(statement, None if leaf else value, value if leaf else None, self.operation) for value in values]
        parent.children.extend(edits)
        return edits


def key_statement(public_key: str) -> str:
    """The statement of `authentication` that holds a public key of OpenSSH's form: ssh-ecdsa for ecdsa-sha2-..."""
    algorithm = public_key.split(maxsplit=1)[0]
    if algorithm.startswith("ecdsa-"):
        return "ssh-ecdsa"
    return {"ssh-dss": "ssh-dsa"}.get(algorithm, algorithm)
