# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration written as Junos shows it, in curly braces (load-configuration with format="text")."""

from __future__ import annotations

from .edit import Edit, Operation, Reading
from .lexer import Word, words
from .release import Release
from .schema import root as schema_root
from .statement_words import StatementReader, UnknownWord

_TAGS = frozenset({"replace:", "delete:", "inactive:", "active:", "protect:", "unprotect:"})


def read(text: str, release: Release) -> Reading:
    """The edit that the text describes, up to the first thing that is not understood, and the error that this is."""
    reading = Reading([Edit(schema_root())])
    try:
        _TextReader(text, release).read_block(reading.edits[0], (), outermost=True)
    except UnknownWord as unknown:
        reading.errors.append(unknown.error)
    return reading


class _TextReader:
    def __init__(self, text: str, release: Release) -> None:
        self._words = list(words(text))
        self._next = 0
        self._statements = StatementReader(release)

    def read_block(self, parent: Edit, path: tuple[str, ...], outermost: bool = False) -> None:
        """Statements up to the closing brace, or to the end of the text where there is none to close."""
        while self._next < len(self._words):
            if self._is_mark(self._words[self._next], "}"):
                if outermost:
                    raise UnknownWord("}", path)
                self._next += 1
                return
            self._read_statement(parent, path)
        if not outermost:
            raise UnknownWord(parent.statement.name, path, "syntax error, missing '}'")

    def _read_statement(self, parent: Edit, path: tuple[str, ...]) -> None:
        tags, statement, end = self._statement_words(path)
        if not statement:
            raise UnknownWord(end, path)
        before = len(parent.children)
        edits = self._statements.read(parent, statement, path)
        for edit in parent.children[before:]:
            self._tag(edit, tags)
        if end == "{":
            self.read_block(edits[-1], (*path, *(str(word) for word in statement)))

    def _statement_words(self, path: tuple[str, ...]) -> tuple[set[str], list[Word], str]:
        """The tags, the words, and the mark (`;` or `{`) that ends them."""
        tags: set[str] = set()
        statement: list[Word] = []
        depth = 0
        while self._next < len(self._words):
            word = self._words[self._next]
            self._next += 1
            if not statement and not word.quoted and word in _TAGS:
                tags.add(str(word))
            elif depth == 0 and (self._is_mark(word, ";") or self._is_mark(word, "{")):
                return tags, statement, str(word)
            elif self._is_mark(word, "}"):
                break
            else:
                depth += self._is_mark(word, "[") - self._is_mark(word, "]")
                statement.append(word)
        raise UnknownWord(statement[-1] if statement else "}", path, "syntax error, missing ';'")

    @staticmethod
    def _is_mark(word: Word, mark: str) -> bool:
        return word == mark and not word.quoted

    @staticmethod
    def _tag(edit: Edit, tags: set[str]) -> None:
        if "replace:" in tags:
            edit.operation = Operation.REPLACE
        if "delete:" in tags:
            edit.operation = Operation.DELETE
        if "inactive:" in tags or "active:" in tags:
            edit.active = "active:" in tags
