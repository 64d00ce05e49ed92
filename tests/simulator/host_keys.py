# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SSH host keys of devices: made, shared, or given."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import asyncssh

_GENERATE = {
    "rsa": ("ssh-rsa", 2048, "ssh_host_rsa_key"),
    "ecdsa": ("ecdsa-sha2-nistp256", None, "ssh_host_ecdsa_key"),
    "ecdsa384": ("ecdsa-sha2-nistp384", None, "ssh_host_ec_p384_key"),
    "ecdsa521": ("ecdsa-sha2-nistp521", None, "ssh_host_ec_p521_key"),
    "ed25519": ("ssh-ed25519", None, "ssh_host_ed25519_key"),
}
_FILES = {algorithm: file for algorithm, _unused, file in _GENERATE.values()}
_STATEMENTS = {"ssh-rsa": "rsa", "ssh-ed25519": "ed25519"}


@dataclass(frozen=True, eq=False)
class HostKey:
    """A private host key and its public text, `type base64`."""

    private: asyncssh.SSHKey
    public: str

    @classmethod
    def of(cls, private: asyncssh.SSHKey) -> HostKey:
        exported = private.export_public_key().decode().split()
        return cls(private, " ".join(exported[:2]))

    @property
    def algorithm(self) -> str:
        return self.public.partition(" ")[0]

    @property
    def statement(self) -> str:
        """What it is called in hostkey-algorithm-list."""
        return _STATEMENTS.get(self.algorithm, self.algorithm)

    @property
    def file(self) -> str:
        """Where a Junos device keeps it."""
        return f"/etc/ssh/{_FILES.get(self.algorithm, 'ssh_host_key')}"


def host_key(source: str, shared: bool) -> HostKey:
    """A host key from the name of an algorithm (rsa, ecdsa, ecdsa384, ecdsa521, ed25519) or a private key in OpenSSH or
    PEM form. With `shared`, every device that asks for the same algorithm gets the same key."""
    if source not in _GENERATE:
        return HostKey.of(asyncssh.import_private_key(source))
    return _shared(source) if shared else _generated(source)


def _generated(name: str) -> HostKey:
    algorithm, size, _unused = _GENERATE[name]
    return HostKey.of(
        asyncssh.generate_private_key(algorithm, key_size=size)
        if size is not None
        else asyncssh.generate_private_key(algorithm)
    )


@functools.cache
def _shared(name: str) -> HostKey:
    return _generated(name)
