"""A device that calls home and is OpenSSH's own server: `sshd -i` on a socket that dialled out, as Junos has it.

It serves the user who runs the tests, root or not: sshd without root can let in nobody else.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import hmac
import os
import pwd
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.callhome.junos.tests.interop.openssh_keys import KeyPair

SSHD = shutil.which("sshd", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin", "/usr/local/sbin")))
NO_SSHD = "OpenSSH's server (openssh-server) is not installed: no calls of a real sshd are tested"
USER = pwd.getpwuid(os.getuid()).pw_name
REDIAL_SECONDS = 0.3
_NETCONF_PROGRAM = Path(__file__).with_name("netconf_program.py")
_SEPARATION = Path("/run/sshd")


@dataclass
class SshdDevice:
    """A device with its keys, whom it lets in, and what it announces. ``folder`` has to be its own."""

    device_id: str
    folder: Path
    host_key: KeyPair
    user_ca: KeyPair | None = None
    principals: tuple[str, ...] = ()
    authorized_keys: tuple[KeyPair, ...] = ()
    secret: str | None = None
    announced_key: KeyPair | None = None
    """Another key than ``host_key``: what an impostor announces who replays what a device said."""
    announces: bool = True
    """False: it says nothing before SSH, as RFC 8071 has it."""
    _stopping: threading.Event = field(default_factory=threading.Event, init=False)
    _sshd: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> str:
        """All that its sshd had to say, over all calls."""
        with contextlib.suppress(FileNotFoundError):
            return self._log.read_text(errors="replace")
        return ""

    @property
    def logins(self) -> list[str]:
        """A line for each user that was let in: the method and the key."""
        return [line for line in self.log.splitlines() if line.startswith("Accepted ")]

    @property
    def offers(self) -> list[str]:
        """What it was shown to let a user in, each as one line."""
        return [line for line in self.log.splitlines() if line.startswith(("Accepted ", "Failed "))]

    def prepare(self) -> None:
        """Write sshd's configuration, and have sshd check it."""
        self.folder.mkdir()
        if os.getuid() == 0:
            _SEPARATION.mkdir(mode=0o755, exist_ok=True)
        self._configuration.write_text("".join(f"{name} {value}\n" for name, value in self._settings().items()))
        checked = subprocess.run([*self.command, "-t"], check=False, stdin=subprocess.DEVNULL)
        assert checked.returncode == 0, f"sshd refuses {self._configuration}: {self.log}"

    def call_until_stopped(self, port: int) -> None:
        """Dial, serve, and dial again, as outbound-ssh does."""
        while not self._stopping.wait(REDIAL_SECONDS):
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)) as call:
                self._serve(call)

    def stop(self) -> None:
        """Hang up, and dial no more."""
        self._stopping.set()
        if self._sshd is not None:
            self._sshd.terminate()

    def _serve(self, call: socket.socket) -> None:
        call.sendall(self.announcement)
        self._sshd = subprocess.Popen([*self.command, "-i"], stdin=call.fileno(), stdout=call.fileno())
        call.close()
        if self._stopping.is_set():
            self._sshd.terminate()
        self._sshd.wait()

    @property
    def announcement(self) -> bytes:
        """DEVICE-CONN-INFO, with HOST-KEY and HMAC where it has a secret."""
        lines = ["MSG-ID: DEVICE-CONN-INFO", "MSG-VER: V1", f"DEVICE-ID: {self.device_id}"]
        if self.secret is not None:
            key = (self.announced_key or self.host_key).text
            digest = hmac.new(self.secret.encode(), key.encode(), hashlib.sha1).hexdigest()
            lines += [f"HOST-KEY: {key}", f"HMAC: {digest}"]
        return "".join(f"{line}\r\n" for line in lines).encode() if self.announces else b""

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    @property
    def _configuration(self) -> Path:
        return self.folder / "sshd_config"

    @property
    def command(self) -> Sequence[str]:
        """Its sshd; with ``-i`` it serves one client on standard input and output."""
        assert SSHD is not None, NO_SSHD
        return (SSHD, "-f", str(self._configuration), "-E", str(self._log))

    def _settings(self) -> dict[str, str | Path]:
        settings: dict[str, str | Path] = {
            "HostKey": self.host_key.path,
            "AuthorizedKeysFile": self._file("authorized_keys", [key.text for key in self.authorized_keys]),
            "Subsystem": f"netconf {sys.executable} -I {_NETCONF_PROGRAM} {self.device_id}",
            "PermitRootLogin": "yes",
            "PasswordAuthentication": "no",
            "KbdInteractiveAuthentication": "no",
            "PermitUserRC": "no",
            "UsePAM": "no",
            "StrictModes": "no",
            "PidFile": "none",
            "LogLevel": "VERBOSE",
        }
        if self.host_key.certificate.exists():
            settings["HostCertificate"] = self.host_key.certificate
        if self.user_ca is not None:
            settings["TrustedUserCAKeys"] = self.user_ca.public
            settings["AuthorizedPrincipalsFile"] = self._file("authorized_principals", self.principals)
        return settings

    def _file(self, name: str, lines: Sequence[str]) -> Path:
        path = self.folder / name
        path.write_text("".join(f"{line}\n" for line in lines))
        return path


@contextlib.contextmanager
def calling(devices: Sequence[SshdDevice], port: int) -> Iterator[None]:
    """All of them call 127.0.0.1 at ``port`` meanwhile."""
    for device in devices:
        device.prepare()
    lives = [threading.Thread(target=functools.partial(device.call_until_stopped, port)) for device in devices]
    for life in lives:
        life.start()
    try:
        yield
    finally:
        for device in devices:
            device.stop()
        for life in lives:
            life.join()
