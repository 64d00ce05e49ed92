"""Keys, and certificates of every kind: also those that no tool would make (OpenSSH's PROTOCOL.certkeys)."""

from __future__ import annotations

import functools
import os
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import PublicKey

FOREVER = 2**64 - 1
USER, HOST = 1, 2
_CURVES = {
    "ecdsa-sha2-nistp256": (ec.SECP256R1(), hashes.SHA256()),
    "ecdsa-sha2-nistp384": (ec.SECP384R1(), hashes.SHA384()),
    "ecdsa-sha2-nistp521": (ec.SECP521R1(), hashes.SHA512()),
}
_RSA_HASHES = {"ssh-rsa": hashes.SHA1(), "rsa-sha2-256": hashes.SHA256(), "rsa-sha2-512": hashes.SHA512()}
KEY_TYPES = ("ssh-rsa", "ssh-ed25519", *_CURVES)


@dataclass(frozen=True)
class Key:
    """A private key and the public one that trust is about."""

    key_type: str
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

    @functools.cached_property
    def public(self) -> PublicKey:
        return PublicKey.of(self.private.public_key())

    @property
    def openssh_private(self) -> str:
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode("ascii")

    def sign(self, data: bytes, algorithm: str | None = None) -> bytes:
        """An SSH signature blob; ``algorithm`` tells RSA keys which hash (``ssh-rsa``: SHA-1)."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            name = algorithm or "rsa-sha2-512"
            return string(name) + string(self.private.sign(data, padding.PKCS1v15(), _RSA_HASHES[name]))
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(_CURVES[self.key_type][1])))
            return string(self.key_type) + string(mpint(r) + mpint(s))
        return string(self.key_type) + string(self.private.sign(data))


def new_key(key_type: str = "ssh-ed25519", bits: int = 2048) -> Key:
    if key_type == "ssh-rsa":
        return Key(key_type, rsa.generate_private_key(65537, bits))
    if key_type == "ssh-ed25519":
        return Key(key_type, ed25519.Ed25519PrivateKey.generate())
    return Key(key_type, ec.generate_private_key(_CURVES[key_type][0]))


@functools.cache
def a_key(key_type: str = "ssh-ed25519", use: str = "device") -> Key:
    """The same key each time: one for each use and type in a test run."""
    return new_key(key_type)


def certify(
    key: Key,
    ca: Key,
    principals: tuple[str | bytes, ...] = (),
    *,
    kind: int = HOST,
    valid_after: int = 0,
    valid_before: int = FOREVER,
    serial: int = 1,
    key_id: str | bytes = "a device",
    critical: tuple[tuple[str, bytes], ...] = (),
    extensions: tuple[tuple[str, bytes], ...] = (),
    signature_algorithm: str | None = None,
    signed_by: Key | None = None,
    ca_blob: bytes | None = None,
    trailing: bytes = b"",
) -> bytes:
    """The blob of ``key``'s certificate.

    ``signed_by``: a forger who names ``ca``. ``ca_blob``: the CA in another encoding. ``trailing``: after the end.
    """
    name = f"{key.key_type}-cert-v01@openssh.com"
    body = b"".join(
        (
            string(name),
            string(os.urandom(32)),
            key.public.blob[4 + len(key.key_type) :],
            struct.pack(">QI", serial, kind),
            string(key_id),
            string(b"".join(string(principal) for principal in principals)),
            struct.pack(">QQ", valid_after, valid_before),
            string(_options(critical)),
            string(_options(extensions)),
            string(b""),
            string(ca_blob or ca.public.blob),
        )
    )
    return body + string((signed_by or ca).sign(body, signature_algorithm)) + trailing


def with_leading_zeros(key: Key) -> bytes:
    """An RSA key in an encoding that RFC 4251 does not allow, yet that most readers take for the same key."""
    public = key.private.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise TypeError("only RSA keys hold numbers")
    numbers = public.public_numbers()
    return string("ssh-rsa") + string(b"\0\0" + numbers.e.to_bytes(3, "big")) + mpint(numbers.n)


def string(value: str | bytes) -> bytes:
    data = value.encode("utf-8") if isinstance(value, str) else value
    return struct.pack(">I", len(data)) + data


def mpint(number: int) -> bytes:
    return string(number.to_bytes(number.bit_length() // 8 + 1, "big") if number else b"")


def _options(options: tuple[tuple[str, bytes], ...]) -> bytes:
    return b"".join(string(name) + string(string(value) if value else b"") for name, value in options)
