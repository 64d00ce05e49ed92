# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a configuration that a request asks for (a child `<configuration>`, or a subtree filter)."""

from __future__ import annotations

from lxml import etree

from .errors import syntax_error
from .load_xml import elements, local
from .release import Release
from .schema import Kind
from .tree import Node


def select(node: Node, wanted: etree._Element, release: Release) -> Node:
    """A copy of `node` with only what `wanted` names, and its ancestors. An element without children takes all that is
    below it; a `name` chooses the entries of a list. Raises `RpcError` for a name that the schema does not have."""
    members = [child for child in elements(wanted) if not _is_key(node, child)]
    if not members:
        return node.copy()
    found = Node(node.statement, node.key, node.value)
    found.inactive, found.group = node.inactive, node.group
    for member in members:
        statement = node.statement.child(local(member), release)
        if statement is None:
            raise syntax_error(local(member))
        for child in node.all(statement.name):
            if _chosen(child, member):
                _merge(found, select(child, member, release))
    return found


def _is_key(node: Node, member: etree._Element) -> bool:
    return node.statement.kind is Kind.LIST and local(member) == "name"


def _chosen(child: Node, member: etree._Element) -> bool:
    if child.statement.kind is not Kind.LIST:
        return True
    keys = [(name.text or "").strip() for name in elements(member) if local(name) == "name"]
    return not any(keys) or child.key in keys


def _merge(parent: Node, child: Node) -> None:
    """Add what was found; two filters may name parts of one hierarchy."""
    existing = parent.get(*child.identity)
    if existing is None or len(existing) == 0:
        parent.add(child)
        return
    for grandchild in child:
        _merge(existing, grandchild)
