# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which requests a device answers, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from .errors import RpcError, syntax_error
from .load_xml import local
from .release import Release
from .session import Session

Handler = Callable[[Session, etree._Element], str]


@dataclass(frozen=True, slots=True)
class Rpc:
    """A handler, the permission it needs, and the first release that has the request."""

    handler: Handler
    permission: str | None
    since: Release | None


RPCS: dict[str, Rpc] = {}


def rpc(*names: str, permission: str | None = None, since: str | None = None) -> Callable[[Handler], Handler]:
    """Register a function as what answers requests of these names."""

    def register(handler: Handler) -> Handler:
        for name in names:
            RPCS[name] = Rpc(handler, permission, Release.parse(since) if since else None)
        return handler

    return register


def dispatch(session: Session, request: etree._Element) -> str:
    """The body of the reply. Raises `RpcError` or `RpcErrors` for what is refused."""
    found = RPCS.get(local(request))
    if found is None or (found.since is not None and session.device.release < found.since):
        raise syntax_error(local(request))
    if found.permission is not None and not session.permissions.allow(found.permission):
        raise RpcError("permission denied", "access-denied", bad_element=local(request))
    return found.handler(session, request)


def child(request: etree._Element, name: str) -> etree._Element | None:
    """The first child element of that name, whatever its namespace."""
    return next((node for node in request if isinstance(node.tag, str) and local(node) == name), None)


def text(request: etree._Element, name: str, default: str | None = None) -> str | None:
    """The text of a child element, stripped; `default` where there is none."""
    node = child(request, name)
    return default if node is None else (node.text or "").strip()


def mandatory(request: etree._Element, name: str) -> str:
    """The text of a child element that must be there. Raises `RpcError`."""
    value = text(request, name)
    if value is None:
        raise RpcError(f"missing mandatory argument: {name}", "missing-element", bad_element=local(request))
    return value
