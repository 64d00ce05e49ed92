# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NETCONF on an SSH channel: hello, framing, requests in their order, and Junos' habits around them."""

from __future__ import annotations

import asyncio
import logging
import re
import traceback
from collections import deque
from typing import TYPE_CHECKING, Any

import asyncssh
from lxml import etree

from . import rpc_base, rpc_configuration, rpc_files, rpc_operational
from .clock import date_text
from .errors import RpcError, RpcErrors
from .framing import BadFraming, Framer
from .holding import Hold
from .load_xml import elements, local
from .rpcs import dispatch
from .session import Session
from .xml_text import element, raw

if TYPE_CHECKING:
    from .device import Device

HANDLERS = (rpc_base, rpc_configuration, rpc_files, rpc_operational)
BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
BASE_1_1 = "urn:ietf:params:netconf:base:1.1"
_CAPABILITIES = (
    "urn:ietf:params:netconf:base:1.0",
    "urn:ietf:params:netconf:capability:candidate:1.0",
    "urn:ietf:params:netconf:capability:confirmed-commit:1.0",
    "urn:ietf:params:netconf:capability:validate:1.0",
    "urn:ietf:params:netconf:capability:url:1.0?scheme=http,ftp,file",
    "urn:ietf:params:xml:ns:netconf:base:1.0",
    "urn:ietf:params:xml:ns:netconf:capability:candidate:1.0",
    "urn:ietf:params:xml:ns:netconf:capability:confirmed-commit:1.0",
    "urn:ietf:params:xml:ns:netconf:capability:validate:1.0",
    "urn:ietf:params:xml:ns:netconf:capability:url:1.0?protocol=http,ftp,file",
    "http://xml.juniper.net/netconf/junos/1.0",
    "http://xml.juniper.net/dmi/system/1.0",
)
_NETCONF_NAME = re.compile(
    r"<(/?)(?=(?:ok|data|rpc-error|error-(?:type|tag|severity|path|message|info)|bad-element|session-id)[\s/>])"
)
_log = logging.getLogger(__name__)


class NetconfChannel(asyncssh.SSHServerSession[bytes]):
    """The `netconf` subsystem on one channel of one user's SSH connection."""

    def __init__(self, device: Device, user: str, client: str) -> None:
        self._device = device
        self._client = client
        self._user = user
        self._framer = Framer()
        self._greeted = False
        self._waiting: deque[bytes] = deque()
        self._busy: asyncio.TimerHandle | Hold | None = None
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None
        self.session: Session | None = None

    # What asyncssh calls

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def subsystem_requested(self, subsystem: str) -> bool:
        return subsystem == "netconf" and self._device.offers_netconf(self._client)

    def exec_requested(self, command: str) -> bool:
        return command in ("netconf", "xml-mode netconf need-trailer") and self._device.offers_netconf(self._client)

    def session_started(self) -> None:
        self.session = self._device.open_session(self, self._user)
        self._send_raw(self._hello(self.session))

    def data_received(self, data: bytes, _datatype: asyncssh.DataType) -> None:
        try:
            self._framer.feed(data)
            while (message := self._framer.next()) is not None:
                self._accept(message)
        except BadFraming as problem:
            self._device.log.add("bad-framing", reason=str(problem))
            self.close()

    def eof_received(self) -> bool:
        self.close()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if self._busy is not None:
            self._busy.cancel()
        if self.session is not None:
            self._device.close_session(self.session)

    # The session

    def close(self) -> None:
        if self._channel is not None:
            self._channel.exit(0)

    def resume(self) -> None:
        """Answer what was held back while the device stalled."""
        self._busy = None
        while self._waiting and self._ready:
            self._answer(self._waiting.popleft())

    @property
    def _ready(self) -> bool:
        return self._busy is None and not self._device.stalled

    def _hello(self, session: Session) -> bytes:
        capabilities = [*_CAPABILITIES, *([BASE_1_1] if session.protocol.base_1_1 else [])]
        hello = element(
            "hello",
            element("capabilities", *(element("capability", name) for name in capabilities)),
            element("session-id", str(session.session_id)),
            xmlns=BASE,
        )
        text = (
            "<!-- No zombies were killed during the creation of this user interface -->\n"
            f"<!-- user {session.user}, class {self._device.login_class(session.user)} -->\n{hello}"
        )
        return self._framer.frame(text.encode()).rstrip(b"\n")

    def _accept(self, message: bytes) -> None:
        if not self._greeted:
            self._greet(message)
            return
        self._waiting.append(message)
        if self._ready:
            self.resume()

    def _greet(self, message: bytes) -> None:
        """The client's hello decides the framing of all that follows (RFC 6242 section 4.1)."""
        assert self.session is not None
        self._greeted = True
        self._framer.chunked = self.session.protocol.base_1_1 and BASE_1_1.encode() in message

    def _answer(self, message: bytes) -> None:
        assert self.session is not None
        try:
            request = etree.fromstring(
                message.strip(),
                etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True),
            )
        except etree.XMLSyntaxError as problem:
            self._reply(
                {}, {}, RpcError(f"could not parse the request: {problem.msg}", "malformed-message", "rpc").to_xml()
            )
            return
        operation = next(iter(elements(request)), None)
        if local(request) != "rpc" or operation is None:
            self._reply({}, {}, RpcError("syntax error, expecting <rpc>", bad_element=local(request)).to_xml())
            return
        name = local(operation)
        hold = self._device.hold
        if hold.takes(name, message.decode(errors="replace")):
            body = self._carry_out(operation) if hold.done else None
            hold.keep(lambda: self._answer_late(request, operation, body))
            self._busy = hold
        elif delay := self._device.delay_of(name):
            self._busy = asyncio.get_running_loop().call_later(delay, self._answer_late, request, operation, None)
        else:
            self._respond(request, self._carry_out(operation))
            return
        self._device.log.add("held", name=name, user=self._user, session_id=self.session.session_id)

    def _answer_late(self, request: etree._Element, operation: etree._Element, body: str | None) -> None:
        self._respond(request, self._carry_out(operation) if body is None else body)
        self.resume()

    def _carry_out(self, operation: etree._Element) -> str:
        """Do it; the body of the answer, which may be an error."""
        assert self.session is not None
        name = local(operation)
        self._device.log.add("rpc", name=name, user=self._user, session_id=self.session.session_id)
        try:
            return dispatch(self.session, operation)
        except (RpcError, RpcErrors) as refused:
            self._device.log.add("rpc-error", name=name, message=str(refused))
            return refused.to_xml()
        except Exception:  # noqa: BLE001 - a fault of the simulator's own is kept, and fails the test at its end
            _log.exception("the simulator failed on %s", name)
            self._device.log.add("bug", name=name, trace=traceback.format_exc())
            return RpcError("internal error").to_xml()

    def _respond(self, request: etree._Element, body: str) -> None:
        assert self.session is not None
        self._reply(dict(request.attrib), {prefix: uri for prefix, uri in request.nsmap.items() if prefix}, body)
        if self.session.close_requested:
            self._send_raw(f"<!-- session end at {date_text(self._device.clock.now())} -->\n".encode())
            self.close()

    def _reply(self, attributes: dict[Any, Any], prefixes: dict[str, str], body: str) -> None:
        """`<rpc-reply>` with the attributes and prefixes of the request, as Junos copies them."""
        assert self.session is not None
        names = {f"xmlns__{prefix}": uri for prefix, uri in prefixes.items() if prefix not in ("junos", "nc", "xml")}
        plain = {str(key): str(value) for key, value in attributes.items() if not str(key).startswith("{")}
        names |= {"xmlns__nc": BASE, "xmlns__junos": self._device.junos_namespace, **plain}
        if self.session.protocol.rfc_compliant:
            prefixed = _NETCONF_NAME.sub(r"<\1nc:", body)
            reply = element("nc:rpc-reply", raw(f"\n{prefixed}\n"), **names)
        else:
            reply = element("rpc-reply", raw(f"\n{body}\n"), xmlns=BASE, **names)
        self._send_raw(self._framer.frame(reply.encode()))

    def _send_raw(self, data: bytes) -> None:
        if self._channel is not None and not self._channel.is_closing():
            self._channel.write(data)
