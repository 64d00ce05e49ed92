# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of RFC 6241, as Junos answers them."""

from __future__ import annotations

from lxml import etree

from . import load_text, load_xml, locking
from .edit import Operation, Reading
from .errors import RpcError, RpcErrors
from .filter import select
from .load_xml import elements, local
from .render import configuration
from .rpc_configuration import edit_candidate, warnings_xml
from .rpcs import child, rpc, text
from .session import Session
from .tree import Node
from .xml_text import element

_DEFAULT_OPERATIONS = {"merge": Operation.MERGE, "replace": Operation.MERGE, "none": Operation.NONE}


def _datastore(request: etree._Element, role: str) -> str:
    """The datastore that `<source>` or `<target>` names. Raises `RpcError` where it names none."""
    named = child(request, role)
    stores = [] if named is None else elements(named)
    if not stores:
        raise RpcError(f"missing {role}", "missing-element", bad_element=role)
    name = local(stores[0])
    if name not in ("candidate", "running"):
        raise RpcError(f"invalid {role}: {name}", "invalid-value", bad_element=name)
    return name


@rpc("get-config", permission="view-configuration")
def get_config(session: Session, request: etree._Element) -> str:
    running = _datastore(request, "source") == "running"
    tree = session.device.database.committed if running else session.candidate
    tree = _filtered(session, tree, request)
    return element("data", configuration(session, tree, "xml", running))


@rpc("get", permission="view-configuration")
def get(session: Session, request: etree._Element) -> str:
    tree = _filtered(session, session.device.database.committed, request)
    return element("data", configuration(session, tree, "xml", True))


def _filtered(session: Session, tree: Node, request: etree._Element) -> Node:
    subtree = child(request, "filter")
    if subtree is None:
        return tree
    if subtree.get("type", "subtree") != "subtree":
        raise RpcError("filter type not supported", "bad-attribute", bad_element="filter")
    wanted = child(subtree, "configuration")
    return Node.root() if wanted is None else select(tree, wanted, session.device.release)


@rpc("edit-config", permission="configure")
def edit_config(session: Session, request: etree._Element) -> str:
    if _datastore(request, "target") != "candidate":
        raise RpcError("only the candidate can be edited", "operation-not-supported", bad_element="target")
    locking.require_editable(session)
    default = text(request, "default-operation", "merge") or "merge"
    if default not in _DEFAULT_OPERATIONS:
        raise RpcError(f"invalid value '{default}'", "invalid-value", bad_element="default-operation")
    reading = _reading(session, request, _DEFAULT_OPERATIONS[default])
    if default == "replace":
        reading.edits[0].operation = Operation.REPLACE
    if text(request, "test-option") == "test-only":
        if reading.errors:
            raise RpcErrors(reading.errors)
        return element("ok")
    warnings = edit_candidate(session, reading)
    return warnings_xml(session, warnings) + element("ok")


def _reading(session: Session, request: etree._Element, default: Operation) -> Reading:
    config_text = child(request, "config-text")
    if config_text is not None:
        body = "".join(str(part) for part in config_text.itertext())
        return load_text.read(body, session.device.release)
    config = child(request, "config")
    source = None if config is None else child(config, "configuration")
    if source is None:
        raise RpcErrors([RpcError("missing configuration", "missing-element", bad_element="config")])
    return load_xml.read(source, session.device.release, default)


@rpc("lock", permission="configure")
def lock(session: Session, request: etree._Element) -> str:
    _datastore(request, "target")
    locking.lock(session)
    return element("ok")


@rpc("unlock", permission="configure")
def unlock(session: Session, request: etree._Element) -> str:
    _datastore(request, "target")
    locking.unlock(session)
    return element("ok")


@rpc("validate", permission="configure")
def validate(session: Session, request: etree._Element) -> str:
    running = _datastore(request, "source") == "running"
    tree = session.device.database.committed if running else session.candidate
    session.device.commits.check(tree, session.device.commits.engines(tree))
    session.device.log.add("commit-check", user=session.user)
    return element("ok")


@rpc("discard-changes", permission="configure")
def discard_changes(session: Session, _request: etree._Element) -> str:
    locking.require_editable(session)
    if session.private is not None:
        session.private = session.private_base.copy() if session.private_base is not None else None
    else:
        session.device.database.discard()
    session.device.log.add("discard", user=session.user, session_id=session.session_id)
    return element("ok")


@rpc("cancel-commit", permission="configure")
def cancel_commit(session: Session, _request: etree._Element) -> str:
    session.device.commits.cancel()
    return element("ok")


@rpc("close-session")
def close_session(session: Session, _request: etree._Element) -> str:
    session.close_requested = True
    return element("ok")


@rpc("kill-session", permission="configure")
def kill_session(session: Session, request: etree._Element) -> str:
    wanted = text(request, "session-id", "") or ""
    if not wanted.isdigit() or not session.device.kill_session(int(wanted)):
        raise RpcError("invalid session id", "invalid-value", bad_element="session-id")
    return element("ok")
