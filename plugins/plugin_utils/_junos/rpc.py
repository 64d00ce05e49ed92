# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of the Junos XML protocol, and what Junos answers when it refuses one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

try:
    from lxml import etree
except ImportError:
    pass  # told by _libraries before any of this is used

Send = Callable[["etree._Element"], "etree._Element"]
"""Takes the element of one request and returns the reply, rpc-errors among it; raises ChannelLost."""


class ChannelLost(Exception):
    """No answer will come: the NETCONF session ended, or the device went silent."""


@dataclass(frozen=True)
class RpcError:
    """One ``<rpc-error>`` (RFC 6241 section 4.3), empty where Junos left something out."""

    severity: str
    message: str
    path: str
    bad_element: str
    tag: str

    def __str__(self) -> str:
        where = " ".join(filter(None, (self.path, f"at '{self.bad_element}'" if self.bad_element else "")))
        return f"{self.message} ({self.severity}{f', {where}' if where else ''})"


class JunosError(Exception):
    """Junos refused a request.

    errors: what it said, warnings that came with it included. sent: the request, or what was loaded before a commit.
    """

    def __init__(self, errors: tuple[RpcError, ...], sent: etree._Element) -> None:
        self.errors = errors
        self.sent = sent
        said = "; ".join(str(error) for error in errors if error.severity != "warning")
        super().__init__(f"Junos refused <{sent.tag!s}>: {said}")

    @property
    def is_denial(self) -> bool:
        """Whether this user may not do that at all (``access-denied``)."""
        return any(error.tag == "access-denied" or error.message == "permission denied" for error in self.errors)

    def statement(self) -> etree._Element | None:
        """The part of what was sent that Junos complains about, where that can be told."""
        blamed = {word for error in self.errors for word in error.bad_element.split()}
        alike = (element for element in self.sent.iter(etree.Element) if {str(element.tag), element.text} & blamed)
        return next(alike, None)


class Rpc:
    """Sends requests one by one. A warning is no error, and is kept in `warnings`."""

    def __init__(self, send: Send) -> None:
        self.warnings: list[str] = []
        self._send = send

    def __call__(self, request: etree._Element) -> etree._Element:
        """The reply without any namespaces; raises JunosError for an error, and ChannelLost."""
        reply = _without_namespaces(self._send(request))
        errors = tuple(_errors(reply))
        if any(error.severity != "warning" for error in errors):
            raise JunosError(errors, request)
        self.warnings += [f"Junos warns: {error}" for error in errors]
        return reply


def _errors(reply: etree._Element) -> Iterator[RpcError]:
    for error in reply.iter("rpc-error"):
        fields = ("error-severity", "error-message", "error-path", ".//bad-element", "error-tag")
        yield RpcError(*(" ".join((error.findtext(field) or "").split()) for field in fields))


def _without_namespaces(reply: etree._Element) -> etree._Element:
    for element in reply.iter(etree.Element):
        element.tag = etree.QName(element).localname
        plain = {etree.QName(name).localname: value for name, value in element.attrib.items()}
        element.attrib.clear()
        element.attrib.update(plain)
    return reply
