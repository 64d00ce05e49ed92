# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private keys in files, in each form that OpenSSH reads.

They are read by cryptography: paramiko's own reader fails with a TypeError on a passphrase that is text, takes some
keys that have no comment for damaged, and does not know PKCS#8.
"""

from __future__ import annotations

import io
from pathlib import Path

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.files import read_file

try:
    import paramiko
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
        load_ssh_private_key,
    )
except ImportError:
    pass  # told by _libraries before any of this is used

_OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"


def read_private_key(path: Path, passphrase: str | None) -> paramiko.PKey:
    """The private key in a file. Raises :exc:`AgentError` (bad request) that says what is wrong with it."""
    try:
        return _parse(read_file(path), passphrase.encode() if passphrase else None)
    except FileNotFoundError:
        raise _bad(path, "does not exist; ansible_private_key_file names it") from None
    except OSError as exc:
        raise _bad(path, f"cannot be read: {exc.strerror}") from None
    except TypeError:
        # cryptography says TypeError both for a passphrase that is missing and for one too many
        hint = (
            "takes no passphrase: unset ansible_private_key_passphrase"
            if passphrase
            else "is encrypted: set ansible_private_key_passphrase, or ssh-add it and name its public key instead"
        )
        raise _bad(path, hint) from None
    except UnsupportedAlgorithm:
        raise _bad(path, "is of a kind that is not supported; expected an RSA, ECDSA or Ed25519 key") from None
    except ValueError:
        hint = "is damaged, or the passphrase is wrong" if passphrase else "is no private key that SSH can use"
        raise _bad(path, hint) from None


def _parse(text: bytes, passphrase: bytes | None) -> paramiko.PKey:
    load = load_ssh_private_key if _OPENSSH in text else load_pem_private_key
    key = load(text, passphrase)
    if isinstance(key, rsa.RSAPrivateKey):
        return paramiko.RSAKey(key=key)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _ecdsa(key)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        plain = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        return paramiko.Ed25519Key.from_private_key(io.StringIO(plain.decode("ascii")))
    raise UnsupportedAlgorithm(type(key).__name__)


def _ecdsa(key: ec.EllipticCurvePrivateKey) -> paramiko.ECDSAKey:
    if not isinstance(key.curve, (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)):
        raise UnsupportedAlgorithm(key.curve.name)
    return paramiko.ECDSAKey(vals=(key, key.public_key()))


def _bad(path: Path, what: str) -> AgentError:
    return AgentError(Kind.BAD_REQUEST, f"private key {path} {what}")
