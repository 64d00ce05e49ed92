# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The difference of two configurations, in the form of `show | compare`.

Each hierarchy that differs has a heading (`[edit system]`), then `-` and `+` lines for what went and came, and `!`
lines for what was only activated, deactivated or moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from .render_text import label, statement_lines, values_lines
from .schema import Kind
from .tree import Node, path_text


def compare(old: Node, new: Node, secrets: bool = True) -> str:
    """What turns `old` into `new`; empty where nothing does."""
    text = "\n".join(_hierarchy(old, new, (), secrets))
    return f"\n{text}\n" if text else ""


def _hierarchy(old: Node, new: Node, path: tuple[str, ...], secrets: bool) -> Iterator[str]:
    here = list(_own_lines(old, new, path, secrets))
    if here:
        yield path_text(path)
        yield from here
    for child in new:
        before = old.get(*child.identity)
        if before is not None and len(before) + len(child) and not before.same_as(child):
            yield from _hierarchy(before, child, (*path, *child.words), secrets)


def _own_lines(old: Node, new: Node, path: tuple[str, ...], secrets: bool) -> Iterator[str]:
    """What differs at one hierarchy itself, apart from what differs further below."""
    margin = " " * _margin(path)
    previous: Node | None = None
    for child in _both(old, new):
        before, after = old.get(*child.identity), new.get(*child.identity)
        if child.statement.kind is Kind.LEAF_LIST:
            if previous is None or previous.name != child.name:
                yield from _values_lines(old.all(child.name), new.all(child.name), margin)
        elif before is None and previous is not None and previous.name == child.name:
            yield f" {margin}{_short(previous)}"
            yield from _marked("+", margin, after, secrets)
        elif before is None or after is None or before.value != after.value:
            yield from _marked("-", margin, before, secrets)
            yield from _marked("+", margin, after, secrets)
        elif before.inactive != after.inactive:
            yield f"!{margin}{'inactive' if after.inactive else 'active'}: {_short(after)}"
        if after is not None or child.statement.kind is Kind.LEAF_LIST:
            previous = child
    yield from (f"!{margin}{_short(child)}" for child in _moved(old, new))


def _marked(sign: str, margin: str, node: Node | None, secrets: bool) -> Iterator[str]:
    if node is not None:
        yield from (f"{sign}{margin}{line}" for line in statement_lines(node, secrets))


def _values_lines(old: list[Node], new: list[Node], margin: str) -> Iterator[str]:
    """A leaf-list is shown whole, before and after."""
    before, after = list(values_lines(old)), list(values_lines(new))
    if before != after:
        yield from (f"-{margin}{line}" for line in before)
        yield from (f"+{margin}{line}" for line in after)


def _both(old: Node, new: Node) -> Iterator[Node]:
    """Children of either in one order: what is gone stands where it stood."""
    gone = [child for child in old if new.get(*child.identity) is None]
    for child in new:
        while gone and gone[0].statement.order <= child.statement.order and gone[0].name != child.name:
            yield gone.pop(0)
        while gone and gone[0].name == child.name and _stood_before(old, gone[0], child):
            yield gone.pop(0)
        yield child
    yield from gone


def _stood_before(old: Node, gone: Node, child: Node) -> bool:
    """Whether an entry that is gone stood before one that is still there, or that is new."""
    entries = [entry.identity for entry in old]
    return child.identity not in entries or entries.index(gone.identity) < entries.index(child.identity)


def _moved(old: Node, new: Node) -> Iterator[Node]:
    """Entries of a list that were put elsewhere: as few as explain the new order."""
    before = [child.identity for child in old if child.key is not None and new.get(*child.identity) is not None]
    after = [child for child in new if child.key is not None and old.get(*child.identity) is not None]
    identities = [child.identity for child in after]
    if before == identities:
        return
    blocks = SequenceMatcher(None, before, identities, autojunk=False).get_matching_blocks()
    kept = {index for block in blocks for index in range(block.b, block.b + block.size)}
    yield from (child for index, child in enumerate(after) if index not in kept)


def _short(node: Node) -> str:
    return f"{label(node)} {{ ... }}" if len(node) else f"{label(node)};"


def _margin(path: tuple[str, ...]) -> int:
    """How far Junos indents below a heading: two columns at the top, then more with the depth."""
    return 2 if len(path) <= 1 else min(len(path) + 2, 5)
