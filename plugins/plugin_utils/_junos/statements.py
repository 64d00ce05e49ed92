# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of which a section's table is made: one small class for each shape that a Junos statement has.

Every row knows five things to do with the options that name it: check them, list their names, plan them against what
is present, remove what they name, and read what is present back into options. An option that is None or missing is
left alone; ``""`` removes the statement; a list is added to, or with ``exclusive: true`` beside it made exactly so.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._junos import secrets
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Edit
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.kinds import BOOLEAN, Kind, choice
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import Node

Options = Mapping[str, Any]


class Statement(ABC):
    """One row. `parent` is the statement above it as it is present, `edit` the same place in what will be loaded."""

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The options it takes."""

    @abstractmethod
    def check(self, options: Options, where: str) -> None:
        """Raise OptionError for a value that Junos would refuse. where: the way to `options`, for the message."""

    @abstractmethod
    def plan(self, options: Options, parent: Node, edit: Edit) -> None:
        """Put into `edit` what makes the configuration as the options say."""

    @abstractmethod
    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        """Delete what the options name; with None, whatever is there of this statement."""

    @abstractmethod
    def read(self, parent: Node) -> dict[str, Any]:
        """What is present, in the shape of the options; never a secret."""

    def named_in(self, options: Options) -> bool:
        return any(options.get(name) is not None for name in self.names)


@dataclass(frozen=True)
class Setting(Statement):
    """An option that is no statement but says how the others are meant, such as ``state``."""

    option: str
    kind: Kind

    @property
    def names(self) -> tuple[str, ...]:
        return (self.option,)

    def check(self, options: Options, where: str) -> None:
        if options.get(self.option) is not None:
            self.kind.check(options[self.option], join(where, self.option))

    def plan(self, options: Options, parent: Node, edit: Edit) -> None:
        pass

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        pass

    def read(self, parent: Node) -> dict[str, Any]:
        return {}

    def named_in(self, options: Options) -> bool:
        return False


EXCLUSIVE = Setting("exclusive", BOOLEAN)
UPDATE_PASSWORD = Setting("update_password", choice("changed", "on_create", "always"))


@dataclass(frozen=True)
class Leaf(Statement):
    """A statement with one value. since: the first release that has it. option: its name, if not the statement's."""

    statement: str
    kind: Kind
    since: str | None = None
    option: str = ""
    removable: bool = True

    @property
    def name(self) -> str:
        return self.option or as_option(self.statement)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def check(self, options: Options, where: str) -> None:
        value = options.get(self.name)
        if value is not None and not (value == "" and self.removable):
            self.kind.check(value, join(where, self.name))

    def plan(self, options: Options, parent: Node, edit: Edit) -> None:
        value = options.get(self.name)
        if value is None:
            return
        present = parent.child(self.statement)
        if value == "":
            edit.drop(present)
        elif self.differs(value, present, options, edit):
            edit.put(self.statement, self.written(value), since=self.since, mark=reactivate(present))
        elif present.inactive:
            edit.put(self.statement, present.text, mark="active")

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        present = parent.child(self.statement)
        value = present.text if options is None else options.get(self.name)
        if present.exists and value is not None and self.same(value, present):
            edit.drop(present)

    def read(self, parent: Node) -> dict[str, Any]:
        present = parent.child(self.statement)
        if present.text is None:
            return {}
        return {self.name: int(present.text) if self.kind.number else present.text}

    def written(self, value: object) -> str:
        return self.kind.text(value)

    def same(self, value: object, present: Node) -> bool | None:
        """Whether it has that value already; None where that cannot be told."""
        return present.text is not None and self.kind.text(present.text) == self.kind.text(value)

    def differs(self, value: object, present: Node, options: Options, edit: Edit) -> bool:
        return not self.same(value, present)


@dataclass(frozen=True)
class Secret(Leaf):
    """A value that nobody is to see: compared by its clear text, never read back.

    encoded: Junos' type for it takes ``$9$`` (``jt:unreadable``), so it is loaded in that form.
    """

    encoded: bool = True

    def written(self, value: object) -> str:
        return secrets.encode(clear(value)) if self.encoded else clear(value)

    def same(self, value: object, present: Node) -> bool | None:
        if not present.text:
            return False
        known = secrets.readable(present.text)
        return None if known is None else known == clear(value)

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        if options is None or options.get(self.name) is not None:
            edit.drop(parent.child(self.statement))

    def differs(self, value: object, present: Node, options: Options, edit: Edit) -> bool:
        return must_write(self.same(value, present), present, options, edit)

    def read(self, parent: Node) -> dict[str, Any]:
        return {f"has_{self.name}": parent.child(self.statement).exists}


@dataclass(frozen=True)
class Flag(Statement):
    """A statement without a value: true sets it, false deletes it. off: the statement that says the contrary."""

    statement: str
    since: str | None = None
    off: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return (as_option(self.statement),)

    def check(self, options: Options, where: str) -> None:
        value = options.get(self.names[0])
        if value is not None:
            BOOLEAN.check(value, join(where, self.names[0]))

    def plan(self, options: Options, parent: Node, edit: Edit) -> None:
        value = options.get(self.names[0])
        if value is None:
            return
        wanted, other = (self.statement, self.off) if value else (self.off, self.statement)
        if other:
            edit.drop(parent.child(other))
        if wanted:
            present = parent.child(wanted)
            if not present.exists or present.inactive:
                edit.put(wanted, since=self.since, mark=reactivate(present))

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        for statement, value in ((self.statement, True), (self.off, False)):
            if statement and (options is None or options.get(self.names[0]) is value):
                edit.drop(parent.child(statement))

    def read(self, parent: Node) -> dict[str, Any]:
        if parent.child(self.statement).exists:
            return {self.names[0]: True}
        return {self.names[0]: False} if self.off and parent.child(self.off).exists else {}


@dataclass(frozen=True)
class LeafList(Statement):
    """A statement with several values whose order says nothing. entries: Junos keeps them as list entries."""

    statement: str
    kind: Kind
    since: str | None = None
    option: str = ""
    entries: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.option or as_option(self.statement),)

    def check(self, options: Options, where: str) -> None:
        values = options.get(self.names[0])
        if values is None:
            return
        path = join(where, self.names[0])
        for index, value in enumerate(must_be_list(values, path)):
            self.kind.check(value, f"{path}[{index}]")

    def plan(self, options: Options, parent: Node, edit: Edit) -> None:
        values = options.get(self.names[0])
        if values is None:
            return
        wanted = dict.fromkeys(self.kind.text(value) for value in values)
        present = self._present(parent)
        for value in wanted:
            node = present.get(value)
            if node is None or node.inactive:
                self._put(value, edit, mark="active" if node else None)
        if options.get("exclusive"):
            self._drop((node for value, node in present.items() if value not in wanted), edit)

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        named = None if options is None else options.get(self.names[0]) or ()
        present = self._present(parent)
        self._drop((node for value, node in present.items() if named is None or value in named), edit)

    def read(self, parent: Node) -> dict[str, Any]:
        values = list(self._present(parent))
        return {self.names[0]: values} if values else {}

    def _present(self, parent: Node) -> dict[str, Node]:
        nodes = parent.all(self.statement)
        return {(node.key if self.entries else node.text) or "": node for node in nodes}

    def _put(self, value: str, edit: Edit, mark: str | None) -> None:
        if not self.entries:
            edit.put(self.statement, value, since=self.since, mark=mark)
            return
        entry = edit.at(self.statement, value)
        entry.make()
        entry.need(self.since)
        if mark:
            entry.mark(mark)

    @staticmethod
    def _drop(nodes: Iterable[Node], edit: Edit) -> None:
        for node in nodes:
            edit.drop(node, node.text)


@dataclass(frozen=True)
class Cases(Statement):
    """Statements of which only one can be: naming one takes the place of the others."""

    cases: tuple[Statement, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for case in self.cases for name in case.names)

    def check(self, options: Options, where: str) -> None:
        chosen = self._chosen(options)
        if len(chosen) > 1:
            names = [next(name for name in case.names if options.get(name) is not None) for case in chosen]
            raise OptionError(join(where, names[1]), options[names[1]], f"only one of {' and '.join(names)}")
        for case in self.cases:
            case.check(options, where)

    def plan(self, options: Options, parent: Node, edit: Edit) -> None:
        chosen = self._chosen(options)
        for case in self.cases:
            if chosen and case not in chosen:
                case.remove(None, parent, edit)
            else:
                case.plan(options, parent, edit)

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        for case in self.cases:
            case.remove(options, parent, edit)

    def read(self, parent: Node) -> dict[str, Any]:
        return {name: value for case in self.cases for name, value in case.read(parent).items()}

    def _chosen(self, options: Options) -> list[Statement]:
        """What is set by the options; an empty text or false only takes away."""
        return [case for case in self.cases if any(options.get(name) not in (None, "", False) for name in case.names)]


def must_write(same: bool | None, present: Node, options: Options, edit: Edit) -> bool:
    """Whether a secret or password is to be written, as ``update_password`` says.

    same: whether it is that already; None where it cannot be read.
    """
    policy = options.get("update_password") or "changed"
    if not present.exists or same is False:
        return not present.exists or policy != "on_create"
    if same is None and policy == "changed":
        edit.warn(
            f"'{present.tag}' cannot be read here (hidden, or encrypted with a master password) and was left as it is: "
            "update_password 'always' sets it anew every time"
        )
    return same is None and policy == "always"


def reactivate(present: Node) -> str | None:
    return "active" if present.inactive else None


def clear(value: object) -> str:
    """A secret as given, which may be in ``$9$`` form."""
    text = str(value)
    return text if (known := secrets.readable(text)) is None else known


def must_be_list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise OptionError(where, value, "a list")
    return list(value)


def must_be_mapping(value: object, where: str) -> Options:
    if not isinstance(value, Mapping):
        raise OptionError(where, value, "a dictionary of options")
    return value


def as_option(statement: str) -> str:
    return statement.replace("-", "_")


def join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
