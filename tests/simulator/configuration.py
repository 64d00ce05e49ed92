# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The candidate, the committed configuration, and those before it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from . import obfuscation
from .clock import Clock
from .compare import compare
from .edit import Edit, apply
from .errors import RpcError
from .schema import Kind
from .tree import Node

HISTORY = 50


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: what became active, who did it, how and when (the device's seconds since the epoch)."""

    tree: Node
    user: str
    client: str
    time: float
    comment: str = ""
    confirmed_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits: a session, as the database knows it."""

    session_id: int
    user: str
    since: float


class Database:
    """The configuration database of a device: one candidate that sessions share, unless one of them locks it."""

    def __init__(self, tree: Node, clock: Clock) -> None:
        self._clock = clock
        self.history: deque[Commit] = deque([Commit(tree, "root", "other", clock.now())], maxlen=HISTORY)
        self.lock: Editor | None = None
        self.editors: dict[int, Editor] = {}
        self.changed_at = clock.now()
        self._candidate: Node | None = None

    @property
    def committed(self) -> Node:
        """What is active. Never changed in place."""
        return self.history[0].tree

    @property
    def candidate(self) -> Node:
        """The shared candidate, for reading."""
        return self.committed if self._candidate is None else self._candidate

    @property
    def modified(self) -> bool:
        """Whether the shared candidate differs from what is committed."""
        return self._candidate is not None and not self._candidate.same_as(self.committed)

    def rollback(self, number: int) -> Node:
        """The configuration of so many commits ago. Raises `RpcError` where there is none."""
        if not 0 <= number < len(self.history):
            raise RpcError(f"rollback {number}: could not open file: No such file or directory", type="application")
        return self.history[number].tree

    def edit(self, editor: Editor, edits: list[Edit]) -> list[RpcError]:
        """Load into the shared candidate, as its editor. Returns warnings."""
        self._candidate, problems = loaded(self.candidate, edits)
        self._touched(editor)
        return problems

    def replace(self, editor: Editor, tree: Node) -> None:
        """Make the shared candidate another configuration, as rollback does."""
        self._candidate = tree.copy()
        self._touched(editor)

    def discard(self) -> None:
        self._candidate = None
        self.editors.clear()

    def commit(self, commit: Commit) -> None:
        """Make a commit's configuration the active one."""
        self.changed_at = commit.time
        self.history.appendleft(commit)
        self.discard()

    def _touched(self, editor: Editor) -> None:
        self.changed_at = self._clock.now()
        if self.modified:
            self.editors[editor.session_id] = editor
        else:
            self.discard()

    def difference(self, base: Node, secrets: bool, candidate: Node | None = None) -> str:
        return compare(base, self.candidate if candidate is None else candidate, secrets)


def loaded(tree: Node, edits: list[Edit]) -> tuple[Node, list[RpcError]]:
    """A copy of a tree with edits applied and its secrets obfuscated, and the warnings. Raises `RpcErrors`."""
    copy = tree.copy()
    problems = [problem for edit in edits for problem in apply(edit, copy)]
    each(copy, _obfuscate)
    return copy, problems


def each(node: Node, change: Callable[[Node], None]) -> None:
    """Do something to every node, children first."""
    for child in list(node):
        each(child, change)
    change(node)


def _obfuscate(node: Node) -> None:
    if "secret" in node.statement.flags and node.value and not node.value.startswith(("$9$", "$8$")):
        node.value = obfuscation.encode(node.value)


def hash_passwords(node: Node, make: Callable[[str], str]) -> None:
    """Turn every plain-text-password-value into the encrypted-password that Junos keeps."""

    def change(parent: Node) -> None:
        for child in list(parent):
            if "plain" in child.statement.flags and child.statement.kind is Kind.LEAF:
                hashed = Node(parent.statement.children["encrypted-password"], value=make(child.value or ""))
                parent.remove(child)
                parent.add(hashed)

    each(node, change)
