# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SSH public keys as they stand on the wire, in files and in options (RFC 4253 section 6.6, RFC 5656, RFC 8709)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

try:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        SSHCertificate,
        SSHPublicKeyTypes,
        load_ssh_public_identity,
    )
except ImportError:
    pass  # told by _libraries before any of this is used


# In order of preference. DSA and the hardware-backed "sk-" types are no host keys of a Junos device and never accepted.
KEY_TYPES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)
# OpenSSH's own floor (SSH_RSA_MINIMUM_MODULUS_SIZE, and the default of RequiredRSASize).
MINIMUM_RSA_BITS = 1024
FINGERPRINT_PREFIX = "SHA256:"
_LONGEST_SHOWN = 60


class InvalidKey(ValueError):
    """The bytes or the text are not an SSH public key that can be trusted; the message says why."""


class UnsupportedKey(InvalidKey):
    """A key that names itself consistently, but is of a type that is never accepted here."""


def shown(value: str | bytes) -> str:
    """What a peer sent, fit for a message or a terminal: quoted, printable ASCII, bounded."""
    text = value if isinstance(value, str) else value.decode("utf-8", "backslashreplace")
    short = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."
    return ascii(short)


@dataclass(frozen=True)
class PublicKey:
    """A plain SSH public key, never a certificate; two are equal when they are the same key.

    ``blob`` is the key in RFC 4253's encoding; make it with :meth:`from_blob` or :meth:`from_text`, which check it.
    """

    blob: bytes

    @classmethod
    def from_blob(cls, blob: bytes) -> PublicKey:
        """The key in ``blob``; raises InvalidKey for all but one whole key of an accepted type in its one encoding."""
        key_type = type_in(blob)
        if key_type not in KEY_TYPES:
            raise UnsupportedKey(f"keys of type {shown(key_type)} are not accepted; expected {', '.join(KEY_TYPES)}")
        key = cls.of(load_identity(blob))
        # A second encoding of the same key (RSA numbers with leading zeros) would slip past a comparison of blobs.
        if key.blob != blob:
            raise InvalidKey(f"this {key_type} key is not encoded as RFC 4251 says")
        return key

    @classmethod
    def from_text(cls, line: str) -> PublicKey:
        """The key in ``type base64 [comment]``, as in a ``.pub`` file; raises InvalidKey."""
        return cls.from_blob(blob_of_text(line))

    @classmethod
    def of(cls, key: SSHCertificate | SSHPublicKeyTypes) -> PublicKey:
        """The same key out of cryptography's hands; raises InvalidKey where it is a certificate or too weak."""
        if isinstance(key, SSHCertificate):
            raise InvalidKey("this is a certificate where a plain key is expected")
        if isinstance(key, RSAPublicKey) and key.key_size < MINIMUM_RSA_BITS:
            raise InvalidKey(f"an RSA key of {key.key_size} bits is too short; expected at least {MINIMUM_RSA_BITS}")
        line = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        return cls(base64.b64decode(line.split()[1]))

    @property
    def algorithm(self) -> str:
        """The key type named in the blob (``ssh-rsa`` for every RSA key, whatever hash it signs with)."""
        return type_in(self.blob)

    @property
    def fingerprint(self) -> str:
        """``SHA256:...`` as ``ssh-keygen -l`` prints it."""
        return fingerprint_of(self.blob)

    @property
    def text(self) -> str:
        """``type base64``, without a comment."""
        return f"{self.algorithm} {base64.b64encode(self.blob).decode('ascii')}"


def fingerprint_of(blob: bytes) -> str:
    return _fingerprint(hashlib.sha256(blob).digest())


def fingerprint_from_text(text: str) -> str:
    """A SHA256 fingerprint in the one form that :attr:`PublicKey.fingerprint` has; raises InvalidKey."""
    fingerprint = text.strip().rstrip("=")
    try:
        digest = base64.b64decode(fingerprint.removeprefix(FINGERPRINT_PREFIX) + "=", validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != hashlib.sha256().digest_size or _fingerprint(digest) != fingerprint:
        raise InvalidKey(f"{shown(text)} is no fingerprint; expected SHA256:... as `ssh-keygen -l` prints it")
    return fingerprint


def _fingerprint(digest: bytes) -> str:
    return FINGERPRINT_PREFIX + base64.b64encode(digest).decode("ascii").rstrip("=")


def type_in(blob: bytes) -> str:
    """The name that a key or certificate begins with (RFC 4253 section 6.6); raises InvalidKey."""
    size = int.from_bytes(blob[:4], "big")
    name = blob[4 : 4 + size]
    if len(blob) < 4 or not 0 < size <= 64 or len(name) < size:
        raise InvalidKey("no SSH key: it does not begin with the name of a key type")
    try:
        return name.decode("ascii")
    except UnicodeDecodeError:
        raise InvalidKey(f"no SSH key: {shown(name)} is not the name of a key type") from None


def blob_of_text(line: str) -> bytes:
    """The bytes of ``type base64 [comment]``, whose own name is the one in front; raises InvalidKey."""
    fields = line.split(maxsplit=2)
    if len(fields) < 2:
        raise InvalidKey(f"{shown(line)} is no SSH public key; expected `type base64`")
    name, encoded = fields[:2]
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidKey(f"the key after {shown(name)} is not base64: it is cut short or damaged") from None
    if type_in(blob) != name:
        raise InvalidKey(f"the key says it is of type {shown(type_in(blob))}, not {shown(name)}")
    return blob


def load_identity(blob: bytes) -> SSHCertificate | SSHPublicKeyTypes:
    """What cryptography reads in ``blob``; raises InvalidKey. Unlike its own loader it takes bytes, not a line."""
    name = type_in(blob)
    try:
        return load_ssh_public_identity(name.encode("ascii") + b" " + base64.b64encode(blob))
    except Exception as error:  # hostile bytes: whatever the parser makes of them (IndexError too) is a refusal
        raise InvalidKey(f"this is no whole {shown(name)}: {error or type(error).__name__}") from error
