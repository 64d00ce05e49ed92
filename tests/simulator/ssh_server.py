# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The device's sshd: host keys and certificates, and users by certificate, key and password."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import asyncssh
from asyncssh.public_key import SSHLocalKeyPair, SSHOpenSSHCertificate

from .clock import Clock
from .credentials import Certificates
from .host_keys import HostKey
from .netconf import NetconfChannel

if TYPE_CHECKING:
    from .device import Device

DIRECT = "direct"
"""Stands for the outbound-ssh client of a connection that was made to the device."""
_QUIET = {
    "gss_host": None,
    "gss_kex": False,
    "gss_auth": False,
    "host_based_auth": False,
    "agent_forwarding": False,
    "allow_pty": False,
    "x509_trusted_certs": None,
    "encoding": None,
    "config": None,
    "rdns_lookup": False,
    "server_version": "OpenSSH_9.7",
    "compression_algs": ["none"],
}


@dataclass(frozen=True)
class Registered:
    """The certificates that a connection is served with: those that its outbound-ssh client registered when it was
    committed, or for a connection made to the device those that are configured."""

    certificates: Certificates = field(default_factory=Certificates)
    host_certificate: str | None = None


@dataclass(frozen=True)
class KeepAlive:
    """Probes the device sends by itself: after so many idle seconds (of ours), giving up after so many unanswered."""

    interval: float = 0
    count: int = 3


class SshService:
    """Serves SSH on connected sockets, whoever connected them."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._options: dict[tuple[Registered, KeepAlive, str], asyncssh.SSHServerConnectionOptions] = {}

    def configuration_changed(self) -> None:
        """Host keys, certificates or switches may have changed: later connections get new options."""
        self._options.clear()

    async def serve(
        self, sock: socket.socket, registered: Registered, keep_alive: KeepAlive = KeepAlive(), client: str = DIRECT
    ) -> None:
        """Be the SSH server on a connected socket until the connection ends, however it ends. `client` is the
        outbound-ssh client that made the connection."""
        loop = asyncio.get_running_loop()
        options = self._options_for(registered, keep_alive, client)
        connection: _Connection | None = None
        try:
            _unused, connection = await loop.create_connection(
                lambda: _Connection(loop, options, self._device.clock), sock=sock
            )
            await connection.wait_closed()
        except OSError:
            return
        finally:
            if connection is None:
                sock.close()
            else:
                connection.close()

    def _options_for(
        self, registered: Registered, keep_alive: KeepAlive, client: str
    ) -> asyncssh.SSHServerConnectionOptions:
        known = self._options.get((registered, keep_alive, client))
        if known is None:
            known = self._options[registered, keep_alive, client] = asyncssh.SSHServerConnectionOptions(
                server_factory=lambda: _Server(self._device, registered, client),
                server_host_keys=self._host_keys(registered.host_certificate),
                login_timeout=self._device.clock.real(self._device.spec.login_grace_time),
                keepalive_interval=keep_alive.interval,
                keepalive_count_max=keep_alive.count,
                **_QUIET,
            )
        return known

    def _host_keys(self, certificate: str | None) -> list[object]:
        """The host keys on offer, the one that the certificate is for with it."""
        keys = self._device.offered_host_keys()
        if self._device.spec.borrowed_identity is not None:
            return [_Borrowed(keys[0].private, self._device.spec.borrowed_identity)]
        if certificate is None:
            return [key.private for key in keys]
        try:
            parsed = asyncssh.import_certificate(certificate)
        except (asyncssh.KeyImportError, ValueError):
            return [key.private for key in keys]
        return [(key.private, parsed) if _certifies(parsed, key) else key.private for key in keys]


def _certifies(certificate: asyncssh.SSHCertificate, key: HostKey) -> bool:
    return certificate.key.public_data == key.private.public_data


class _Borrowed(SSHLocalKeyPair):
    """What another device presents, over the signatures of a key that is not its own."""

    def __init__(self, key: asyncssh.SSHKey, presented: str) -> None:
        super().__init__(key, None, None, None)
        if "-cert-v01@" in presented.split(maxsplit=1)[0]:
            certificate = asyncssh.import_certificate(presented)
            self.algorithm, self.public_data = certificate.algorithm, certificate.public_data
            self.host_key_algorithms = certificate.host_key_algorithms
        else:
            public_key = asyncssh.import_public_key(presented)
            self.algorithm, self.public_data = public_key.algorithm, public_key.public_data


class _Connection(asyncssh.SSHServerConnection):
    """A server connection that, as OpenSSH's, takes a new service request before each attempt to authenticate (paramiko
    makes one, and asyncssh by itself hangs up on the second), and that judges certificates by the device's clock."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, options: asyncssh.SSHServerConnectionOptions, clock: Clock
    ) -> None:
        super().__init__(loop, options)
        self._clock = clock

    async def _validate_openssh_certificate(self, username: str, cert: SSHOpenSSHCertificate) -> asyncssh.SSHKey | None:
        """asyncssh compares with the wall clock: what the device's is ahead of it is taken off the certificate."""
        ahead = round(self._clock.now() - time.time())
        cert._valid_after -= ahead
        cert._valid_before -= ahead
        return await super()._validate_openssh_certificate(username, cert)

    def send_userauth_failure(self, partial_success: bool) -> None:
        super().send_userauth_failure(partial_success)
        self._next_service = b"ssh-userauth"


class _Server(asyncssh.SSHServer):
    """One connection's side of authentication."""

    def __init__(self, device: Device, registered: Registered, client: str) -> None:
        self._device = device
        self._registered = registered
        self._client = client
        self._credentials = device.credentials
        self._user = ""
        self._password_failures = 0
        self._by_password = False
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._device.connections[conn] = self._client
        self._device.log.add(
            "call-up" if self._client != DIRECT else "accepted",
            client=self._client,
            peer=conn.get_extra_info("peername"),
        )

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is not None:
            self._device.connections.pop(self._connection, None)
        self._device.log.add("call-down", client=self._client, user=self._user, reason=str(exc or "closed"))

    def begin_auth(self, username: str) -> bool:
        self._user = username
        self._device.log.add("login-begun", user=username, client=self._client)
        self._credentials = self._device.credentials
        keys = self._credentials.authorized_keys(username, self._registered.certificates)
        assert self._connection is not None
        try:
            self._connection.set_authorized_keys(asyncssh.import_authorized_keys(keys))
        except ValueError:
            self._connection.set_authorized_keys(None)
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Called for a key that is not among the user's."""
        self._refuse("publickey", fingerprint=key.get_fingerprint())
        return False

    def validate_ca_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Called for a certificate that no authority and principal of the device vouch for."""
        self._refuse("certificate", authority=key.get_fingerprint())
        return False

    def password_auth_supported(self) -> bool:
        return self._credentials.passwords_allowed

    def kbdint_auth_supported(self) -> bool:
        """The password asked for as a challenge."""
        return self._credentials.challenges_allowed

    def get_kbdint_challenge(
        self, username: str, lang: str, submethods: str
    ) -> tuple[str, str, str, list[tuple[str, bool]]]:
        return "", "", "", [("Password:", False)]

    def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
        return len(responses) == 1 and self.validate_password(username, responses[0])

    def validate_password(self, username: str, password: str) -> bool:
        if self._credentials.password_matches(username, password):
            self._by_password = True
            return True
        self._refuse("password")
        self._password_failures += 1
        if self._password_failures >= self._credentials.tries and self._connection is not None:
            self._connection.disconnect(
                asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, "Too many authentication failures"
            )
        return False

    def auth_completed(self) -> None:
        assert self._connection is not None
        method = "password" if self._by_password else "publickey"
        if not self._by_password and self._connection.get_key_option("cert-authority"):
            method = "certificate"
        self._device.log.add("login", user=self._user, method=method, client=self._client)

    def session_requested(self) -> NetconfChannel:
        return NetconfChannel(self._device, self._user, self._client)

    def _refuse(self, method: str, **details: str) -> None:
        self._device.log.add("login-failed", user=self._user, method=method, client=self._client, **details)
