# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be asked of the agent, each as the arguments of one request."""

from __future__ import annotations

from dataclasses import dataclass, field

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.host_trust import HostTrust
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.known_hosts import KnownHosts


@dataclass(frozen=True)
class Device:
    """Whose calls are meant: those that announce ``device_id``, or announce nothing and come from ``address``."""

    device_id: str
    listen: str
    """The listener that takes this device's calls, ``[::]:4334``."""
    address: str | None = None
    """Canonical IP address of the host, where it has one: RFC 8071 devices announce nothing."""


@dataclass(frozen=True)
class TrustSettings:
    """How the host wants its device proved; :class:`HostTrust` decides with it."""

    proofs: tuple[str, ...] | None = None
    secret: str | None = field(default=None, repr=False)
    known_hosts: str = ""
    """Path of the file; read anew (or from the cache, where it has not changed) for each request."""
    host_keys: tuple[str, ...] = ()
    unnamed_host_certificates: bool = False
    check: bool = True

    def for_device(self, device_id: str, known_hosts: KnownHosts) -> HostTrust:
        """The judge of this device under these settings."""
        return HostTrust(
            device_id=device_id,
            proofs=self.proofs,
            secret=self.secret,
            known_hosts=known_hosts,
            pinned=self.host_keys,
            unnamed_host_certificates=self.unnamed_host_certificates,
            check=self.check,
        )


@dataclass(frozen=True)
class Login:
    """The user and the credentials that a playbook brings for one host."""

    user: str
    authentications: tuple[str, ...] = ("certificate", "key", "password")
    key_file: str | None = None
    """Path of a private key, of a public key or certificate whose key is in the ssh-agent."""
    passphrase: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    ssh_agent: str | None = None
    """The playbook's SSH_AUTH_SOCK."""


@dataclass(frozen=True)
class SessionRequest:
    """``session``: a NETCONF channel to a device, for one playbook."""

    host: str
    """The inventory's name of the host, for messages."""
    device: Device
    trust: TrustSettings
    login: Login
    network_os: str
    owner: int
    """Process id of the playbook; its channels close when it is gone."""
    timeout: float = 120.0
    """Seconds to wait for the device's call."""
    command_timeout: float = 30.0
    """Seconds after which an RPC that is not answered has failed."""
    newer_than: int = 0
    """Only calls, and sessions of calls, with a serial number above this one count; the others are left alone."""


@dataclass(frozen=True)
class ResetRequest:
    """``reset``: close a playbook's NETCONF channels to a device; the SSH session stays."""

    device: Device
    owner: int


@dataclass(frozen=True)
class WaitRequest:
    """``wait``: until each of the devices has called, or the time is up."""

    devices: tuple[Device, ...]
    timeout: float
    newer_than: int = 0
    """Only calls with a serial number above this one count; 0 takes a session that is there as well."""
    at_least: int | None = None
    """How many of the devices suffice; all of them where this is None."""


@dataclass(frozen=True)
class CloseRequest:
    """``close``: end the SSH sessions of a device; its next call makes a new one."""

    device_id: str
    force: bool = False
    """Also where another playbook is using them."""
    owner: int = 0
    """The playbook that asks; what it holds itself is in nobody's way."""
    check: bool = False
    """Only tell what would be done, or refuse it as it would be refused."""


@dataclass(frozen=True)
class InfoRequest:
    """``info``: what the agent knows; takes no arguments."""


@dataclass(frozen=True)
class StopRequest:
    """``stop``: end the agent."""

    force: bool = False
    """Also where other playbooks are attached."""
    owner: int = 0
    """The playbook that asks; what it holds itself is in nobody's way."""
    check: bool = False
    """Only tell what would be done, or refuse it as it would be refused."""
