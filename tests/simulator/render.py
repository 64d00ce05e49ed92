# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration in the form that a reply gives it."""

from __future__ import annotations

from xml.sax.saxutils import escape

from . import json_form, render_text, render_xml
from .clock import date_text
from .errors import RpcError
from .render_xml import Style
from .session import Session
from .tree import Node
from .xml_text import element, raw

XNM = "http://xml.juniper.net/xnm/1.1/xnm"


def configuration(
    session: Session, tree: Node, form: str, committed: bool, changed_since: Node | None = None, groups: bool = False
) -> raw:
    """`<configuration>` (xml), `<configuration-text>`, `<configuration-set>`, or bare JSON. In XML, what differs from
    `changed_since` is marked `junos:changed`, and with `groups` what was inherited `junos:group`. Raises `RpcError` for
    a form that is none of these."""
    if form == "text":
        return element("configuration-text", _heading(session, committed) + _lines(session, tree), xmlns=XNM)
    if form == "set":
        commands = "\n".join(render_text.set_commands(tree, secrets=session.secrets))
        return element("configuration-set", f"\n{commands}\n", xmlns=XNM)
    if form == "json":
        stamp = {name.replace("__", ":").replace("_", "-"): value for name, value in _stamp(session, committed).items()}
        return raw(escape(json_form.written(tree, stamp, session.secrets)))
    if form != "xml":
        raise RpcError(f"invalid value '{form}'", "bad-attribute", bad_element="format")
    yang = session.protocol.yang_compliant
    content = render_xml.body(tree, Style(session.secrets, changed_since, groups, yang))
    namespace = f"{render_xml.YANG}/root" if yang else XNM
    return element("configuration", content, xmlns=namespace, **_stamp(session, committed))


def _lines(session: Session, tree: Node) -> str:
    return "\n".join(render_text.lines(tree, session.secrets)) + "\n"


def _heading(session: Session, committed: bool) -> str:
    database = session.device.database
    if not committed:
        return f"\n## Last changed: {date_text(database.changed_at)}\n"
    last = database.history[0]
    return f"\n## Last commit: {date_text(last.time)} by {last.user}\n"


def _stamp(session: Session, committed: bool) -> dict[str, str]:
    database = session.device.database
    if not committed:
        return {
            "junos__changed_seconds": str(int(database.changed_at)),
            "junos__changed_localtime": date_text(database.changed_at),
        }
    last = database.history[0]
    return {
        "junos__commit_seconds": str(int(last.time)),
        "junos__commit_localtime": date_text(last.time),
        "junos__commit_user": last.user,
    }
