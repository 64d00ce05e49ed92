# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration as XML."""

from __future__ import annotations

from dataclasses import dataclass

from .render_text import HIDDEN
from .schema import Kind
from .tree import Node
from .xml_text import element, raw

YANG = "http://yang.juniper.net/junos/conf"


@dataclass(frozen=True)
class Style:
    """Without `secrets`, unreadable values are replaced as Junos does. `changed_since` (the whole configuration as it
    was) has statements marked that differ from it; `groups` has those marked that a group brought; `yang` puts each
    hierarchy into the namespace of its YANG module."""

    secrets: bool = True
    changed_since: Node | None = None
    groups: bool = False
    yang: bool = False


def body(root: Node, style: Style = Style()) -> raw:
    """What is below the root of a configuration."""
    return raw(
        "".join(
            _statement(child, style, style.changed_since, f"{YANG}/{child.name}" if style.yang else None)
            for child in root
        )
    )


def _statement(node: Node, style: Style, parent_before: Node | None, namespace: str | None = None) -> raw:
    before = None if parent_before is None else parent_before.get(*node.identity)
    changed = parent_before is not None and (before is None or not before.same_as(node))
    marks = {
        "xmlns": namespace,
        "inactive": "inactive" if node.inactive else None,
        "junos__changed": "changed" if changed else None,
        "junos__group": node.group if style.groups else None,
    }
    if node.statement.kind is Kind.LEAF_LIST:
        return element(node.name, node.key or "", **marks)
    if node.statement.kind is Kind.LEAF:
        hidden = node.statement.unreadable and not style.secrets
        return element(node.name, HIDDEN if hidden else node.value or "", **marks)
    name = "" if node.key is None else element("name", node.key)
    if parent_before is not None and before is None:
        before = Node(node.statement, node.key)
    below = (_statement(child, style, before) for child in node)
    return element(node.name, name, raw("".join(below)), **marks)
