# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration as Junos shows it: in curly braces, or as set commands."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from .lexer import quote
from .schema import Kind
from .tree import Node

SECRET_MARK = " ## SECRET-DATA"
HIDDEN = "/* SECRET-DATA */"
INDENT = "    "


def lines(node: Node, secrets: bool = True, depth: int = 0) -> Iterator[str]:
    """The lines of what is below a node. Without `secrets`, unreadable values are replaced as Junos does."""
    for leaf_list, members in groupby(node, key=_leaf_list):
        if leaf_list is None:
            for child in members:
                yield from statement_lines(child, secrets, depth)
        else:
            yield from values_lines(list(members), depth)


def values_lines(members: list[Node], depth: int = 0) -> Iterator[str]:
    """The values of one leaf-list: those that are active on one line, then the others."""
    active = [quote(member.key or "") for member in members if not member.inactive]
    if active:
        values = active[0] if len(active) == 1 else f"[ {' '.join(active)} ]"
        yield f"{INDENT * depth}{members[0].name} {values};"
    for member in members:
        if member.inactive:
            yield from statement_lines(member, depth=depth)


def statement_lines(node: Node, secrets: bool = True, depth: int = 0) -> Iterator[str]:
    """The lines of one statement with all that is below it."""
    margin = INDENT * depth + ("inactive: " if node.inactive else "")
    if node.statement.kind in (Kind.LEAF, Kind.LEAF_LIST):
        yield margin + leaf_text(node, secrets)
    elif len(node) == 0:
        yield f"{margin}{label(node)};"
    elif "oneline" in node.statement.flags:
        members = " ".join(leaf_text(child, secrets).partition(";")[0] for child in node)
        yield f"{margin}{label(node)} {members};"
    else:
        yield f"{margin}{label(node)} {{"
        yield from lines(node, secrets, depth + 1)
        yield INDENT * depth + "}"


def label(node: Node) -> str:
    """The words that stand before the brace."""
    return " ".join(quote(word) for word in node.words)


def leaf_text(node: Node, secrets: bool = True) -> str:
    """One value with its statement, the semicolon, and the mark of what is secret."""
    if node.value is None:
        return f"{label(node)};"
    if not node.statement.unreadable:
        return f"{label(node)} {quote(node.value)};"
    return f'{label(node)} "{node.value}";{SECRET_MARK}' if secrets else f"{label(node)} {HIDDEN}; {SECRET_MARK}"


def set_commands(node: Node, path: tuple[str, ...] = (), secrets: bool = True) -> Iterator[str]:
    """The set commands that make what is below a node, each followed by a deactivate where it is inactive."""
    for child in node:
        here = (*path, *child.words)
        words = " ".join(quote(word) for word in here)
        if child.value is not None:
            hidden = child.statement.unreadable and not secrets
            yield f"set {words} {HIDDEN if hidden else quote(child.value)}"
        elif len(child) == 0:
            yield f"set {words}"
        else:
            if child.statement.kind is Kind.LIST and all(grandchild.inactive for grandchild in child):
                yield f"set {words}"
            yield from set_commands(child, here, secrets)
        if child.inactive:
            yield f"deactivate {words}"


def _leaf_list(node: Node) -> str | None:
    return node.name if node.statement.kind is Kind.LEAF_LIST else None
