# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SSH on a call's socket: key exchange, and the user authentication once the host key was judged."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Callable

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.login import Identity
from ansible_collections.callhome.junos.plugins.plugin_utils._libraries import Absent
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.certificates import fingerprint_of_identity

try:
    import paramiko
    from paramiko import Transport
except ImportError:
    Transport = Absent  # type: ignore[assignment,misc]

HANDSHAKE_SECONDS = 20.0
"""Longest key exchange; an old device on a slow line needs some of it."""
VERSION_SECONDS = 10.0
AUTHENTICATION_SECONDS = 20.0
IDLE_WAKE_SECONDS = 20.0
"""How often an idle session's thread looks up; paramiko's own ten times a second cost 50 sessions 1.6 % of a core."""

logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # what matters is raised; its log would fill with port scans


class HandshakeFailed(Exception):
    """The peer speaks no SSH, or none that we share; nothing was learnt about its identity."""


class NotLetIn(Exception):
    """A device that has proved itself refused the credentials; says which methods were tried."""


class _Notice(threading.Event):
    """An event that the event loop hears of, so that nobody has to stand waiting for it in a thread."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def set(self) -> None:
        """Called by the transport's thread."""
        super().set()
        with contextlib.suppress(RuntimeError):  # the event loop has ended, and nobody waits
            self._loop.call_soon_threadsafe(self.heard.set)


class CallTransport(Transport):
    """paramiko's client transport on a connected socket, which tells when it ends."""

    def __init__(self, connection: socket.socket, algorithms: tuple[str, ...], ended: Callable[[], object]) -> None:
        super().__init__(connection)
        self._ended = ended
        self.banner_timeout = VERSION_SECONDS
        self.handshake_timeout = HANDSHAKE_SECONDS
        self.auth_timeout = AUTHENTICATION_SECONDS
        self._host_key_algorithms = algorithms
        self.host_key_blob = b""
        """The host key or certificate that the key exchange has proved (RFC 4253 section 6.6)."""
        self._key_exchange = ""
        self._exchanged: _Notice | None = None

    @property
    def preferred_keys(self) -> tuple[str, ...]:
        """The host key algorithms to offer, in order; paramiko's own property puts certificates last."""
        return self._host_key_algorithms

    def run(self) -> None:
        """The transport's thread."""
        try:
            super().run()
        finally:
            if self._exchanged is not None:
                self._exchanged.set()
            self._ended()

    def _verify_key(self, host_key: bytes, sig: bytes) -> None:
        """paramiko's step of a key exchange that proves possession of the host key; also at each re-exchange."""
        try:
            super()._verify_key(host_key, sig)  # type: ignore[misc]  # no part of paramiko's stubs
        except paramiko.SSHException as exc:
            fingerprint = fingerprint_of_identity(bytes(host_key))
            raise paramiko.SSHException(
                f"host key {fingerprint} not trusted: the key exchange is not signed with it, so it is somebody else's: {exc}"
            ) from exc
        if self.host_key_blob not in (b"", host_key):
            raise paramiko.SSHException("the host key changed during the session")
        self.host_key_blob = bytes(host_key)
        self._key_exchange = getattr(self.kex_engine, "name", "curve25519-sha256")

    @property
    def algorithms(self) -> str:
        """What was negotiated, for people."""
        cipher, mac = self.remote_cipher, self.remote_mac  # type: ignore[attr-defined]  # no part of paramiko's stubs
        return f"kex {self._key_exchange}, host key {self.host_key_type}, cipher {cipher}, mac {mac}"

    async def exchange_keys(self) -> None:
        """The key exchange; raises :exc:`HandshakeFailed`. Proves possession of the host key, and no more.

        Takes no thread but the transport's own, so callers that stall hold up nobody; dropped where it fails or is
        cancelled.
        """
        self._exchanged = _Notice()
        reason: object = None
        try:
            self.start_client(event=self._exchanged)
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                await self._exchanged.heard.wait()
        except TimeoutError:
            reason = f"no key exchange within {HANDSHAKE_SECONDS:.0f} s"
        except RuntimeError as exc:
            reason = f"this machine has no thread left for it: {exc}"
        except asyncio.CancelledError:
            self.drop()
            raise
        if reason is None and self.is_active() and self.initial_kex_done:
            return
        reason = reason or self.saved_exception or "the connection was closed"
        self.drop()
        raise HandshakeFailed(str(reason) or type(reason).__name__)

    def log_in(self, identity: Identity) -> str:
        """Authenticate with each method of one identity in turn; returns the one that the device took.

        Raises :exc:`NotLetIn`, and :exc:`HandshakeFailed` where the connection is lost meanwhile.
        """
        tried = []
        for attempt in identity.attempts:
            try:
                wanted = attempt.perform(self)
            except paramiko.BadAuthenticationType as exc:
                tried.append(f"{attempt.told} (the device allows {', '.join(exc.allowed_types) or 'nothing'})")
            except paramiko.AuthenticationException as exc:
                if not self.is_active():
                    raise HandshakeFailed(f"the device closed the connection during authentication: {exc}") from exc
                if self._unanswered_login:
                    raise HandshakeFailed(f"no answer to the login within {AUTHENTICATION_SECONDS:.0f} s") from exc
                tried.append(attempt.told)
            except (paramiko.SSHException, OSError, EOFError) as exc:
                raise HandshakeFailed(f"the connection was lost during authentication: {exc}") from exc
            else:
                if not wanted:
                    self.sock.settimeout(IDLE_WAKE_SECONDS)
                    return attempt.method
                tried.append(f"{attempt.told} (the device also wants {', '.join(wanted)})")
        raise NotLetIn(f"user {identity.user} was refused; methods tried: {', '.join(tried)}")

    @property
    def _unanswered_login(self) -> bool:
        """paramiko takes a device that is silent for one that refuses."""
        answered = self.auth_handler.auth_event if self.auth_handler is not None else None
        return answered is not None and not answered.is_set()

    def answers(self, seconds: float) -> bool:
        """Whether the peer answers a request (RFC 4254 section 4) in time; blocks until then."""
        asked = threading.Thread(target=self._ask, daemon=True)
        asked.start()
        asked.join(seconds)
        return not asked.is_alive() and self.is_active()

    def _ask(self) -> None:
        # answers() sees that the transport is no longer active
        with contextlib.suppress(paramiko.SSHException, OSError, EOFError):
            self.global_request("keepalive@openssh.com", wait=True)

    def drop(self) -> None:
        """Close at once and let go of the socket, whatever the peer does. Safe to call twice."""
        with contextlib.suppress(OSError):  # it has gone already
            self.sock.shutdown(socket.SHUT_RDWR)
        self.close()
        self.sock.close()
