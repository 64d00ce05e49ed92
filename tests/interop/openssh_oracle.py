"""OpenSSH's own client as a judge: it is shown a host key or certificate, and says whether it would go on.

The server is paramiko's with one change: it presents any bytes as its host key, signed with the key that belongs to
them. So the client sees what a hostile device could show it, over a real connection.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import paramiko

from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import Key

CERTIFICATE_SUFFIX = "-cert-v01@openssh.com"
_LONGEST_NAME = 64
_TIMEOUT = 10  # seconds, for a client that takes some hundredths of one
_SAW_THE_KEY = "SSH2_MSG_KEX_ECDH_REPLY received"
_REACHED_AUTHENTICATION = "Permission denied"
_REFUSED_THE_KEY = "Host key verification failed"
_COULD_NOT_READ_THE_KEY = "ssh_dispatch_run_fatal"


@dataclass(frozen=True)
class Answer:
    """What ``ssh`` made of a host key. ``said`` is its own account, for a test that fails."""

    trusted: bool
    said: str


class PresentedKey(paramiko.PKey):
    """A host key whose public half is whatever ``blob`` says."""

    def __init__(self, key: Key, blob: bytes) -> None:
        self._key = key
        self._blob = blob

    @property
    def algorithm(self) -> str:
        """The host key algorithm to be negotiated for it."""
        name = "rsa-sha2-512" if self._key.key_type == "ssh-rsa" else self._key.key_type
        return name + CERTIFICATE_SUFFIX if CERTIFICATE_SUFFIX.encode() in self._blob[:_LONGEST_NAME] else name

    def get_name(self) -> str:
        return self.algorithm

    def asbytes(self) -> bytes:
        return self._blob

    def sign_ssh_data(self, data: bytes, algorithm: str | None = None) -> paramiko.Message:
        return paramiko.Message(self._key.sign(data))


def ask_ssh(key: Key, blob: bytes, known_hosts: str, name: str, folder: Path) -> Answer:
    """Whether ``ssh`` trusts ``blob``, proved by ``key``, as the host key of ``name``.

    Raises AssertionError where the client neither reached authentication nor refused the host key.
    """
    file = folder / "known_hosts"
    file.write_text(known_hosts, encoding="utf-8")
    with _device(PresentedKey(key, blob)) as port:
        command = _command(file, name, port)
        said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=_TIMEOUT).stderr
    assert _SAW_THE_KEY in said, f"ssh was never shown the host key:\n{said}"
    if _REACHED_AUTHENTICATION in said:
        return Answer(True, said)
    assert _REFUSED_THE_KEY in said or _COULD_NOT_READ_THE_KEY in said, f"ssh failed for another reason:\n{said}"
    return Answer(False, said)


def _command(known_hosts: Path, name: str, port: int) -> list[str]:
    options = {
        "HostKeyAlias": name,
        "UserKnownHostsFile": known_hosts,
        "GlobalKnownHostsFile": "none",
        "StrictHostKeyChecking": "yes",
        "BatchMode": "yes",
        "PreferredAuthentications": "none",
        "IdentityAgent": "none",
        "IdentityFile": "none",
        "Port": port,
    }
    settings = [argument for option, value in options.items() for argument in ("-o", f'{option}="{value}"')]
    return ["ssh", "-v", "-F", "none", *settings, "nobody@127.0.0.1"]


@contextlib.contextmanager
def _device(host_key: PresentedKey) -> Iterator[int]:
    """An SSH server for one client; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(_TIMEOUT)
        server = threading.Thread(target=_serve, args=(listener, host_key))
        server.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.join()


def _serve(listener: socket.socket, host_key: PresentedKey) -> None:
    with contextlib.closing(paramiko.Transport(listener.accept()[0])) as transport:
        transport.add_server_key(host_key)
        transport.start_server(threading.Event(), paramiko.ServerInterface())
        transport.join(_TIMEOUT)
