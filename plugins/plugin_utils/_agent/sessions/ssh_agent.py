# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ssh-agent of one playbook, and the keys in it."""

from __future__ import annotations

import socket
import typing as t
from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._libraries import Absent

try:
    import paramiko
    from paramiko.agent import AgentKey, AgentSSH
    from paramiko.message import Message
    from paramiko.pkey import PublicBlob
except ImportError:
    AgentKey = AgentSSH = Absent  # type: ignore[assignment,misc]

SSH_AGENT_SECONDS = 10.0
"""Longest wait for the ssh-agent; one that asks its user to confirm needs a moment."""
_KEY_FIELDS = {
    "ssh-rsa": 2,
    "ssh-ed25519": 1,
    "ecdsa-sha2-nistp256": 2,
    "ecdsa-sha2-nistp384": 2,
    "ecdsa-sha2-nistp521": 2,
    "sk-ssh-ed25519@openssh.com": 2,
    "sk-ecdsa-sha2-nistp256@openssh.com": 3,
}
"""How many fields make up a public key of each type (OpenSSH's PROTOCOL.certkeys and PROTOCOL.u2f)."""
_CERTIFIED = {
    f"{key_type.removesuffix('@openssh.com')}-cert-v01@openssh.com": (key_type, fields)
    for key_type, fields in _KEY_FIELDS.items()
}


class HeldKey(AgentKey):
    """A key in the ssh-agent, which signs by the names that it lists: a certificate may be all that it has."""

    def __init__(self, ssh_agent: SshAgent, blob: bytes) -> None:
        super().__init__(ssh_agent, blob)
        self.inner_key = None  # with it paramiko would ask for the plain key's signature, whatever is held
        self.refusal: Exception | None = None
        """Why there was no signature, which paramiko reports as the end of the connection to the device."""

    def sign_ssh_data(self, data: t.Any, algorithm: str | None = None) -> t.Any:
        """The ssh-agent's signature; raises what paramiko raises."""
        try:
            return super().sign_ssh_data(data, algorithm)
        except (paramiko.SSHException, OSError) as exc:
            self.refusal = exc
            raise


class SshAgent(AgentSSH):
    """A connection to an ssh-agent; paramiko's own class knows only this process's SSH_AUTH_SOCK."""

    def __init__(self, path: str) -> None:
        """Raises OSError or SSHException."""
        super().__init__()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(SSH_AGENT_SECONDS)
        try:
            connection.connect(path)
            self._connect(connection)  # type: ignore[attr-defined]
        except (OSError, paramiko.SSHException):
            connection.close()
            raise

    def close(self) -> None:
        """Let go of the ssh-agent."""
        self._close()  # type: ignore[attr-defined]

    def plain_keys(self) -> set[bytes]:
        """Its keys as plain public keys: one for a key that it also holds certificates of."""
        return {plain_key(key.blob) for key in self.get_keys()}

    def find(self, plain: bytes) -> tuple[HeldKey, PublicBlob | None] | None:
        """The key that belongs to a plain public key, and the certificate of it that the ssh-agent holds."""
        held = [key.blob for key in self.get_keys() if plain_key(key.blob) == plain]
        if not held:
            return None
        certificate = next((blob for blob in held if blob != plain), None)
        key = HeldKey(self, plain if plain in held else held[0])
        return key, PublicBlob.from_message(Message(certificate)) if certificate else None


@contextmanager
def open_ssh_agent(path: str | None) -> Iterator[SshAgent]:
    """The ssh-agent at a playbook's SSH_AUTH_SOCK. Raises :exc:`AgentError` (bad request) where none answers."""
    if not path:
        raise AgentError(
            Kind.BAD_REQUEST,
            "there is nothing to log in with: set ansible_private_key_file or ansible_password, or run an ssh-agent"
            " (SSH_AUTH_SOCK is not set)",
        )
    try:
        ssh_agent = SshAgent(path)
    except (OSError, paramiko.SSHException) as exc:
        reason = f"the ssh-agent at SSH_AUTH_SOCK={path} does not answer: {exc}"
        raise AgentError(Kind.BAD_REQUEST, reason) from None
    try:
        yield ssh_agent
    finally:
        ssh_agent.close()


def plain_key(blob: bytes) -> bytes:
    """The plain public key in a certificate, whoever signed that: to judge it is the device's part.

    A plain key, and what is of an unknown type, stands for itself.
    """
    message = Message(blob)
    key_type, fields = _CERTIFIED.get(message.get_text(), ("", 0))
    if not key_type:
        return blob
    message.get_binary()  # the nonce
    plain = Message()
    plain.add_string(key_type)
    for _unused in range(fields):
        plain.add_string(message.get_binary())
    return plain.asbytes()
