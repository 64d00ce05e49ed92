# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of the Junos XML protocol that read and change the configuration."""

from __future__ import annotations

from lxml import etree

from . import load_set, load_text, load_xml, locking
from .clock import date_text
from .configuration import loaded
from .edit import Edit, Operation
from .errors import RpcError, RpcErrors, statement_not_found
from .filter import select
from .groups import inherited
from .load_xml import elements, local
from .render import configuration
from .rpcs import child, rpc, text
from .session import Session
from .tree import Node
from .xml_text import element, raw

_ACTIONS = {"merge": Operation.MERGE, "replace": Operation.MERGE, "set": Operation.MERGE, "override": Operation.REPLACE,
            "overwrite": Operation.REPLACE, "update": Operation.REPLACE}


@rpc("get-configuration", permission="view-configuration")
def get_configuration(session: Session, request: etree._Element) -> str:
    if "compare" in request.attrib:
        return _comparison(session, request)
    database = session.device.database
    committed = request.get("database") == "committed"
    tree = database.committed if committed else session.candidate
    if "rollback" in request.attrib:
        tree = database.rollback(_number(request.get("rollback", "0")))
    if request.get("inherit") in ("inherit", "defaults"):
        tree = inherited(tree)
    wanted = child(request, "configuration")
    if wanted is not None:
        tree = select(tree, wanted, session.device.release)
    changed = database.committed if request.get("changed") == "changed" and not committed else None
    return configuration(session, tree, request.get("format", "xml"), committed, changed)


def _comparison(session: Session, request: etree._Element) -> str:
    base = session.device.database.rollback(_number(request.get("rollback", "0")))
    candidate = session.candidate
    if request.get("database") == "committed":
        candidate = session.device.database.committed
    difference = session.device.database.difference(base, session.secrets, candidate)
    return element("configuration-information", element("configuration-output", difference))


def _number(value: str) -> int:
    if not value.isdigit() or int(value) > 49:
        raise RpcError(f"Value {value} is not within range (0..49)", "invalid-value", bad_element="rollback")
    return int(value)


@rpc("load-configuration", permission="configure")
def load_configuration(session: Session, request: etree._Element) -> str:
    locking.require_editable(session)
    if "rollback" in request.attrib or "rescue" in request.attrib:
        return _load_rollback(session, request)
    try:
        warnings = edit_candidate(session, _edits(session, request))
    except RpcErrors as errors:
        count = element("load-error-count", str(len(errors.errors)))
        raise RpcErrors(errors.errors, "load-configuration-results", count) from None
    return element("load-configuration-results", raw("".join(problem.to_xml() for problem in warnings)), element("ok"))


def edit_candidate(session: Session, edits: list[Edit]) -> list[RpcError]:
    """Apply edits to the session's candidate. Returns warnings; raises `RpcErrors` for what is an error."""
    if session.private is None:
        problems = session.device.database.edit(session.editor, edits)
    else:
        session.private, problems = loaded(session.private, edits)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise RpcErrors(errors)
    return problems


def _load_rollback(session: Session, request: etree._Element) -> str:
    if "rescue" in request.attrib:
        raise RpcError("could not open file: /config/rescue.conf.gz: No such file or directory", type="application")
    tree = session.device.database.rollback(_number(request.get("rollback", "0")))
    if session.private is not None:
        session.private = tree.copy()
    else:
        session.device.database.replace(session.editor, tree)
    return element("load-configuration-results", element("ok"))


def _edits(session: Session, request: etree._Element) -> list[Edit]:
    release = session.device.release
    action = request.get("action", "merge")
    if action not in _ACTIONS:
        raise RpcErrors([RpcError(f"invalid value '{action}'", "bad-attribute", bad_element="load-configuration")])
    source = next(iter(elements(request)), None)
    if source is None:
        raise RpcErrors([RpcError("no configuration data", "missing-element", bad_element="load-configuration")])
    form = local(source)
    if form == "configuration-set" or action == "set":
        return load_set.read(_content(source), release)
    if form == "configuration-text" or request.get("format") == "text":
        edit = load_text.read(_content(source), release)
        edit.operation = _ACTIONS[action]
        return [edit]
    edit = load_xml.read(source, release)
    if _ACTIONS[action] is Operation.REPLACE:
        edit.operation = Operation.REPLACE
    return [edit]


def _content(source: etree._Element) -> str:
    return "".join(str(part) for part in source.itertext())


@rpc("lock-configuration", permission="configure")
def lock_configuration(session: Session, _request: etree._Element) -> str:
    locking.lock(session)
    return element("ok")


@rpc("unlock-configuration", permission="configure")
def unlock_configuration(session: Session, _request: etree._Element) -> str:
    locking.unlock(session)
    return element("ok")


@rpc("open-configuration", permission="configure")
def open_configuration(session: Session, request: etree._Element) -> str:
    if child(request, "private") is None:
        raise RpcError("only a private configuration can be opened", "operation-not-supported",
                       bad_element="open-configuration")
    if session.private is not None:
        raise RpcError("private configuration is already open", bad_element="open-configuration")
    locking.require_unlocked(session)
    session.private_base = session.device.database.committed
    session.private = session.private_base.copy()
    return element("ok")


@rpc("close-configuration", permission="configure")
def close_configuration(session: Session, _request: etree._Element) -> str:
    session.private = session.private_base = None
    return element("ok")


@rpc("commit-configuration", "commit", permission="configure")
def commit_configuration(session: Session, request: etree._Element) -> str:
    locking.require_editable(session)
    check = child(request, "check") is not None
    if check:
        session.device.commits.check(session.candidate)
        session.device.log.add("commit-check", user=session.user)
    else:
        session.device.commits.commit(session, text(request, "log", "") or "", _confirmed_seconds(request))
    success = element("commit-check-success" if check else "commit-success")
    if local(request) == "commit":
        return element("ok")
    both = child(request, "synchronize") is not None or child(request, "force-synchronize") is not None
    names = session.device.routing_engines if both else session.device.routing_engines[:1]
    engines = raw("".join(element("routing-engine", element("name", name), success, junos__style="normal")
                          for name in names))
    return element("commit-results", engines) + element("ok")


def _confirmed_seconds(request: etree._Element) -> float | None:
    """Minutes in commit-configuration, seconds in commit of RFC 6241; both ten minutes where nothing is said."""
    if child(request, "confirmed") is None:
        return None
    minutes = local(request) == "commit-configuration"
    value = text(request, "confirm-timeout", "10" if minutes else "600") or ""
    highest = 65535 * (1 if minutes else 60)
    if not value.isdigit() or not 1 <= int(value) <= highest:
        raise RpcError(f"Value {value} is not within range (1..{highest})", "invalid-value",
                       bad_element="confirm-timeout")
    return float(value) * (60 if minutes else 1)


@rpc("get-configuration-database-status-information", "get-database-status-information",
     "get-configuration-database-status", permission="view-configuration")
def get_database_status(session: Session, _request: etree._Element) -> str:
    database = session.device.database
    editors = dict(database.editors)
    if database.lock is not None:
        editors[database.lock.session_id] = database.lock
    return locking.status_xml(session, list(editors.values()))


@rpc("get-commit-information", permission="view")
def get_commit_information(session: Session, _request: etree._Element) -> str:
    pending = session.device.commits.pending
    entries = []
    for number, commit in enumerate(session.device.database.history):
        entries.append(element(
            "commit-history",
            element("sequence-number", str(number)),
            element("user", commit.user),
            element("client", commit.client),
            element("date-time", date_text(commit.time), junos__seconds=str(int(commit.time))),
            element("log", commit.comment) if commit.comment else "",
            element("comment", f"commit confirmed, rollback in {commit.confirmed_minutes}mins")
            if number == 0 and pending is not None else "",
            element("commit-confirmed") if number == 0 and pending is not None else "",
        ))
    return element("commit-information", *entries)


@rpc("get-rollback-information", permission="view-configuration")
def get_rollback_information(session: Session, request: etree._Element) -> str:
    number = _number(text(request, "rollback", "0") or "0")
    tree = session.device.database.rollback(number)
    against = text(request, "compare")
    if against is not None:
        difference = session.device.database.difference(
            session.device.database.rollback(_number(against)), session.secrets, tree)
        return element("rollback-information", element("configuration-information",
                                                       element("configuration-output", difference)))
    shown = configuration(session, tree, text(request, "format", "text") or "text", True)
    return element("rollback-information", raw(shown))


@rpc("rollback-config", permission="rollback")
def rollback_config(session: Session, request: etree._Element) -> str:
    locking.require_editable(session)
    if child(request, "rescue") is not None:
        raise statement_not_found(bad_element="rescue")
    tree: Node = session.device.database.rollback(_number(text(request, "index", "0") or "0"))
    session.device.database.replace(session.editor, tree)
    return element("rollback-config-results", element("load-success"))
