# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration written as XML, as load-configuration and edit-config bring it.

Both ways of saying what to do are understood: Junos' attributes (`delete="delete"`, `replace="replace"`,
`inactive="inactive"`, `insert`, `rename`) and `operation` of RFC 6241, with or without namespaces.
"""

from __future__ import annotations

from lxml import etree

from .edit import Edit, Operation, Reading
from .errors import RpcError, syntax_error
from .release import Release
from .schema import Kind, Statement
from .schema import root as schema_root
from .tree import path_text

_OPERATIONS = {operation.value: operation for operation in Operation}
_SWITCHES = {
    "delete": Operation.DELETE,
    "replace": Operation.REPLACE,
    "create": Operation.CREATE,
    "merge": Operation.MERGE,
}


def local(node: etree._Element) -> str:
    """An element's name without its namespace."""
    return etree.QName(node).localname


def elements(node: etree._Element) -> list[etree._Element]:
    """The child elements; comments and processing instructions are none."""
    return [child for child in node if isinstance(child.tag, str)]


def read(configuration: etree._Element, release: Release, operation: Operation = Operation.MERGE) -> Reading:
    """The edit that a `<configuration>` element describes; `operation` is what its statements do by default. There is
    an error for each statement that is unknown or holds a value that it cannot hold."""
    problems: list[RpcError] = []
    attributes = _attributes(configuration)
    edit = Edit(schema_root(), operation=_operation(attributes, operation))
    _read_children(configuration, edit, release, operation, (), problems)
    return Reading([edit], problems)


def _attributes(node: etree._Element) -> dict[str, str]:
    return {etree.QName(name).localname: str(value) for name, value in node.attrib.items()}


def _operation(attributes: dict[str, str], default: Operation) -> Operation:
    if "operation" in attributes:
        return _OPERATIONS.get(attributes["operation"], default)
    return next((operation for name, operation in _SWITCHES.items() if attributes.get(name) == name), default)


def _text(node: etree._Element) -> str:
    return (node.text or "").strip()


def _read_children(
    node: etree._Element,
    edit: Edit,
    release: Release,
    default: Operation,
    path: tuple[str, ...],
    problems: list[RpcError],
) -> None:
    for child in elements(node):
        if edit.statement.kind is Kind.LIST and local(child) == "name":
            continue
        statement = edit.statement.child(local(child), release)
        if statement is None:
            problems.append(syntax_error(local(child), path_text(path)))
            continue
        read_child = _read_statement(child, statement, release, default, path, problems)
        if read_child is not None:
            edit.children.append(read_child)


def _read_statement(
    node: etree._Element,
    statement: Statement,
    release: Release,
    default: Operation,
    path: tuple[str, ...],
    problems: list[RpcError],
) -> Edit | None:
    attributes = _attributes(node)
    edit = Edit(statement, operation=_operation(attributes, default))
    inherited = Operation.MERGE if edit.operation in (Operation.REPLACE, Operation.CREATE) else edit.operation
    if "inactive" in attributes or "active" in attributes:
        edit.active = attributes.get("active") in ("active", "true")
    _read_value(node, edit, attributes)
    fault = _fault(edit, elements(node))
    if fault is not None:
        problems.append(RpcError(fault, path=path_text((*path, *edit.words)), bad_element=_bad_element(edit)))
        return None
    _read_arrangement(edit, attributes)
    if statement.kind in (Kind.CONTAINER, Kind.LIST):
        _read_children(node, edit, release, inherited, (*path, *edit.words), problems)
    return edit


def _read_value(node: etree._Element, edit: Edit, attributes: dict[str, str]) -> None:
    kind = edit.statement.kind
    if kind is Kind.LIST:
        name = next((child for child in elements(node) if local(child) == "name"), None)
        edit.key = None if name is None else _text(name)
    elif kind is Kind.LEAF_LIST:
        edit.key = _text(node) or None
    elif kind is Kind.LEAF and not edit.statement.empty:
        edit.value = _text(node)


def _fault(edit: Edit, members: list[etree._Element]) -> str | None:
    statement, removed = edit.statement, edit.operation in (Operation.DELETE, Operation.REMOVE)
    if statement.kind in (Kind.LIST, Kind.LEAF_LIST):
        if edit.key is None:
            return None if removed and not members else f"syntax error, missing name of {statement.name}"
        return statement.type.fault(edit.key)
    if statement.kind is Kind.LEAF and members:
        return "syntax error"
    if statement.kind is Kind.LEAF and not removed:
        missing = not edit.value and not statement.empty
        return "missing argument" if missing else statement.type.fault(edit.value or "")
    return None


def _bad_element(edit: Edit) -> str:
    return edit.value or edit.key or edit.statement.name


def _read_arrangement(edit: Edit, attributes: dict[str, str]) -> None:
    """Junos: `insert="before|after|first|last"` with `key="[name='x']"` or `name`/`value`; `rename` with `name`."""
    if "rename" in attributes:
        edit.new_key = attributes.get("name")
    if "insert" in attributes:
        edit.place = attributes["insert"]
        edit.beside = _neighbour(attributes)


def _neighbour(attributes: dict[str, str]) -> str | None:
    for name in ("name", "value"):
        if name in attributes:
            return attributes[name]
    key = attributes.get("key", "")
    return key.strip("[]").partition("=")[2].strip().strip("'\"") or None if key else None
