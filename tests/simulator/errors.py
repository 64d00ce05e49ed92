# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device refuses, in the shape Junos gives it (RFC 6241 section 4.3 with Junos' own habits)."""

from __future__ import annotations

from dataclasses import dataclass

from .xml_text import element, raw


@dataclass(eq=False)
class RpcError(Exception):
    """One `<rpc-error>`: raised to refuse a request, or collected where Junos reports several."""

    message: str
    tag: str = "operation-failed"
    type: str = "protocol"
    severity: str = "error"
    path: str | None = None
    bad_element: str | None = None
    info: str = ""

    def __str__(self) -> str:
        return self.message

    def to_xml(self) -> str:
        bad_element = element("bad-element", self.bad_element) if self.bad_element else ""
        return element(
            "rpc-error",
            element("error-type", self.type),
            element("error-tag", self.tag),
            element("error-severity", self.severity),
            element("error-path", self.path) if self.path else "",
            element("error-message", self.message),
            element("error-info", bad_element, raw(self.info)) if bad_element or self.info else "",
        )


class RpcErrors(Exception):
    """Several `<rpc-error>` at once, inside the element that Junos wraps them in (`None`: bare)."""

    def __init__(self, errors: list[RpcError], wrapper: str | None = None, trailer: str = "") -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors
        self.wrapper = wrapper
        self.trailer = trailer

    def to_xml(self) -> str:
        body = "".join(error.to_xml() for error in self.errors) + self.trailer
        return element(self.wrapper, raw(body)) if self.wrapper else body


def syntax_error(bad_element: str, path: str | None = None) -> RpcError:
    """What Junos says of an element that its schema does not have."""
    return RpcError("syntax error", path=path, bad_element=bad_element)


def statement_not_found(path: str | None = None, bad_element: str | None = None) -> RpcError:
    """What Junos says when that which shall be deleted is not there: a warning in XML, an error in a set command."""
    return RpcError("statement not found", severity="warning", path=path, bad_element=bad_element)
