# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device is to be: the part of it that a test, the demo or a bench decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from . import crypt_hash
from .announcement import AnnouncementStyle
from .lexer import quote
from .release import Release
from .statement_words import key_statement

USER_CA_FILE = "/var/tmp/user_ca.pub"
HOST_CERTIFICATE_FILE = "/var/tmp/ssh_host_key-cert.pub"


@dataclass(frozen=True)
class UserSpec:
    """A local account: a password in clear text, public keys as OpenSSH writes them, a login class."""

    password: str | None = None
    keys: Sequence[str] = ()
    login_class: str = "super-user"


@dataclass(frozen=True)
class ClientSpec:
    """One outbound-ssh client; `servers` are (host, port). What is None is the device's own, or left out."""

    name: str
    servers: Sequence[tuple[str, int]]
    device_id: str | None = None
    secret: str | None = None
    retry: int | None = None
    timeout: int | None = None
    sticky: bool = False
    keep_alive: tuple[int, int] | None = None
    """(timeout, retry)"""


@dataclass(frozen=True)
class DeviceSpec:
    """A simulated device. Only `name` is needed; what is left out is as on a device that has just been set up.

    What it says of users, certificates and clients becomes configuration, committed before the device starts;
    `configuration` (set commands, XML or text) is loaded after it and may change all of it. Minutes and seconds are the
    device's own: its clock may run faster than ours.
    """

    name: str
    device_id: str | None = None
    secret: str | None = None
    servers: Sequence[tuple[str, int]] = ()
    clients: Sequence[ClientSpec] = ()
    users: Mapping[str, UserSpec | str] = field(default_factory=dict)
    root_password: str | None = "Juniper"
    host_keys: Sequence[str] = ("ed25519",)
    shared_host_keys: bool = False
    host_certificate: str | None = None
    borrowed_identity: str | None = None
    """Another device's public host key or host certificate: presented, and signed for with this device's own key."""
    user_cas: Sequence[str] = ()
    principals: Sequence[str] = ()
    configuration: str = ""
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    urls: Mapping[str, str | bytes] = field(default_factory=dict)
    """What `file-copy` finds in the device's network."""
    release: str = "24.4R1"
    model: str = "vmx"
    netconf_1_1: bool = False
    """Configures `netconf version-1.1`; from 24.4."""
    dual_re: bool = False

    announcement: AnnouncementStyle = field(default_factory=AnnouncementStyle)
    source_address: str | None = None
    """The local address that it dials from, such as 127.0.0.7."""
    listen: str | None = None
    """The address on which it also takes connections, on a free port (`direct_port`); None: it takes none."""
    login_grace_time: float = 120.0
    redial_pause: float = 5.0
    storage: int | None = None
    """How many bytes its files may hold."""
    confirmed_outlives_session: bool = True
    """Whether a pending confirmed commit survives the end of its session (unknown of Junos)."""
    confirmed_by_other_sessions: bool = False
    """Whether a commit of another session confirms one that is bound to its session, which RFC 6241 section 8.4 denies
    (unknown of Junos). What is not bound (`confirmed_outlives_session`), any commit confirms."""
    cuts_before_reply: bool = False
    """Whether a commit that changes an outbound client breaks its connection before the reply is sent, or just after
    (unknown of Junos)."""
    registers_partly: bool = False
    """Whether an outbound client committed with some but not all of host certificate, user CA and principal registers
    those; the manual asks for all three."""

    def __post_init__(self) -> None:
        Release.parse(self.release)

    @property
    def all_clients(self) -> list[ClientSpec]:
        own = [ClientSpec("nms", self.servers, secret=self.secret)] if self.servers else []
        return [*own, *self.clients]

    def boot_files(self) -> dict[str, bytes]:
        """The files that stand on the device when it starts, without its host keys."""
        files = dict(self.files)
        if self.user_cas:
            files[USER_CA_FILE] = "".join(f"{key.strip()}\n" for key in self.user_cas)
        if self.host_certificate is not None:
            files[HOST_CERTIFICATE_FILE] = self.host_certificate
        return {path: body.encode() if isinstance(body, str) else body for path, body in files.items()}

    def boot_commands(self) -> list[str]:
        """The set commands that configure what this says."""
        return [*self._system(), *self._users(), *self._certificates(), *self._clients()]

    def _system(self) -> Iterator[str]:
        yield f"set system host-name {quote(self.name)}"
        if self.root_password is not None:
            hashed = crypt_hash.make(self.root_password)
            yield f"set system root-authentication encrypted-password {quote(hashed)}"
        yield "set system services netconf ssh"
        yield "set system services ssh"
        if self.netconf_1_1:
            yield "set system services netconf version-1.1"

    def _users(self) -> Iterator[str]:
        for name, given in self.users.items():
            user = UserSpec(given) if isinstance(given, str) else given
            path = f"set system login user {quote(name)}"
            yield f"{path} class {quote(user.login_class)}"
            if user.password is not None:
                yield f"{path} authentication encrypted-password {quote(crypt_hash.make(user.password))}"
            for key in user.keys:
                yield f"{path} authentication {key_statement(key)} {quote(key.strip())}"

    def _certificates(self) -> Iterator[str]:
        if self.user_cas:
            yield f"set system services ssh trusted-user-ca-key-file {USER_CA_FILE}"
        if self.host_certificate is not None:
            yield f"set system services ssh host-certificate-file {HOST_CERTIFICATE_FILE}"
        for principal in self.principals:
            yield f"set system services ssh authorized-principals {quote(principal)}"

    def _clients(self) -> Iterator[str]:
        for client in self.all_clients:
            path = f"set system services outbound-ssh client {quote(client.name)}"
            yield f"{path} device-id {quote(client.device_id or self.device_id or self.name)}"
            yield f"{path} services netconf"
            if client.secret is not None:
                yield f"{path} secret {quote(client.secret)}"
            if client.sticky:
                yield f"{path} reconnect-strategy sticky"
            if client.keep_alive is not None:
                yield f"{path} keep-alive timeout {client.keep_alive[0]} retry {client.keep_alive[1]}"
            for host, port in client.servers:
                yield f"{path} {quote(host)} port {port}"
                for option, value in (("retry", client.retry), ("timeout", client.timeout)):
                    if value is not None:
                        yield f"{path} {quote(host)} {option} {value}"
