# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of a table that have rows of their own: containers, and lists of named entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Edit
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.kinds import Kind, choice
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import Node
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.statements import (
    Options,
    Setting,
    Statement,
    as_option,
    join,
    must_be_list,
    must_be_mapping,
)

STATE = Setting("state", choice("present", "absent"))
STATE_OR_INACTIVE = Setting("state", choice("present", "absent", "inactive"))


@dataclass(frozen=True)
class Rows(Statement):
    """Several rows over one dictionary of options."""

    rows: tuple[Statement, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for row in self.rows for name in row.names)

    def check(self, options: Options, where: str) -> None:
        for row in self.rows:
            row.check(options, where)

    def check_all(self, options: Options, where: str, *also: str) -> None:
        """Check the options, and that there are no others. also: names that are known besides those of the rows."""
        known = (*also, *self.names)
        for name in must_be_mapping(options, where):
            if name not in known:
                raise OptionError(join(where, name), options[name], f"the options {', '.join(known)}")
        self.check(options, where)

    def plan(self, options: Options, parent: Node, edit: Edit) -> None:
        for row in self.rows:
            row.plan(options, parent, edit)

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        for row in self.rows:
            row.remove(options, parent, edit)

    def read(self, parent: Node) -> dict[str, Any]:
        return {name: value for row in self.rows for name, value in row.read(parent).items()}

    def named_in(self, options: Options) -> bool:
        return any(row.named_in(options) for row in self.rows)

    def given(self, options: Options) -> bool:
        """Whether the options name anything but how the others are meant."""
        rows = (row for row in self.rows if not isinstance(row, Setting))
        return any(options.get(name) is not None for row in rows for name in row.names)


@dataclass(frozen=True)
class Level(Rows):
    """A level of the hierarchy that the options do not show: its rows' options stand beside those of other rows."""

    statement: str

    def plan(self, options: Options, parent: Node, edit: Edit) -> None:
        if not self.named_in(options):
            return
        node, place = parent.child(self.statement), edit.at(self.statement)
        warn_if_inactive(node, place)
        super().plan(options, node, place)

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        super().remove(options, parent.child(self.statement), edit.at(self.statement))

    def read(self, parent: Node) -> dict[str, Any]:
        return super().read(parent.child(self.statement))


@dataclass(frozen=True)
class Service(Level):
    """A level that is made by naming its section, and is (de)activated with it."""

    def named_in(self, options: Options) -> bool:
        return True

    def plan(self, options: Options, parent: Node, edit: Edit) -> None:
        node, place = parent.child(self.statement), edit.at(self.statement)
        if not node.exists:
            place.make()
        Rows.plan(self, options, node, place)
        activate(options.get("state") or "present", node, place)

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        if options is None:
            edit.drop(parent.child(self.statement))
        else:
            super().remove(options, parent, edit)

    def read(self, parent: Node) -> dict[str, Any]:
        node = parent.child(self.statement)
        return {**super().read(parent), **_state(node)} if node.exists else {"state": "absent"}


@dataclass(frozen=True)
class Container(Rows):
    """A container with a dictionary of options of its own. presence: it says something by being there at all."""

    statement: str
    presence: bool = False
    since: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return (as_option(self.statement),)

    def check(self, options: Options, where: str) -> None:
        inner = options.get(self.names[0])
        if inner is None:
            return
        path = join(where, self.names[0])
        known = Rows((STATE_OR_INACTIVE, *self.rows))
        known.check_all(must_be_mapping(inner, path), path)

    def plan(self, options: Options, parent: Node, edit: Edit) -> None:
        inner = options.get(self.names[0])
        if inner is None:
            return
        node, place = parent.child(self.statement), edit.at(self.statement)
        state = inner.get("state") or "present"
        if state == "absent":
            edit.drop(node)
            return
        if self.presence and not node.exists:
            place.make()
        super().plan(inner, node, place)
        if place.element is not None:
            place.need(self.since)
        activate(state, node, place)

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        node = parent.child(self.statement)
        inner = None if options is None else options.get(self.names[0])
        if options is None or (inner is not None and not super().named_in(inner)):
            edit.drop(node)
        elif inner is not None:
            super().remove(inner, node, edit.at(self.statement))

    def read(self, parent: Node) -> dict[str, Any]:
        node = parent.child(self.statement)
        return {self.names[0]: {**super().read(node), **_state(node)}} if node.exists else {}

    def named_in(self, options: Options) -> bool:
        return options.get(self.names[0]) is not None


@dataclass(frozen=True)
class Keyed(Rows):
    """A list of entries told apart by a name.

    option: the option that holds the list. key: the entry's option that holds the name, key_kind: what it may be.
    ordered: the order of the entries says something. owned: entries are made and deleted here, not only added to.
    required, new: what an entry needs, and what it gets unless told otherwise, when it is not there yet.
    """

    statement: str
    option: str
    key_kind: Kind
    key: str = "name"
    ordered: bool = False
    owned: bool = True
    required: tuple[str, ...] = ()
    new: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.option,)

    def named_in(self, options: Options) -> bool:
        return options.get(self.option) is not None

    def check(self, options: Options, where: str) -> None:
        entries = options.get(self.option)
        if entries is None:
            return
        path = join(where, self.option)
        seen: set[str] = set()
        for index, entry in enumerate(must_be_list(entries, path)):
            self._check_entry(entry, f"{path}[{index}]")
            name = self.key_of(entry)
            if name in seen:
                raise OptionError(f"{path}[{index}].{self.key}", entry[self.key], "each one once: it is named before")
            seen.add(name)

    def _check_entry(self, entry: object, where: str) -> None:
        settings = Rows((STATE_OR_INACTIVE, *self.rows) if self.owned else self.rows)
        entry = must_be_mapping(entry, where)
        self.key_kind.check(entry.get(self.key), join(where, self.key))
        settings.check_all(entry, where, self.key)

    def key_of(self, entry: Options) -> str:
        return self.key_kind.text(entry[self.key])

    def plan(self, options: Options, parent: Node, edit: Edit) -> None:
        entries = options.get(self.option)
        if entries is None:
            return
        for index, entry in enumerate(entries):
            node, place = self.place(self.key_of(entry), parent, edit)
            self._plan_entry(entry, node, place, f"{self.option}[{index}]")
        kept = [self.key_of(entry) for entry in entries if entry.get("state") != "absent"]
        if options.get("exclusive") and self.owned:
            for node in parent.all(self.statement):
                if self.key_kind.text(node.key) not in map(self.key_of, entries):
                    edit.drop(node)
        if self.ordered:
            self._order(kept, parent, edit)

    def place(self, key: str, parent: Node, edit: Edit) -> tuple[Node, Edit]:
        """Where the entry of that name is, and where its changes go."""
        node = next((one for one in parent.all(self.statement) if self.key_kind.text(one.key) == key), None)
        if node is None:
            return Node(self.statement, exists=False), edit.at(self.statement, key)
        return node, edit.at(self.statement, node.key)

    def _plan_entry(self, entry: Options, node: Node, place: Edit, where: str) -> None:
        state = entry.get("state") or "present"
        if state == "absent":
            if place.above is not None:
                place.above.drop(node)
            return
        if self.owned and not node.exists:
            entry = {**self.new, **{name: value for name, value in entry.items() if value is not None}}
            self._check_new(entry, where)
            place.make()
        super().plan(entry, node, place)
        if self.owned:
            activate(state, node, place)
        elif super().named_in(entry):
            warn_if_inactive(node, place)

    def _check_new(self, entry: Options, where: str) -> None:
        for name in self.required:
            if not entry.get(name):
                raise OptionError(join(where, name), entry.get(name), f"a value: {entry[self.key]!r} is not there yet")

    def _order(self, kept: list[str], parent: Node, edit: Edit) -> None:
        """Move entries only where the named ones do not follow each other as they are named."""
        nodes = {self.key_kind.text(node.key): node for node in parent.all(self.statement)}
        line = [*nodes, *(key for key in kept if key not in nodes)]
        for before, key in pairwise(kept):
            if line.index(key) > line.index(before):
                continue
            if any(key in nodes and nodes[key].group for key in (before, key)):
                edit.warn(f"the order of '{before}' and '{key}' comes from a group and stays")
                continue
            line.remove(key)
            line.insert(line.index(before) + 1, key)
            real = (nodes[name].key if name in nodes else name for name in (key, before))
            edit.move(self.statement, *(name or "" for name in real))

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        if options is None:
            for node in parent.all(self.statement):
                self._remove_entry(None, node, edit.at(self.statement, node.key))
            return
        for entry in options.get(self.option) or ():
            node, place = self.place(self.key_of(entry), parent, edit)
            self._remove_entry(entry if super().named_in(entry) else None, node, place)

    def _remove_entry(self, entry: Options | None, node: Node, place: Edit) -> None:
        if not self.owned:
            super().remove(entry, node, place)
        elif place.above is not None:
            place.above.drop(node)

    def read(self, parent: Node) -> dict[str, Any]:
        entries = [self.read_entry(node) for node in parent.all(self.statement)]
        entries = [entry for entry in entries if self.owned or len(entry) > 1]
        return {self.option: entries} if entries else {}

    def read_entry(self, node: Node) -> dict[str, Any]:
        """One entry as options: a list's entry need not bear the name it has in the options (see `place`)."""
        return {self.key: node.key, **super().read(node), **(_state(node) if self.owned else {})}


def warn_if_inactive(node: Node, place: Edit) -> None:
    if node.inactive:
        place.warn("is inactive as a whole, so nothing in it takes effect until it is activated")


def activate(state: str, node: Node, place: Edit) -> None:
    """Mark the place as (de)activated where that is not how it is."""
    if state == "inactive" and node.group:
        place.warn(f"comes from the group '{node.group}' and stays active: change the group, or except it")
    elif state == "inactive" and not node.inactive and (node.exists or place.element is not None):
        place.mark("inactive")
    elif state == "present" and node.inactive:
        place.mark("active")


def _state(node: Node) -> dict[str, Any]:
    """What `read` adds about an entry: that it is inactive, and the group that it comes from."""
    return {**({"state": "inactive"} if node.inactive else {}), **({"group": node.group} if node.group else {})}
