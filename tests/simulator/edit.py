# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An edit: what a load wants to be done to a configuration, whatever form it was written in.

XML, text and set commands are read into the same tree of `Edit`, so that merge, replace, delete, deactivate, insert and
rename are done in one place.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from .errors import RpcError, statement_not_found
from .schema import Kind, Statement
from .tree import Node, path_text


class Operation(enum.Enum):
    """What is to become of a statement (RFC 6241 section 7.2). NONE: it must be there already."""

    MERGE = "merge"
    REPLACE = "replace"
    CREATE = "create"
    DELETE = "delete"
    REMOVE = "remove"
    NONE = "none"


@dataclass(slots=True)
class Edit:
    """One statement of a load. `active` is None where the load does not say; `place` is first, last, before or after
    (the entry `beside`); `new_key` renames an entry."""

    statement: Statement
    key: str | None = None
    value: str | None = None
    operation: Operation = Operation.MERGE
    active: bool | None = None
    place: str | None = None
    beside: str | None = None
    new_key: str | None = None
    children: list[Edit] = field(default_factory=list)

    @property
    def words(self) -> tuple[str, ...]:
        name = () if "bare" in self.statement.flags else (self.statement.name,)
        return name if self.key is None else (*name, self.key)


@dataclass(slots=True)
class Reading:
    """What was read of a text: edits for all that could be understood, errors for what could not. Junos loads the one
    and reports the other, so that a load that failed may have changed the candidate."""

    edits: list[Edit]
    errors: list[RpcError] = field(default_factory=list)


def apply(edit: Edit, target: Node) -> list[RpcError]:
    """Do what the edit of the whole configuration says to `target`, its root. Returns warnings and errors, if any."""
    problems: list[RpcError] = []
    if edit.operation is Operation.REPLACE:
        target.clear()
    for child in edit.children:
        _apply(child, target, (), problems)
    target.prune()
    return problems


def _apply(edit: Edit, parent: Node, path: tuple[str, ...], problems: list[RpcError]) -> None:
    existing = parent.get(edit.statement.name, edit.key)
    if edit.operation in (Operation.DELETE, Operation.REMOVE):
        _delete(edit, parent, existing, path, problems)
        return
    if existing is None and (edit.operation is Operation.NONE or edit.new_key is not None):
        problems.append(statement_not_found(path_text(path), " ".join(edit.words)))
        return
    if existing is not None and edit.operation is Operation.CREATE:
        problems.append(
            RpcError(
                "statement already exists",
                "data-exists",
                "application",
                path=path_text(path),
                bad_element=" ".join(edit.words),
            )
        )
        return
    if existing is not None and edit.operation is Operation.REPLACE:
        existing.clear()
        existing.inactive = False
    node = existing if existing is not None else parent.add(Node(edit.statement, edit.key))
    _arrange(edit, parent, node, path, problems)
    if edit.statement.kind is Kind.LEAF and edit.operation is not Operation.NONE:
        node.value = edit.value
    if edit.active is not None:
        node.inactive = not edit.active
    for child in edit.children:
        _apply(child, node, (*path, *node.words), problems)


def _delete(edit: Edit, parent: Node, existing: Node | None, path: tuple[str, ...], problems: list[RpcError]) -> None:
    doomed = [existing] if existing is not None else []
    if edit.key is None and edit.statement.kind in (Kind.LIST, Kind.LEAF_LIST):
        doomed = parent.all(edit.statement.name)
    for node in doomed:
        parent.remove(node)
    if not doomed and edit.operation is Operation.DELETE:
        problems.append(statement_not_found(path_text(path), " ".join(edit.words)))


def _arrange(edit: Edit, parent: Node, node: Node, path: tuple[str, ...], problems: list[RpcError]) -> None:
    """Rename or move an entry, where the edit asks for it."""
    if edit.new_key is not None:
        if parent.get(edit.statement.name, edit.new_key) is not None:
            problems.append(RpcError(f"target '{edit.new_key}' already exists", path=path_text(path)))
            return
        parent.rename(node, edit.new_key)
    if edit.place is None:
        return
    beside = parent.get(edit.statement.name, edit.beside) if edit.beside is not None else None
    if edit.beside is not None and (beside is None or beside is node):
        problems.append(statement_not_found(path_text(path), edit.beside))
        return
    parent.move(node, beside, edit.place in ("after", "last"))
