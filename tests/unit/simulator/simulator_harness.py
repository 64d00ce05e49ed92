# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulator's tests stand on: a listener for calls, keys of OpenSSH's making, ncclient sessions."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from ncclient import manager

USER, PASSWORD = "netops", "correct horse"
Connect = Callable[..., manager.Manager]
"""Makes sessions with the device of the test; options as `session` takes them."""


@dataclass
class Listener:
    """A port that devices call."""

    socket: socket.socket

    @property
    def address(self) -> tuple[str, int]:
        return self.socket.getsockname()

    def accept(self) -> Call:
        sock, peer = self.socket.accept()
        sock.settimeout(10)
        return Call(sock, peer)


@dataclass
class Call:
    """One call, read up to the SSH banner."""

    socket: socket.socket
    peer: tuple[str, int]

    def announcement(self) -> bytes:
        """All that stands before the line that begins `SSH-`, which stays in the socket."""
        read = b""
        while self.socket.recv(4, socket.MSG_PEEK) not in (b"SSH-", b""):
            read += self._line()
        return read

    def _line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n") and (byte := self.socket.recv(1)):
            line += byte
        return line

    def session(self, **options: Any) -> manager.Manager:
        self.announcement()
        return session(sock=self.socket, host="device", **options)

    def closed(self) -> bool:
        """Whether the device closes it, within the socket's timeout."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionError:
            pass
        except TimeoutError:
            return False
        return True


class Keys:
    """Keys and certificates made by ssh-keygen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("user", "other", "user_ca", "host_ca"):
            self._keygen("-t", "ed25519", "-N", "", "-C", f"{name}@nms", "-f", str(folder / name))

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def public(self, name: str) -> str:
        return (self.folder / f"{name}.pub").read_text().strip()

    def private(self, name: str) -> str:
        return (self.folder / name).read_text()

    def user_certificate(self, name: str, *principals: str, options: tuple[str, ...] = ()) -> str:
        """A private key file with a certificate beside it, for the key `user`. Returns the path of the key."""
        for suffix in ("", ".pub"):
            (self.folder / f"{name}{suffix}").write_bytes((self.folder / f"user{suffix}").read_bytes())
        (self.folder / name).chmod(0o600)
        names = ("-n", ",".join(principals)) if principals else ()
        self._keygen("-s", self.path("user_ca"), "-I", name, *names, *options, self.path(f"{name}.pub"))
        return self.path(name)

    def host_certificate(self, public_key: str, *principals: str) -> str:
        (self.folder / "host.pub").write_text(public_key + "\n")
        names = ("-n", ",".join(principals)) if principals else ()
        self._keygen("-s", self.path("host_ca"), "-I", "host", "-h", *names, self.path("host.pub"))
        return (self.folder / "host-cert.pub").read_text().strip()

    @staticmethod
    def _keygen(*arguments: str) -> None:
        subprocess.run(["ssh-keygen", "-q", *arguments], check=True, capture_output=True)


def session(device_name: str = "junos", **options: Any) -> manager.Manager:
    """An ncclient session, by password unless something else is given."""
    credentials = {"username": USER, "password": PASSWORD, "timeout": 10}
    if "key_filename" in options:
        del credentials["password"]
    return manager.connect(
        **{
            "hostkey_verify": False,
            "allow_agent": False,
            "look_for_keys": False,
            "device_params": {"name": device_name},
            **credentials,
            **options,
        }
    )


def rpc(connection: manager.Manager, request: str) -> etree._Element:
    """Send a request as it is written; the reply without namespaces, errors included."""
    connection.raise_mode = 0
    reply = connection.dispatch(etree.fromstring(request))
    text = getattr(reply, "xml", None) or etree.tostring(reply._NCElement__doc).decode()
    root = etree.fromstring(text.encode())
    for node in root.iter():
        if isinstance(node.tag, str):
            node.tag = etree.QName(node).localname
    return root


def load_set(connection: manager.Manager, commands: str) -> etree._Element:
    """Load set commands into the candidate."""
    request = f'<load-configuration action="set" format="text"><configuration-set>{commands}</configuration-set>'
    return rpc(connection, f"{request}</load-configuration>")


def compared(connection: manager.Manager, number: int = 0) -> str:
    """The candidate's difference from what is committed, or was so many commits ago."""
    reply = rpc(connection, f'<get-configuration compare="rollback" rollback="{number}" format="text"/>')
    return reply.findtext(".//configuration-output") or ""


def message(reply: etree._Element) -> str | None:
    """What the first error of a reply says."""
    return reply.findtext(".//rpc-error/error-message")


def ok(reply: etree._Element) -> bool:
    """Whether a reply holds neither error nor warning."""
    return reply.find(".//rpc-error") is None
