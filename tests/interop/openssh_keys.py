"""Keys, certificates and ssh-agents, made with OpenSSH's own tools as an operator would."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KEY_TYPES = {
    "rsa": ("-t", "rsa", "-b", "2048"),
    "ecdsa256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa521": ("-t", "ecdsa", "-b", "521"),
    "ed25519": ("-t", "ed25519"),
}
ALWAYS = "always:forever"
EXPIRED = "-2h:-1h"


@dataclass(frozen=True)
class KeyPair:
    """A private key file, with its public key beside it."""

    path: Path

    @property
    def public(self) -> Path:
        """The public key's file."""
        return Path(f"{self.path}.pub")

    @property
    def certificate(self) -> Path:
        """Where a certificate of this key is looked for."""
        return Path(f"{self.path}-cert.pub")

    @property
    def text(self) -> str:
        """``type base64``, without the comment."""
        return " ".join(self.public.read_text().split()[:2])

    @property
    def fingerprint(self) -> str:
        """``SHA256:...``, as ssh-keygen shows it."""
        return _run("ssh-keygen", "-l", "-f", str(self.public)).split()[1]

    def sign(self, key: KeyPair, *principals: str, host: bool = False, valid: str = ALWAYS) -> None:
        """Be the CA of a certificate for ``key``, which lands beside that; one that is there is replaced."""
        options = ("-h",) if host else ()
        names = ("-n", ",".join(principals)) if principals else ()
        _run("ssh-keygen", "-q", "-s", str(self.path), "-I", key.path.name, *options, *names, "-V", valid,
             str(key.public))  # fmt: skip

    def without_private_key(self, folder: Path) -> KeyPair:
        """The same key in another folder, where only its public parts are."""
        folder.mkdir(parents=True)
        other = KeyPair(folder / self.path.name)
        other.public.write_bytes(self.public.read_bytes())
        if self.certificate.exists():
            other.certificate.write_bytes(self.certificate.read_bytes())
        return other


def new_key(path: Path, key_type: str = "ed25519", passphrase: str = "") -> KeyPair:
    """A new key of one of :data:`KEY_TYPES`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _run("ssh-keygen", "-q", *KEY_TYPES[key_type], "-N", passphrase, "-C", "", "-f", str(path))
    return KeyPair(path)


class SshAgent:
    """An ssh-agent of a test's own."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket

    def add(self, key: KeyPair, *options: str) -> None:
        """Load a key, and its certificate where there is one beside it."""
        _run("ssh-add", "-q", *options, str(key.path), SSH_AUTH_SOCK=str(self.socket))

    def forget(self, key: KeyPair) -> None:
        """Remove a key; its certificate stays where there is none beside the key's public part."""
        _run("ssh-add", "-q", "-d", str(key.public), SSH_AUTH_SOCK=str(self.socket))


@contextlib.contextmanager
def ssh_agent(socket: Path) -> Iterator[SshAgent]:
    """An ssh-agent that listens at ``socket``, and finds nobody to confirm the use of a key."""
    environment = {**os.environ, "SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "force"}
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.PIPE, env=environment)
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it listens once it has said where
        yield SshAgent(socket)
    finally:
        process.terminate()
        process.communicate()


def _run(*command: str, **environment: str) -> str:
    env = {**os.environ, **environment}
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    return done.stdout
