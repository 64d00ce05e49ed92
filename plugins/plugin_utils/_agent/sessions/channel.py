# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A NETCONF session (RFC 6242) on a channel of its own, on an SSH session that may carry others."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.transport import CallTransport
from ansible_collections.callhome.junos.plugins.plugin_utils._libraries import Absent

try:
    import paramiko
    from ncclient import NCClientError
    from ncclient.manager import Manager, make_device_handler
    from ncclient.operations import TimeoutExpiredError
    from ncclient.transport.errors import SessionCloseError, TransportError
    from ncclient.transport.session import END_DELIM, MSG_DELIM, NetconfBase
    from ncclient.transport.ssh import SSHSession
except ImportError:
    NCClientError = Manager = SSHSession = Absent  # type: ignore[assignment,misc]

OPEN_SECONDS = 20.0
"""Longest wait for the channel, the subsystem and the hello, and for a device that takes no more of a request."""
READ_BYTES = 65536

logging.getLogger("ncclient").setLevel(logging.CRITICAL)  # at INFO it writes every RPC, with what is secret in it


class NoNetconf(Exception):
    """The device gave no NETCONF session on an SSH session that it accepted."""


class ChannelLost(NCClientError):
    """An RPC was sent, or was about to be, and the device's answer will not come."""


class ChannelSession(SSHSession):
    """ncclient's session on one channel of a transport that outlives it.

    ncclient's own thread looks ten times a second whether there is something to send or to read: that is CPU time for
    each channel that nobody uses, and a tenth of a second for each RPC. Here the caller sends, and the thread sleeps
    until something comes.
    """

    def __init__(self, transport: CallTransport, device_handler: object) -> None:
        super().__init__(device_handler)
        self._call = transport
        self._transport = transport  # what ncclient looks at
        self._sending = threading.Lock()
        self._received = bytearray()
        self._channel: paramiko.Channel

    def open(self) -> None:
        """Open the ``netconf`` subsystem and exchange hellos; raises :exc:`NoNetconf`."""
        try:
            self._channel = self._call.open_session(timeout=OPEN_SECONDS)
            self._channel_id = self._channel.get_id()
            self._channel.settimeout(OPEN_SECONDS)
            self._channel.invoke_subsystem("netconf")
            self._connected = True
            self._post_connect(timeout=OPEN_SECONDS)
        except (paramiko.SSHException, NCClientError, OSError, EOFError) as exc:
            self.close()
            raise NoNetconf(str(exc) or type(exc).__name__) from exc

    def send(self, message: str) -> None:
        """Send one message in the framing agreed on (RFC 6242); raises :exc:`TransportError`."""
        text = message.encode()
        framed = b"\n#%d\n%b%b" % (len(text), text, END_DELIM) if self._chunked else text + MSG_DELIM
        try:
            with self._sending:
                self._channel.sendall(framed)
        except (OSError, EOFError, paramiko.SSHException) as exc:
            self.close()  # it may have got a part of the message
            raise TransportError(f"the device takes no more: {exc or type(exc).__name__}") from exc

    def run(self) -> None:
        """The session's thread: hand on what comes, until the channel ends, whichever side ended it."""
        try:
            while True:
                with suppress(TimeoutError):  # nothing came for a while
                    self._take(self._channel.recv(READ_BYTES))
        except Exception as exc:  # noqa: BLE001 - whoever waits for a reply has to hear of it
            self._dispatch_error(exc)
            self.close()

    def _take(self, data: bytes) -> None:
        """Give the parser whole messages: it fails on a character of which a part has come, and it looks at a long
        message anew with each piece."""
        if not data:
            raise SessionCloseError("")
        end_mark = END_DELIM if self._chunked else MSG_DELIM
        looked_at = max(0, len(self._received) - len(end_mark))
        self._received += data
        end = self._received.rfind(end_mark, looked_at)
        if end >= 0:
            end += len(end_mark)
            messages = bytes(self._received[:end])
            del self._received[:end]
            self.parser.parse(messages)

    @property
    def _chunked(self) -> bool:
        return bool(self._base == NetconfBase.BASE_11)

    def close(self) -> None:
        """End this NETCONF session and leave the SSH session alone; ncclient's own would close that as well."""
        self._closing.set()
        self._connected = False
        if self._channel is None:
            return
        with suppress(OSError, EOFError, paramiko.SSHException):
            self._channel.shutdown_write()
        self._channel.in_buffer.close()  # wakes our reader now, whatever the device makes of the end of file
        if self.is_alive() and self is not threading.current_thread():
            self.join(2.0)
        self._channel.close()


class DeviceManager(Manager):
    """ncclient's manager, which says for which device an RPC was lost, and remembers it."""

    def __init__(self, session: ChannelSession, device_handler: object, device: str) -> None:
        super().__init__(session, device_handler)
        self.huge_tree = True
        self._device = device
        self.left_unanswered = False

    def execute(self, cls: type, *args: object, **kwargs: object) -> object:
        """Run one NETCONF operation; raises :exc:`ChannelLost` where the device gave no answer to it."""
        try:
            return super().execute(cls, *args, **kwargs)
        except TimeoutExpiredError as exc:
            self.left_unanswered = True
            waited = f"no answer within {self.timeout:.0f} s (ansible_command_timeout)"
            raise ChannelLost(self._explain(cls, waited)) from exc
        except TransportError as exc:
            raise ChannelLost(self._explain(cls, "the connection ended")) from exc

    def _explain(self, operation: type, what: str) -> str:
        return (
            f"{self._device}: {what} while {operation.__name__} was under way; whether the device carried it out is not"
            " known, and it was not sent again. The next task takes the device's next call."
        )


class NetconfChannel:
    """One playbook's NETCONF session on an SSH session."""

    def __init__(self, transport: CallTransport, device_handler_name: str, device: str) -> None:
        """Blocks while it opens; raises :exc:`NoNetconf`. ``device`` names the device in errors."""
        self.transport = transport
        device_handler = make_device_handler({"name": device_handler_name})
        self._session = ChannelSession(transport, device_handler)
        self._session.open()
        self.manager = DeviceManager(self._session, device_handler, device)

    @property
    def usable(self) -> bool:
        """False once it was closed, the device went away, or an RPC was left without an answer."""
        return bool(self._session.connected and self._session.is_alive()) and not self.left_unanswered

    @property
    def left_unanswered(self) -> bool:
        """Whether the device owes an answer: it may be gone without a word."""
        return self.manager.left_unanswered

    def close(self) -> None:
        """End the NETCONF session: what it locked is unlocked, what it did not commit is discarded by the device."""
        self._session.close()
