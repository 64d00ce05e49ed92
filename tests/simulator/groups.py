# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration groups: what `apply-groups` brings into a configuration."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from .schema import WILDCARD, Kind
from .tree import Node

_Groups = dict[str | None, Node]
_Source = tuple[str | None, Node]
"""The name of a group, and what it has for the hierarchy at hand."""


def inherited(root: Node) -> Node:
    """A copy in which every statement stands that is inherited from a group, and no group or apply-groups any more.

    Statements of the configuration itself win over inherited ones, and groups applied nearer or named earlier over
    others. The key of a list entry in a group may be a wildcard (`<ge-*>`), which holds for the entries that exist.
    """
    result = root.copy()
    groups: _Groups = {group.key: group for group in result.all("groups") if not group.inactive}
    for group in result.all("groups"):
        result.remove(group)
    _expand(result, (), [], groups)
    result.prune()
    return result


def _expand(node: Node, trail: tuple[Node, ...], sources: list[_Source], groups: _Groups) -> None:
    excluded = {name.key for name in node.all("apply-groups-except")}
    applied = [
        (name.key, match)
        for name in node.all("apply-groups")
        if name.key in groups and not name.inactive
        for match in _descend(groups[name.key], trail)
    ]
    sources = [source for source in (*applied, *sources) if source[0] not in excluded]
    for name, source in sources:
        _take(node, source, name)
    for child in list(node):
        if child.name.startswith("apply-groups"):
            node.remove(child)
        elif child.statement.kind in (Kind.CONTAINER, Kind.LIST):
            below = [(name, match) for name, source in sources for match in _matches(source, child)]
            _expand(child, (*trail, child), below, groups)


def _take(node: Node, source: Node, group: str | None) -> None:
    """Bring in what the source names and the node does not have; what is below it follows with the recursion."""
    for child in source:
        wildcard = child.key is not None and WILDCARD.fullmatch(child.key)
        if wildcard or child.inactive or child.name.startswith("apply-groups"):
            continue
        if node.get(*child.identity) is None:
            node.add(Node(child.statement, child.key, child.value)).group = group


def _descend(group: Node, trail: tuple[Node, ...]) -> list[Node]:
    found = [group]
    for step in trail:
        found = [match for node in found for match in _matches(node, step)]
    return found


def _matches(source: Node, child: Node) -> Iterator[Node]:
    for candidate in source.all(child.name):
        if not candidate.inactive and (candidate.key == child.key or _covers(candidate.key, child.key)):
            yield candidate


def _covers(pattern: str | None, key: str | None) -> bool:
    return pattern is not None and key is not None and pattern[:1] == "<" and fnmatchcase(key, pattern[1:-1])
