# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of the Junos XML protocol that read and change the configuration."""

from __future__ import annotations

from lxml import etree

from . import json_form, load_set, load_text, load_xml, locking
from .clock import date_text
from .configuration import loaded
from .edit import Operation, Reading
from .errors import RpcError, RpcErrors, statement_not_found, syntax_error
from .filesystem import FileError
from .filter import select
from .groups import inherited
from .load_xml import elements, local
from .render import configuration
from .rpcs import child, rpc, text
from .session import Session
from .tree import Node
from .xml_text import element, raw

_ACTIONS = {
    "merge": Operation.MERGE,
    "replace": Operation.MERGE,
    "set": Operation.MERGE,
    "override": Operation.REPLACE,
    "overwrite": Operation.REPLACE,
    "update": Operation.REPLACE,
}
_COMMIT_OPTIONS = frozenset(
    {"check", "log", "confirmed", "confirm-timeout", "synchronize", "force-synchronize", "full"}
)
_FORMS: dict[str, str | None] = {
    "configuration": None,
    "configuration-text": "text",
    "configuration-set": "set",
    "configuration-json": "json",
}


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
    return configuration(
        session, tree, request.get("format", "xml"), committed, changed, groups=request.get("groups") == "groups"
    )


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
        warnings = edit_candidate(session, _reading(session, request))
    except RpcErrors as refused:
        count = element("load-error-count", str(len(refused.errors)))
        raise RpcErrors(refused.errors, "load-configuration-results", count) from None
    return element("load-configuration-results", warnings_xml(session, warnings), element("ok"))


def warnings_xml(session: Session, warnings: list[RpcError]) -> raw:
    """Warnings beside an `<ok/>`, which RFC 6241 does not allow: a session that is rfc-compliant has none."""
    return raw("" if session.protocol.rfc_compliant else "".join(warning.to_xml() for warning in warnings))


def edit_candidate(session: Session, reading: Reading) -> list[RpcError]:
    """Load what could be read into the session's candidate. Returns warnings; raises `RpcErrors` where there are errors
    too, and the candidate then keeps what was loaded."""
    if session.private is None:
        problems = session.device.database.edit(session.editor, reading.edits)
    else:
        session.private, problems = loaded(session.private, reading.edits)
    if reading.errors or any(problem.severity == "error" for problem in problems):
        raise RpcErrors([*reading.errors, *problems])
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


def _reading(session: Session, request: etree._Element) -> Reading:
    """What the request wants loaded. Raises `RpcErrors` where it cannot be told."""
    action = request.get("action", "merge")
    if action not in _ACTIONS:
        raise RpcErrors([RpcError(f"invalid value '{action}'", "bad-attribute", bad_element="load-configuration")])
    form, source = _source(session, request)
    if form == "set" or action == "set":
        return load_set.read(_content(source), session.device.release)
    if form == "text":
        reading = load_text.read(_content(source), session.device.release)
    else:
        reading = load_xml.read(_from_json(source) if form == "json" else source, session.device.release)
    if _ACTIONS[action] is Operation.REPLACE:
        reading.edits[0].operation = Operation.REPLACE
    return reading


def _source(session: Session, request: etree._Element) -> tuple[str, etree._Element]:
    """The form of what is to be loaded, and the element that holds it: from the request, or a file of the device."""
    url, form = request.get("url"), request.get("format", "xml")
    if url is not None:
        return form, _file(session, url, form)
    source = next(iter(elements(request)), None)
    if source is None or local(source) not in _FORMS:
        name = "load-configuration" if source is None else local(source)
        raise RpcErrors([syntax_error(name) if source is not None else RpcError("missing argument", bad_element=name)])
    return _FORMS[local(source)] or form, source


def _from_json(source: etree._Element) -> etree._Element:
    try:
        return json_form.as_xml(_content(source))
    except ValueError as problem:
        raise RpcErrors([RpcError(f"json: {problem}", "malformed-message")]) from None


def _file(session: Session, url: str, form: str) -> etree._Element:
    try:
        content = session.device.files.read(url.removeprefix("file://"))
        if form == "xml":
            return etree.fromstring(content)
    except (FileError, etree.XMLSyntaxError) as problem:
        raise RpcErrors([RpcError(str(problem), type="application")]) from None
    holder = etree.Element("configuration-text")
    holder.text = content.decode(errors="replace")
    return holder


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
        raise RpcError(
            "only a private configuration can be opened", "operation-not-supported", bad_element="open-configuration"
        )
    locking.require_private(session)
    session.private_base = session.device.database.committed
    session.private = session.private_base.copy()
    return element("ok")


@rpc("close-configuration", permission="configure")
def close_configuration(session: Session, _request: etree._Element) -> str:
    session.private = session.private_base = None
    return element("ok")


@rpc("commit-configuration", "commit", permission="configure")
def commit_configuration(session: Session, request: etree._Element) -> str:
    unknown = next((local(node) for node in elements(request) if local(node) not in _COMMIT_OPTIONS), None)
    if unknown is not None:
        raise syntax_error(unknown)
    locking.require_committable(session)
    device = session.device
    both = child(request, "synchronize") is not None or child(request, "force-synchronize") is not None
    engines = device.commits.engines(session.candidate, both)
    check = child(request, "check") is not None
    if check:
        device.commits.check(session.candidate, engines)
        device.log.add("commit-check", user=session.user)
    else:
        comment = text(request, "log", "") or ""
        device.commits.commit(session, comment, _confirmed_seconds(request), engines)
    if local(request) == "commit" or session.protocol.rfc_compliant or session.protocol.flat_commit_results:
        return element("ok")
    success = element("commit-check-success" if check else "commit-success")
    results = (element("routing-engine", element("name", name), success, junos__style="normal") for name in engines)
    return element("commit-results", *results) + element("ok")


def _confirmed_seconds(request: etree._Element) -> float | None:
    """Minutes in commit-configuration, seconds in commit of RFC 6241; both ten minutes where nothing is said."""
    if child(request, "confirmed") is None:
        return None
    minutes = local(request) == "commit-configuration"
    value = text(request, "confirm-timeout", "10" if minutes else "600") or ""
    highest = 65535 * (1 if minutes else 60)
    if not value.isdigit() or not 1 <= int(value) <= highest:
        raise RpcError(
            f"Value {value} is not within range (1..{highest})", "invalid-value", bad_element="confirm-timeout"
        )
    return float(value) * (60 if minutes else 1)


@rpc(
    "get-configuration-database-status-information",
    "get-database-status-information",
    "get-configuration-database-status",
    permission="view-configuration",
)
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
        entries.append(
            element(
                "commit-history",
                element("sequence-number", str(number)),
                element("user", commit.user),
                element("client", commit.client),
                element("date-time", date_text(commit.time), junos__seconds=str(int(commit.time))),
                element("log", commit.comment) if commit.comment else "",
                element("comment", f"commit confirmed, rollback in {commit.confirmed_minutes}mins")
                if number == 0 and pending is not None
                else "",
                element("commit-confirmed") if number == 0 and pending is not None else "",
            )
        )
    return element("commit-information", *entries)


@rpc("get-rollback-information", permission="view-configuration")
def get_rollback_information(session: Session, request: etree._Element) -> str:
    number = _number(text(request, "rollback", "0") or "0")
    tree = session.device.database.rollback(number)
    against = text(request, "compare")
    if against is not None:
        difference = session.device.database.difference(
            session.device.database.rollback(_number(against)), session.secrets, tree
        )
        return element(
            "rollback-information", element("configuration-information", element("configuration-output", difference))
        )
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
