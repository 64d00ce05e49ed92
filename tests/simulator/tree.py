# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration as a tree of statements."""

from __future__ import annotations

from collections.abc import Iterator

from . import schema
from .schema import Kind, Statement

Identity = tuple[str, str | None]


class Node:
    """One statement that is configured.

    `key` names an entry of a list, or is the one value of a leaf-list that this node stands for; `value` is that of a
    leaf (None for one of type empty); `group` is the configuration group
    it was inherited from. A committed tree is never changed: edits go to a copy of it.
    """

    __slots__ = ("_children", "group", "inactive", "key", "statement", "value")

    def __init__(self, statement: Statement, key: str | None = None, value: str | None = None) -> None:
        self.statement = statement
        self.key = key
        self.value = value
        self.inactive = False
        self.group: str | None = None
        self._children: dict[Identity, Node] | None = None

    @classmethod
    def root(cls) -> Node:
        return cls(schema.root())

    @property
    def name(self) -> str:
        return self.statement.name

    @property
    def identity(self) -> Identity:
        return (self.statement.name, self.key)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that name it in a path or set command: `client nms`, or `10.0.0.1` of a bare list."""
        name = () if "bare" in self.statement.flags else (self.name,)
        return name if self.key is None else (*name, self.key)

    def get(self, name: str, key: str | None = None) -> Node | None:
        return None if self._children is None else self._children.get((name, key))

    def at(self, path: str) -> Node | None:
        """The node below at a path of container and leaf names, e.g. `system services ssh`; inactive ones too."""
        node: Node | None = self
        for name in path.split():
            node = None if node is None else node.get(name)
        return node

    def value_at(self, path: str) -> str | None:
        node = self.at(path)
        return None if node is None else node.value

    def all(self, name: str) -> list[Node]:
        """The entries of a list, or the values of a leaf-list, in their order."""
        return [child for child in self if child.name == name]

    def __iter__(self) -> Iterator[Node]:
        """Children in the order in which Junos shows them: the schema's, and within a list the user's."""
        if self._children is None:
            return iter(())
        return iter(sorted(self._children.values(), key=_place))

    def __len__(self) -> int:
        return 0 if self._children is None else len(self._children)

    def __bool__(self) -> bool:
        return True

    def add(self, child: Node) -> Node:
        """Add a child; one of the same identity gives up its place to it."""
        if self._children is None:
            self._children = {}
        self._children[child.identity] = child
        return child

    def remove(self, child: Node) -> None:
        assert self._children is not None
        del self._children[child.identity]

    def clear(self) -> None:
        self._children = None

    def rename(self, child: Node, key: str) -> None:
        """Give an entry another key, at the same place."""
        assert self._children is not None
        entries = list(self._children.values())
        child.key = key
        self._children = {entry.identity: entry for entry in entries}

    def move(self, child: Node, beside: Node | None, after: bool) -> None:
        """Put an entry before or after another one of its list; with none, first or last."""
        assert self._children is not None
        entries = [entry for entry in self._children.values() if entry is not child]
        index = (len(entries) if after else 0) if beside is None else entries.index(beside) + after
        entries.insert(index, child)
        self._children = {entry.identity: entry for entry in entries}

    def copy(self) -> Node:
        twin = Node(self.statement, self.key, self.value)
        twin.inactive, twin.group = self.inactive, self.group
        if self._children is not None:
            twin._children = {identity: child.copy() for identity, child in self._children.items()}
        return twin

    def prune(self) -> bool:
        """Drop containers that hold nothing and mean nothing by themselves; say whether this is one."""
        if self._children is not None:
            kept = {identity: child for identity, child in self._children.items() if not child.prune()}
            self._children = kept or None
        return self.statement.kind is Kind.CONTAINER and not self.statement.presence and self._children is None

    def same_as(self, other: Node) -> bool:
        """Whether both stand for the same configuration; the order of entries counts."""
        if self is other:
            return True
        if (self.identity, self.value, self.inactive, len(self)) != (
            other.identity,
            other.value,
            other.inactive,
            len(other),
        ):
            return False
        return all(mine.same_as(theirs) for mine, theirs in zip(self, other, strict=True))

    def active(self) -> Node:
        """A copy without what is inactive: the configuration that takes effect."""
        twin = Node(self.statement, self.key, self.value)
        for child in self:
            if not child.inactive:
                twin.add(child.active())
        return twin


def _place(node: Node) -> tuple[int, str]:
    return (node.statement.order, (node.key or "") if "sorted" in node.statement.flags else "")


def path_text(words: tuple[str, ...]) -> str:
    """A hierarchy as Junos names it in a message: `[edit system services]`."""
    return f"[{' '.join(('edit', *words))}]"
