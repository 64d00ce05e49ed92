# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one identity that a host's device is shown, and how it is shown.

RFC 8071 section 3.1 (C7): only credentials that belong to this very device, so no list of passwords is tried and no
ssh-agent is sprayed. The named key, else the password, else the ssh-agent's only key.
"""

from __future__ import annotations

import hashlib
import hmac
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from paramiko.agent import AgentKey, AgentSSH
from paramiko.message import Message
from paramiko.pkey import PublicBlob, UnknownKeyType

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.requests import Login
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.certificates import read_identity
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import InvalidKey

CERTIFICATE_SUFFIX = "-cert.pub"
SSH_AGENT_SECONDS = 10.0
"""Longest wait for the ssh-agent; one that asks its user to confirm needs a moment."""


@dataclass(frozen=True)
class Attempt:
    """One authentication method (RFC 4252) with what it shows."""

    method: str
    """``certificate``, ``key`` or ``password``."""
    perform: Callable[[paramiko.Transport], list[str]] = field(repr=False)
    """Raises paramiko's exceptions; returns the methods that the device still wants, none when it let us in."""


@dataclass(frozen=True)
class Identity:
    """A user with one key or one password: what a session belongs to."""

    user: str
    attempts: tuple[Attempt, ...]
    shown: bytes = field(repr=False)
    """What tells this identity from others: the public key's blob, or the password."""

    def digest(self, agent_key: bytes) -> bytes:
        """Keyed digest of user and credential; a renewed certificate for the same key has the same."""
        return hmac.digest(agent_key, self.user.encode() + b"\0" + self.shown, hashlib.sha256)


class PlaybookSshAgent(AgentSSH):
    """The ssh-agent of one playbook; paramiko's own class knows only this process's SSH_AUTH_SOCK."""

    def __init__(self, path: str) -> None:
        super().__init__()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(SSH_AGENT_SECONDS)
        try:
            connection.connect(path)
            self._connect(connection)
        except (OSError, paramiko.SSHException):
            connection.close()
            raise

    def close(self) -> None:
        """Let go of the ssh-agent."""
        self._close()


@contextmanager
def identity_of(login: Login) -> Iterator[Identity]:
    """The identity of a login, with the ssh-agent open for as long as the authentication takes.

    Raises :exc:`AgentError` (bad request) saying which variable to set where there is none, or more than one.
    """
    if login.key_file:
        with _named_key(login, Path(login.key_file)) as (key, certificate):
            yield _key_identity(login, key, certificate)
    elif login.password is not None:
        yield _password_identity(login, login.password)
    else:
        with _ssh_agent(login) as ssh_agent:
            yield _only_key(login, ssh_agent)


def _password_identity(login: Login, password: str) -> Identity:
    if "password" not in login.authentications:
        raise _bad("only a password is given, and call_home_authentications does not allow `password`")
    attempt = Attempt("password", lambda transport: transport.auth_password(login.user, password))
    return Identity(login.user, (attempt,), b"password\0" + password.encode())


def _key_identity(login: Login, key: paramiko.PKey, certificate: PublicBlob | None) -> Identity:
    attempts = []
    if certificate is not None and "certificate" in login.authentications:
        attempts.append(Attempt("certificate", _publickey(login.user, key, certificate)))
    if "key" in login.authentications:
        attempts.append(Attempt("key", _publickey(login.user, key, None)))
    if attempts:
        return Identity(login.user, tuple(attempts), b"key\0" + _plain(key.asbytes()))
    if "certificate" in login.authentications:
        raise _bad(
            f"call_home_authentications allows no plain key, and there is no certificate for {login.key_file or 'it'}:"
            f" put it beside the key as KEY{CERTIFICATE_SUFFIX}, or load it into the ssh-agent"
        )
    raise _bad("a key is given, and call_home_authentications allows neither `certificate` nor `key`")


def _publickey(
    user: str, key: paramiko.PKey, certificate: PublicBlob | None
) -> Callable[[paramiko.Transport], list[str]]:
    def perform(transport: paramiko.Transport) -> list[str]:
        # paramiko shows the certificate where the key carries one, and then never the plain key
        key.public_blob = certificate
        return transport.auth_publickey(user, key)

    return perform


@contextmanager
def _named_key(login: Login, path: Path) -> Iterator[tuple[paramiko.PKey, PublicBlob | None]]:
    """The key of ``ansible_private_key_file``, from the file or the ssh-agent, and its certificate where it has one."""
    name = str(path)
    public = name.endswith(".pub")
    private = Path(name.removesuffix(CERTIFICATE_SUFFIX).removesuffix(".pub")) if public else path
    certificate = _read_certificate(Path(f"{private}{CERTIFICATE_SUFFIX}"))
    if public:
        shown = _read_public(path)
        if not private.exists():
            with _ssh_agent(login) as ssh_agent:
                key, carried = _find(ssh_agent, shown.key_blob, name)
                own = shown if shown.key_type.endswith("-cert-v01@openssh.com") else None
                yield key, own or certificate or carried
            return
    yield _load_private(private, login.passphrase), certificate


def _load_private(path: Path, passphrase: str | None) -> paramiko.PKey:
    try:
        return paramiko.PKey.from_path(path, password=passphrase)
    except FileNotFoundError:
        raise _bad(f"private key {path} does not exist; ansible_private_key_file names it") from None
    except OSError as exc:
        raise _bad(f"private key {path} cannot be read: {exc.strerror}") from None
    except (paramiko.PasswordRequiredException, TypeError):
        # cryptography says TypeError both for a passphrase that is missing and for one too many
        hint = "takes no passphrase" if passphrase else "is encrypted: set ansible_private_key_passphrase"
        raise _bad(f"private key {path} {hint}") from None
    except (ValueError, paramiko.SSHException, UnknownKeyType):
        hint = "is damaged, or the passphrase is wrong" if passphrase else "is no private key that SSH can use"
        raise _bad(f"private key {path} {hint}") from None


def _read_certificate(path: Path) -> PublicBlob | None:
    return _read_public(path) if path.exists() else None


def _read_public(path: Path) -> PublicBlob:
    try:
        return PublicBlob.from_file(str(path))
    except OSError as exc:
        raise _bad(f"{path} cannot be read: {exc.strerror}") from None
    except (ValueError, paramiko.SSHException, UnicodeDecodeError):
        raise _bad(f"{path} is no OpenSSH public key or certificate") from None


@contextmanager
def _ssh_agent(login: Login) -> Iterator[PlaybookSshAgent]:
    if not login.ssh_agent:
        raise _bad(
            "there is nothing to log in with: set ansible_private_key_file or ansible_password, or run an ssh-agent"
            " (SSH_AUTH_SOCK is not set)"
        )
    try:
        ssh_agent = PlaybookSshAgent(login.ssh_agent)
    except (OSError, paramiko.SSHException) as exc:
        raise _bad(f"the ssh-agent at SSH_AUTH_SOCK={login.ssh_agent} does not answer: {exc}") from None
    try:
        yield ssh_agent
    finally:
        ssh_agent.close()


def _only_key(login: Login, ssh_agent: PlaybookSshAgent) -> Identity:
    keys = {_plain(key.blob) for key in ssh_agent.get_keys()}
    if not keys:
        raise _bad("the ssh-agent holds no key: ssh-add one, or set ansible_private_key_file or ansible_password")
    if len(keys) > 1:
        raise _bad(
            f"the ssh-agent holds {len(keys)} keys and none is named: set ansible_private_key_file to the public key"
            " of the one to use (only one is ever shown to a device)"
        )
    key, certificate = _find(ssh_agent, keys.pop(), "")
    return _key_identity(login, key, certificate)


def _find(ssh_agent: PlaybookSshAgent, shown: bytes, name: str) -> tuple[AgentKey, PublicBlob | None]:
    """The ssh-agent's key for a public key or certificate, and the certificate that the ssh-agent carries for it."""
    plain = _plain(shown)
    entries = {key.blob: key for key in ssh_agent.get_keys() if _plain(key.blob) == plain}
    if not entries:
        raise _bad(f"the key of {name} is neither beside it nor in the ssh-agent: ssh-add it")
    carried = next((blob for blob in entries if blob != plain), None)
    certificate = PublicBlob.from_message(Message(carried)) if carried else None
    return entries.get(plain) or next(iter(entries.values())), certificate


def _plain(blob: bytes) -> bytes:
    """The plain key of a key or certificate; what is neither stands for itself and equals nothing."""
    try:
        return read_identity(blob)[0].blob
    except InvalidKey:
        return blob


def _bad(message: str) -> AgentError:
    return AgentError(Kind.BAD_REQUEST, message)
