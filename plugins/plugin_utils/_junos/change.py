# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a section wants loaded: an edit tree that grows only where something is to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import Node

try:
    from lxml import etree
except ImportError:
    pass  # told by _libraries before any of this is used


@dataclass(frozen=True)
class Change:
    """The outcome of a plan; false where there is nothing to load.

    configuration: ``<configuration>`` for load-configuration action="merge", with delete, active and inactive marks.
    order: a second ``<configuration>`` to load after it, of list entries that move (``insert``); seldom needed.
    warnings: sentences for whoever asked; they may be there without anything to load.
    needs: statement that is set -> the first release that has it; see ``release.check_release``.
    """

    configuration: etree._Element | None = None
    order: etree._Element | None = None
    warnings: tuple[str, ...] = ()
    needs: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.configuration is not None or self.order is not None


class Edit:
    """One place in the configuration to be loaded. Its element is made when something is first put at it or below."""

    def __init__(self, tag: str = "configuration", key: str | None = None, above: Edit | None = None) -> None:
        self.tag = tag
        self.key = key
        self.above = above
        self.element: etree._Element | None = None
        self.warnings: list[str] = above.warnings if above else []
        self.needs: dict[str, str] = above.needs if above else {}
        self._moves: Edit | None = None
        self._below: dict[tuple[str, str | None], Edit] = {}

    def at(self, tag: str, key: str | None = None) -> Edit:
        """The place of a container or, with its key, of a list entry below this one."""
        return self._below.setdefault((tag, key), Edit(tag, key, self))

    @property
    def path(self) -> tuple[str, ...]:
        """The statement's words after ``[edit``; a long key (that of a public key) is cut."""
        if self.above is None:
            return ()
        words = (self.tag,) if self.key is None else (self.tag, _short(self.key))
        return (*self.above.path, *words)

    def make(self) -> etree._Element:
        """The element, made now if it is not there yet, with its key."""
        if self.element is None:
            above = self.above.make() if self.above else None
            self.element = etree.Element(self.tag) if above is None else etree.SubElement(above, self.tag)
            if self.key is not None:
                etree.SubElement(self.element, "name").text = self.key
        return self.element

    def put(self, tag: str, text: str | None = None, *, since: str | None = None, mark: str | None = None) -> None:
        """Set a leaf, or one value of a leaf-list. mark: ``delete``, ``active`` or ``inactive``."""
        leaf = etree.SubElement(self.make(), tag)
        leaf.text = text
        if mark:
            leaf.set(mark, mark)
        if since:
            self.need(since, tag)

    def mark(self, mark: str) -> None:
        """Delete, activate or deactivate what stands here."""
        self.make().set(mark, mark)

    def need(self, since: str | None, *tags: str) -> None:
        if since:
            self.needs[" ".join((*self._statement, *tags))] = since

    def move(self, tag: str, key: str, after: str) -> None:
        """Put a list entry after another one, in a load of its own, when both are there."""
        moved = etree.SubElement(self._mirror.make(), tag, insert="after", name=after)
        etree.SubElement(moved, "name").text = key

    def drop(self, node: Node, text: str | None = None) -> None:
        """Delete a statement that is there; what a group brings cannot be deleted here, and is told.

        text: the value, where a leaf-list has several.
        """
        if not node.exists:
            return
        if node.group:
            name = " ".join(word for word in (node.tag, node.key or text) if word)
            self.warn(f"'{_short(name)}' comes from the group '{node.group}' and stays: change the group, or except it")
        elif node.key is not None:
            self.at(node.tag, node.key).mark("delete")
        else:
            self.put(node.tag, text, mark="delete")

    def warn(self, sentence: str) -> None:
        self.warnings.append(f"[edit {' '.join(self.path)}] {sentence}.")

    def change(self) -> Change:
        """What has come together, asked of the topmost place."""
        order = self._moves.element if self._moves else None
        return Change(self.element, order, tuple(dict.fromkeys(self.warnings)), dict(self.needs))

    @property
    def _statement(self) -> tuple[str, ...]:
        return (*self.above._statement, self.tag) if self.above else ()

    @property
    def _mirror(self) -> Edit:
        if self.above is not None:
            return self.above._mirror.at(self.tag, self.key)
        self._moves = self._moves or Edit(self.tag)
        return self._moves


def combine(changes: Iterable[Change]) -> Change:
    """Several sections' changes as one, to be loaded and committed together.

    Raises ValueError where one deletes what another one sets.
    """
    parts = list(changes)
    return Change(
        _joined(part.configuration for part in parts),
        _joined(part.order for part in parts),
        tuple(dict.fromkeys(sentence for part in parts for sentence in part.warnings)),
        {statement: first for part in parts for statement, first in part.needs.items()},
    )


def _joined(trees: Iterable[etree._Element | None]) -> etree._Element | None:
    whole: etree._Element | None = None
    for tree in trees:
        if tree is None:
            continue
        if whole is None:
            whole = deepcopy(tree)
        else:
            _merge(whole, tree)
    return whole


def _merge(into: etree._Element, tree: etree._Element) -> None:
    for child in tree:
        twin = _twin(into, child)
        if twin is None:
            into.append(deepcopy(child))
            continue
        if twin.attrib != child.attrib and "delete" in {*twin.attrib, *child.attrib}:
            raise ValueError(f"one section deletes '{_name(child)}' and another one sets something in it")
        twin.attrib.update(child.attrib)
        _merge(twin, child)


def _twin(into: etree._Element, child: etree._Element) -> etree._Element | None:
    return next((one for one in into if one.tag == child.tag and _identity(one) == _identity(child)), None)


def _identity(element: etree._Element) -> tuple[str | None, str | None, str | None]:
    return element.text, element.findtext("name"), element.get("insert")


def _name(element: etree._Element) -> str:
    return _short(" ".join(word for word in (str(element.tag), element.findtext("name")) if word))


def _short(text: str) -> str:
    return text if len(text) <= 48 else f"{text[:45]}..."
