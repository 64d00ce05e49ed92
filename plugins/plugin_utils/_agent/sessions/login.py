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
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.requests import Login
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.files import read_file
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.private_keys import read_private_key
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.ssh_agent import (
    HeldKey,
    SshAgent,
    open_ssh_agent,
    plain_key,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.certificates import parse_certificate
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import InvalidKey

try:
    import paramiko
    from paramiko.pkey import PublicBlob
except ImportError:
    pass  # told by _libraries before any of this is used

CERTIFICATE_SUFFIX = "-cert.pub"
CERTIFICATE_TYPE = "-cert-v01@openssh.com"


@dataclass(frozen=True)
class Attempt:
    """One authentication method (RFC 4252) with what it shows."""

    method: str
    """``certificate``, ``key`` or ``password``."""
    perform: Callable[[paramiko.Transport], list[str]] = field(repr=False)
    """Raises paramiko's exceptions; returns the methods that the device still wants, none when it let us in."""
    remark: str | None = None
    """What may be why the device refuses it."""

    @property
    def told(self) -> str:
        """The method, for people."""
        return f"{self.method} ({self.remark})" if self.remark else self.method


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


@contextmanager
def identity_of(login: Login) -> Iterator[Identity]:
    """The identity of a login, with the ssh-agent open for as long as the authentication takes.

    Raises :exc:`AgentError` (bad request) saying which variable to set where there is none, or more than one.
    """
    with ExitStack() as held:
        if login.key_file:
            key, certificate = held.enter_context(_named_key(login, Path(login.key_file)))
            yield _key_identity(login, key, certificate)
        elif login.password is not None:
            yield _password_identity(login, login.password)
        else:
            yield _only_key(login, held.enter_context(open_ssh_agent(login.ssh_agent)))


def _password_identity(login: Login, password: str) -> Identity:
    if "password" not in login.authentications:
        raise _bad("only a password is given, and call_home_authentications does not allow `password`")
    attempt = Attempt("password", lambda transport: transport.auth_password(login.user, password))
    return Identity(login.user, (attempt,), b"password\0" + password.encode())


def _key_identity(login: Login, key: paramiko.PKey, certificate: PublicBlob | None) -> Identity:
    shown = key.asbytes()
    plain = plain_key(shown)
    attempts = []
    if certificate is not None and "certificate" in login.authentications:
        if plain_key(certificate.key_blob) != plain:
            raise _bad(f"the certificate for {login.key_file} is another key's: sign it anew, or remove it")
        attempts.append(Attempt("certificate", _publickey(login.user, key, certificate), _lapse(certificate)))
    if "key" in login.authentications and shown == plain:
        attempts.append(Attempt("key", _publickey(login.user, key, None)))
    if attempts:
        return Identity(login.user, tuple(attempts), b"key\0" + plain)
    if "certificate" in login.authentications:
        raise _bad(
            f"call_home_authentications allows no plain key, and there is no certificate for {login.key_file or 'it'}:"
            f" put it beside the key as KEY{CERTIFICATE_SUFFIX}, or load it into the ssh-agent"
        )
    raise _bad("a key is given, and call_home_authentications does not allow it: neither `certificate` nor `key` fits")


def _lapse(certificate: PublicBlob) -> str | None:
    """Whether its time is over or has not come, by this machine's clock. The device has its own, so it is shown all the same."""
    try:
        lapse = parse_certificate(certificate.key_blob).lapse(time.time())
    except InvalidKey:  # the device may know a kind that we do not
        return None
    return f"{lapse}, by the controller's clock" if lapse else None


def _publickey(
    user: str, key: paramiko.PKey, certificate: PublicBlob | None
) -> Callable[[paramiko.Transport], list[str]]:
    def perform(transport: paramiko.Transport) -> list[str]:
        # paramiko shows the certificate where the key carries one, and then never the plain key
        key.public_blob = certificate
        try:
            return transport.auth_publickey(user, key)
        except (paramiko.SSHException, OSError, EOFError):
            if isinstance(key, HeldKey) and key.refusal is not None:
                raise _bad(
                    f"the ssh-agent did not sign ({key.refusal}): unlock it, or confirm the use of the key"
                ) from None
            raise

    return perform


@contextmanager
def _named_key(login: Login, path: Path) -> Iterator[tuple[paramiko.PKey, PublicBlob | None]]:
    """The key of ``ansible_private_key_file``, and its certificate where it has one."""
    if path.name.endswith(".pub"):
        with _key_of_public_part(login, path) as found:
            yield found
    else:
        yield read_private_key(path, login.passphrase), _certificate_beside(path)


@contextmanager
def _key_of_public_part(login: Login, path: Path) -> Iterator[tuple[paramiko.PKey, PublicBlob | None]]:
    """The key of a public key or certificate: out of the ssh-agent, else the private key beside it."""
    named = _read_public(path)
    private = Path(str(path).removesuffix(CERTIFICATE_SUFFIX).removesuffix(".pub"))
    with ExitStack() as opened:
        try:
            ssh_agent = opened.enter_context(open_ssh_agent(login.ssh_agent))
            key, carried = _held(ssh_agent, named, path)
        except AgentError:
            if not private.exists():
                raise
            key, carried = read_private_key(private, login.passphrase), None
        own = named if named.key_type.endswith(CERTIFICATE_TYPE) else None
        yield key, own or _certificate_beside(private) or carried


def _held(ssh_agent: SshAgent, named: PublicBlob, path: Path) -> tuple[paramiko.PKey, PublicBlob | None]:
    found = ssh_agent.find(plain_key(named.key_blob))
    if found is None:
        raise _bad(f"the key of {path} is neither beside it nor in the ssh-agent: ssh-add it")
    return found


def _only_key(login: Login, ssh_agent: SshAgent) -> Identity:
    keys = ssh_agent.plain_keys()
    if len(keys) > 1:
        raise _bad(
            f"the ssh-agent holds {len(keys)} keys and none is named: set ansible_private_key_file to the public key"
            " of the one to use (only one is ever shown to a device)"
        )
    found = ssh_agent.find(keys.pop()) if keys else None
    if found is None:
        raise _bad("the ssh-agent holds no key: ssh-add one, or set ansible_private_key_file or ansible_password")
    return _key_identity(login, *found)


def _certificate_beside(path: Path) -> PublicBlob | None:
    certificate = Path(f"{path}{CERTIFICATE_SUFFIX}")
    return _read_public(certificate) if certificate.exists() else None


def _read_public(path: Path) -> PublicBlob:
    try:
        return PublicBlob.from_string(read_file(path).decode())
    except OSError as exc:
        raise _bad(f"{path} cannot be read: {exc.strerror}") from None
    except (ValueError, paramiko.SSHException):
        raise _bad(f"{path} is no OpenSSH public key or certificate") from None


def _bad(message: str) -> AgentError:
    return AgentError(Kind.BAD_REQUEST, message)
