# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, certificates and known hosts files of a site, made with OpenSSH's own tools as an operator would."""

from __future__ import annotations

import contextlib
import itertools
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.callhome.junos.tests.interop.openssh_keys import ALWAYS, KeyPair, new_key, ssh_agent

PRINCIPAL = "robot"
"""Any user certificate that names it lets in as any user (the manual: device-wide principals)."""


class Keyring:
    """One host CA, one user CA and one user's key, and what is made with them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "keys"
        self._numbers = itertools.count()
        self.host_ca = self.new("host_ca")
        self.user_ca = self.new("user_ca")
        self.user = self.new("user")

    def new(self, name: str, passphrase: str = "") -> KeyPair:
        """A new ed25519 key; the same name may be given again."""
        return new_key(self._folder / f"{next(self._numbers)}-{name}", passphrase=passphrase)

    def known_hosts(self, *lines: str, hashed: bool = False) -> str:
        """The path of a new known hosts file; ``hashed`` hides its names as ``ssh-keygen -H`` does."""
        path = self._folder / f"known_hosts{next(self._numbers)}"
        path.write_text("".join(f"{line}\n" for line in lines))
        if hashed:
            subprocess.run(["ssh-keygen", "-q", "-H", "-f", path], check=True, capture_output=True)
        return str(path)

    @property
    def authority(self) -> str:
        """The line of a known hosts file that trusts the host CA for every device."""
        return f"@cert-authority * {self.host_ca.text}"

    def certified(self, *principals: str, ca: KeyPair | None = None, valid: str = ALWAYS,
                  key: KeyPair | None = None) -> dict[str, Any]:  # fmt: skip
        """Fields of a device that has a host certificate for ``principals``, and takes certificates of the user CA."""
        host_key = key or self.new("host")
        (ca or self.host_ca).sign(host_key, *principals, host=True, valid=valid)
        return {
            "host_keys": (host_key.path.read_text(),),
            "host_certificate": host_key.certificate.read_text(),
            "user_cas": (self.user_ca.text,),
            "principals": (PRINCIPAL,),
        }

    def plain(self, key: KeyPair | None = None) -> dict[str, Any]:
        """Fields of a device with a host key of its own, and no certificate."""
        return {"host_keys": ((key or self.new("host")).path.read_text(),)}

    @contextlib.contextmanager
    def ssh_agent(self, *keys: KeyPair) -> Iterator[Path]:
        """The socket of an ssh-agent that holds ``keys``."""
        with ssh_agent(self._folder / f"{next(self._numbers)}.sock") as agent:
            for key in keys:
                agent.add(key)
            yield agent.socket
