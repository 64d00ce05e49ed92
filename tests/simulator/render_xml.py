# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration as XML, without a namespace of its own."""

from __future__ import annotations

from .render_text import HIDDEN
from .schema import Kind
from .tree import Node
from .xml_text import element, raw


def body(node: Node, secrets: bool = True, changed_since: Node | None = None) -> raw:
    """What is below a node. Without `secrets`, unreadable values are replaced as Junos does. With `changed_since`
    (the same hierarchy as it was), statements that differ from it, and what they stand in, are marked."""
    return raw("".join(_statement(child, secrets, changed_since) for child in node))


def _statement(node: Node, secrets: bool, parent_before: Node | None) -> raw:
    before = None if parent_before is None else parent_before.get(*node.identity)
    changed = parent_before is not None and (before is None or not before.same_as(node))
    marks = {"inactive": "inactive" if node.inactive else None, "junos__changed": "changed" if changed else None}
    if node.statement.kind is Kind.LEAF_LIST:
        return element(node.name, node.key or "", **marks)
    if node.statement.kind is Kind.LEAF:
        hidden = node.statement.unreadable and not secrets
        return element(node.name, HIDDEN if hidden else node.value or "", **marks)
    name = "" if node.key is None else element("name", node.key)
    if parent_before is not None and before is None:
        before = Node(node.statement, node.key)
    return element(node.name, name, body(node, secrets, before), **marks)
