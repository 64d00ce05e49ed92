# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which statements a configuration may hold, read once from `statements.txt` and shared by every device."""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .release import Release

WILDCARD = re.compile(r"<.*>|\$.*")
_BOUNDS = re.compile(r"(\d+)\.\.(\d+)")
_PUBLIC_KEY = re.compile(r"(?:\S.* )?(?:ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/]+={0,2}(?: .*)?")
KEY_FORMAT = "Key format should be 'options keytype base64-encoded-key comment'"
_UINT_MAXIMUM = {"uint16": 2**16 - 1, "uint32": 2**32 - 1}
_FLAGS = frozenset({"secret", "password", "plain", "bare", "oneline", "sorted"})


class Kind(enum.Enum):
    CONTAINER = "container"
    LIST = "list"
    LEAF = "leaf"
    LEAF_LIST = "leaf-list"


@dataclass(frozen=True, slots=True)
class ValueType:
    """What a value may be: a bounded string, a bounded integer, one of several words, or nothing at all."""

    base: str = "string"
    low: int | None = None
    high: int | None = None
    words: tuple[str, ...] = ()

    def fault(self, value: str) -> str | None:
        """Why Junos does not take the value, in its words; None where it does."""
        if self.base == "empty" or WILDCARD.fullmatch(value):
            return None
        if self.base == "public-key":
            return None if _PUBLIC_KEY.fullmatch(value) and _key_type(value) in self.words else KEY_FORMAT
        if self.base == "enum":
            return None if value in self.words else f"invalid value '{value}' in statement"
        if self.base == "string":
            return self._outside(len(value), "Length {0} is not within range ({1}..{2})")
        if not re.fullmatch(r"\d+", value):
            return f"invalid numeric value: '{value}'"
        return self._outside(int(value), "Value {0} is not within range ({1}..{2})")

    def _outside(self, size: int, words: str) -> str | None:
        if self.low is None or self.high is None or self.low <= size <= self.high:
            return None
        return words.format(size, self.low, self.high)


@dataclass(eq=False, slots=True)
class Statement:
    """One statement of the schema; `order` is its place among its siblings, in which Junos shows them."""

    name: str
    kind: Kind
    order: int
    type: ValueType = ValueType()
    presence: bool = False
    since: Release | None = None
    until: Release | None = None
    flags: frozenset[str] = frozenset()
    must: str | None = None
    children: dict[str, Statement] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return self.type.base == "empty"

    @property
    def unreadable(self) -> bool:
        return bool(self.flags & {"secret", "password"})

    def known_to(self, release: Release) -> bool:
        return (self.since is None or release >= self.since) and (self.until is None or release < self.until)

    def child(self, name: str, release: Release) -> Statement | None:
        """The statement of that name, where the release has it."""
        found = self.children.get(name)
        return found if found is not None and found.known_to(release) else None

    def bare_lists(self, release: Release) -> Iterator[Statement]:
        """Lists whose keyword is not shown: an unknown word in text is the key of an entry of theirs."""
        return (child for child in self.children.values() if "bare" in child.flags and child.known_to(release))


def _key_type(line: str) -> str | None:
    """The key type that a public key line names, behind whatever options it begins with."""
    return next((word for word in line.split() if re.fullmatch(r"(?:ssh|ecdsa)-[a-z0-9-]+", word)), None)


def _type(words: list[str]) -> ValueType:
    for word in words:
        base, _unused, argument = word.partition("(")
        argument = argument.rstrip(")")
        if base in ("enum", "public-key"):
            return ValueType(base, words=tuple(argument.split("|")))
        if base in ("string", "empty", *_UINT_MAXIMUM):
            bounds = _BOUNDS.fullmatch(argument)
            low, high = (int(bounds[1]), int(bounds[2])) if bounds else (None, None)
            return ValueType(base, 0 if base in _UINT_MAXIMUM and low is None else low, high or _UINT_MAXIMUM.get(base))
    return ValueType()


def _release(words: list[str], mark: str) -> Release | None:
    return next((Release.parse(word[1:]) for word in words if word.startswith(mark)), None)


def _statement(line: str, order: int) -> Statement:
    name, *words = line.split()
    is_value = any(word.partition("(")[0] in ("string", "empty", "enum", *_UINT_MAXIMUM) for word in words)
    kind = Kind.LEAF if is_value else Kind.CONTAINER
    for suffix, other in (("[]", Kind.LIST), ("*", Kind.LEAF_LIST)):
        if name.endswith(suffix):
            name, kind = name.removesuffix(suffix), other
    return Statement(
        name=name.rstrip("!"),
        kind=kind,
        order=order,
        type=_type(words),
        presence=name.endswith("!"),
        since=_release(words, "@"),
        until=_release(words, "<"),
        flags=_FLAGS.intersection(words),
        must=next((word[5:-1] for word in words if word.startswith("must(")), None),
    )


def _group_members(order: int) -> list[Statement]:
    return [
        Statement(name, Kind.LEAF_LIST, order - 2 + index)
        for index, name in enumerate(("apply-groups", "apply-groups-except"))
    ]


def _add_children(parent: Statement) -> None:
    for member in _group_members(0):
        parent.children[member.name] = member


@functools.cache
def root() -> Statement:
    """The statement `configuration` with everything below it."""
    top = Statement("configuration", Kind.CONTAINER, 0)
    _add_children(top)
    stack = [top]
    for line in Path(__file__).with_name("statements.txt").read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        depth = (len(line) - len(line.lstrip())) // 2
        del stack[depth + 1 :]
        child = _statement(text, len(stack[-1].children))
        if child.kind in (Kind.CONTAINER, Kind.LIST):
            _add_children(child)
        stack[-1].children[child.name] = child
        stack.append(child)
    groups = Statement("groups", Kind.LIST, -3)
    groups.children = {name: child for name, child in top.children.items() if name != "version"}
    top.children["groups"] = groups
    return top
