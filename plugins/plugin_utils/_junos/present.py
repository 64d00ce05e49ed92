# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration as it stands on the device: a plain tree, without namespaces."""

from __future__ import annotations

from dataclasses import dataclass, replace

try:
    from lxml import etree
except ImportError:
    pass  # told by _libraries before any of this is used


@dataclass(frozen=True)
class Node:
    """One statement. A statement that is not there is a Node too, with `exists` False and nothing in it.

    text: its value, if it has one. group: the configuration group it is inherited from (``junos:group``).
    inactive: it is deactivated itself (what stands above it is not looked at).
    """

    tag: str
    text: str | None = None
    children: tuple[Node, ...] = ()
    group: str | None = None
    inactive: bool = False
    exists: bool = True

    @property
    def key(self) -> str | None:
        """What tells the entries of a list apart: its ``name``."""
        return self.child("name").text

    def all(self, tag: str) -> tuple[Node, ...]:
        return tuple(child for child in self.children if child.tag == tag)

    def child(self, tag: str) -> Node:
        return next(iter(self.all(tag)), Node(tag, exists=False))

    def entry(self, tag: str, key: str) -> Node:
        return next((child for child in self.all(tag) if child.key == key), Node(tag, exists=False))

    def at(self, *tags: str) -> Node:
        node = self
        for tag in tags:
            node = node.child(tag)
        return node


EMPTY = Node("configuration")


def read_configuration(reply: etree._Element) -> Node:
    """Read what get-configuration returned: a ``<configuration>`` in any namespace, or something around one.

    Ask with ``inherit="inherit" groups="groups"``, so that what groups bring is seen and told apart.
    """
    found = next((element for element in reply.iter(etree.Element) if _local(element.tag) == "configuration"), None)
    return EMPTY if found is None else _node(found, None)


def with_inactive(inherited: Node, plain: Node) -> Node:
    """Both readings of a configuration as one: `plain` (read without ``inherit``) and what groups add in `inherited`.

    For devices that leave inactive statements out of the reading with inheritance.
    """
    children = [with_inactive(_twin(inherited, child), child) for child in plain.children]
    added = [child for child in inherited.children if child.group and not _twin(plain, child).exists]
    return replace(plain, children=(*children, *added))


def _twin(where: Node, node: Node) -> Node:
    """The statement of `where` that is the same as `node`: of the same name, key and value."""
    alike = (other for other in where.all(node.tag) if (other.key, other.text) == (node.key, node.text))
    return next(alike, Node(node.tag, exists=False))


def _node(element: etree._Element, above: str | None) -> Node:
    marks = {_local(name): value for name, value in element.attrib.items()}
    group = str(marks["group"]) if "group" in marks else above
    children = tuple(_node(child, group) for child in element.iterchildren(etree.Element))
    text = (element.text or "").strip() or None
    return Node(_local(element.tag), text, children, group, inactive="inactive" in marks)


def _local(tag: object) -> str:
    return etree.QName(str(tag)).localname
