# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration as JSON: how Junos writes it (`format="json"`), and what it takes."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from lxml import etree

from .render_text import HIDDEN
from .schema import Kind
from .tree import Node


def written(root: Node, attributes: dict[str, str], secrets: bool = True) -> str:
    """`{"configuration": {...}}`; lists are arrays of objects, a statement without a value is `[null]`, and what is
    inactive is said in a member `@` of an object, or `@NAME` beside a value."""
    return json.dumps({"configuration": {"@": attributes, **_members(root, secrets)}}, indent=4)


def _members(node: Node, secrets: bool) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, group in groupby(node, key=lambda child: child.name):
        children = list(group)
        kind = children[0].statement.kind
        if kind is Kind.LIST:
            members[name] = [_object(child, secrets) for child in children]
        elif kind is Kind.CONTAINER:
            members[name] = _object(children[0], secrets)
        elif kind is Kind.LEAF_LIST:
            members[name] = [child.key for child in children]
        else:
            members[name] = _value(children[0], secrets)
        marks = [{"inactive": True} if child.inactive else None for child in children]
        if kind in (Kind.LEAF, Kind.LEAF_LIST) and any(marks):
            members[f"@{name}"] = marks if kind is Kind.LEAF_LIST else marks[0]
    return members


def _object(node: Node, secrets: bool) -> dict[str, Any]:
    mark = {"@": {"inactive": True}} if node.inactive else {}
    name = {} if node.key is None else {"name": node.key}
    return {**mark, **name, **_members(node, secrets)}


def _value(node: Node, secrets: bool) -> Any:
    if node.value is None:
        return [None]
    return HIDDEN if node.statement.unreadable and not secrets else node.value


def as_xml(text: str) -> etree._Element:
    """The `<configuration>` element that a JSON text stands for. Raises ValueError where it stands for none."""
    content = json.loads(text)
    if not isinstance(content, dict) or not isinstance(content.get("configuration"), dict):
        raise ValueError("no configuration in it")
    root = etree.Element("configuration")
    _fill(root, content["configuration"])
    return root


def _fill(parent: etree._Element, members: dict[str, Any]) -> None:
    _annotate(parent, members.get("@"))
    for name, value in members.items():
        if name.startswith("@"):
            continue
        values = value if isinstance(value, list) else [value]
        marks = members.get(f"@{name}")
        for index, item in enumerate(values):
            child = etree.SubElement(parent, name)
            _annotate(child, marks[index] if isinstance(marks, list) and index < len(marks) else marks)
            if isinstance(item, dict):
                _fill(child, item)
            elif item is not None:
                child.text = str(item)


def _annotate(node: etree._Element, marks: Any) -> None:
    """`inactive` and `active` are booleans here, `operation` and the like are words."""
    for name, value in (marks if isinstance(marks, dict) else {}).items():
        if value is not False:
            node.set(name.rpartition(":")[2], name if value is True else str(value))
