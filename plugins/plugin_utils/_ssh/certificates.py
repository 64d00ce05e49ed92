# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""OpenSSH certificates (PROTOCOL.certkeys): reading one, and why it is no valid host certificate for a device."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import (
    KEY_TYPES,
    InvalidKey,
    PublicKey,
    UnsupportedKey,
    fingerprint_of,
    load_identity,
    shown,
    type_in,
)

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.serialization import SSHCertificate, SSHCertificateType
except ImportError:
    pass  # told by _libraries before any of this is used

CERTIFICATE_SUFFIX = "-cert-v01@openssh.com"
# OpenSSH's CASignatureAlgorithms, without the hardware-backed types. "ssh-rsa" is RSA with SHA-1.
SIGNATURE_ALGORITHMS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
_MOST_PRINCIPALS = 256  # as in OpenSSH (SSHKEY_CERT_MAX_PRINCIPALS)
_MOST_PRINCIPALS_SHOWN = 5
# The fields of a certificate as PROTOCOL.certkeys orders them: the size of those that are numbers, 0 for a string.
_KEY_FIELDS = {"ssh-ed25519": (0,), "ssh-rsa": (0, 0)}
_ECDSA_FIELDS = (0, 0)
_HEAD = (0, 0)  # name, nonce
_SERIAL_TO_CA_KEY = (8, 4, 0, 0, 8, 8, 0, 0, 0, 0)


class InvalidCertificate(InvalidKey):
    """The bytes are not a whole certificate, or its CA did not sign them; the message says why."""


@dataclass(frozen=True)
class Certificate:
    """A certificate whose signature is right. Whether its CA is trusted is another question, and not asked here.

    ``key`` is the plain key that was certified, ``ca`` the key that signed. ``valid_after`` and ``valid_before`` are
    epoch seconds, the second one excluded. ``signature_algorithm`` is what the CA signed with (``ssh-rsa``: SHA-1).
    """

    kind: str  # "host" or "user"
    key: PublicKey
    ca: PublicKey
    principals: tuple[str, ...]
    valid_after: int
    valid_before: int
    serial: int
    key_id: str
    critical_options: tuple[str, ...]
    signature_algorithm: str

    def faults(self, name: str, now: float, *, unnamed: bool = False) -> tuple[str, ...]:
        """Every reason why this is no valid host certificate for ``name`` at ``now`` (epoch seconds); none if valid.

        The name is compared with the principals character by character: no wildcards, and no folding of case, for a
        device id keeps its case (OpenSSH asks for every name in lower case, so a principal in capitals never matches).
        ``unnamed`` takes a certificate without principals as good for every name, as OpenSSH does.
        """
        found = (
            (self.kind != "host", f"it is a {self.kind} certificate, not a host certificate"),
            *self._time_faults(now),
            (bool(self.principals) and name not in self.principals, f"it names {self._names()}, not {shown(name)}"),
            (not self.principals and not unnamed, f"it names no device: sign it with `-n {shown(name)}`"),
            (bool(self.critical_options), f"its critical options are not known: {self._options()}"),
            (
                self.signature_algorithm not in SIGNATURE_ALGORITHMS,
                f"its CA signed with {self.signature_algorithm} (SHA-1): sign it again with `-t rsa-sha2-512`",
            ),
        )
        return tuple(fault for applies, fault in found if applies)

    def lapse(self, now: float) -> str | None:
        """Why a certificate of either kind is not valid at ``now``, as far as time goes; None if it is."""
        return next((fault for applies, fault in self._time_faults(now) if applies), None)

    def _time_faults(self, now: float) -> tuple[tuple[bool, str], ...]:
        return (
            (not now >= self.valid_after, f"it is not valid before {_utc(self.valid_after)}"),
            (not now < self.valid_before, f"it expired at {_utc(self.valid_before)}"),
        )

    def _names(self) -> str:
        some = ", ".join(shown(name) for name in self.principals[:_MOST_PRINCIPALS_SHOWN])
        return some if len(self.principals) <= _MOST_PRINCIPALS_SHOWN else f"{some} and others"

    def _options(self) -> str:
        return ", ".join(shown(name) for name in self.critical_options[:_MOST_PRINCIPALS_SHOWN])


def parse_certificate(blob: bytes) -> Certificate:
    """The certificate in ``blob``; raises InvalidCertificate for all but one whole, rightly signed certificate."""
    key_type = type_in(blob).removesuffix(CERTIFICATE_SUFFIX)
    if key_type not in KEY_TYPES or not is_certificate(blob):
        raise UnsupportedKey(f"{shown(type_in(blob))} is not a kind of certificate that is accepted")
    try:
        return _certificate(key_type, blob)
    except InvalidKey as error:
        raise InvalidCertificate(str(error)) from error


def is_certificate(blob: bytes) -> bool:
    return type_in(blob).endswith(CERTIFICATE_SUFFIX)


def read_identity(blob: bytes) -> tuple[PublicKey, Certificate | None]:
    """The plain key in ``blob``, and the certificate around it if it is one; raises InvalidKey."""
    if not is_certificate(blob):
        return PublicKey.from_blob(blob), None
    certificate = parse_certificate(blob)
    return certificate.key, certificate


def fingerprint_of_identity(blob: bytes) -> str:
    """That of the plain key, also where it is in a certificate; where neither can be read, that of the bytes."""
    try:
        return read_identity(blob)[0].fingerprint
    except InvalidKey:
        return fingerprint_of(blob)


def _certificate(key_type: str, blob: bytes) -> Certificate:
    parsed = load_identity(blob)
    if not isinstance(parsed, SSHCertificate):
        raise InvalidKey("this is a plain key where a certificate is expected")
    _verify(parsed)
    _refuse_odd_names(parsed)
    return Certificate(
        kind="host" if parsed.type is SSHCertificateType.HOST else "user",
        key=PublicKey.of(parsed.public_key()),
        ca=PublicKey.of(parsed.signature_key()),
        principals=tuple(_text(name) for name in parsed.valid_principals),
        valid_after=parsed.valid_after,
        valid_before=parsed.valid_before,
        serial=parsed.serial,
        key_id=_text(parsed.key_id),
        critical_options=tuple(_text(name) for name in parsed.critical_options),
        signature_algorithm=_signature_algorithm(key_type, blob),
    )


def _verify(certificate: SSHCertificate) -> None:
    try:
        certificate.verify_cert_signature()
    except InvalidSignature:
        raise InvalidKey("its signature is not that of the CA it names: damaged or forged") from None
    except Exception as error:  # hostile bytes, as in load_identity
        raise InvalidKey(f"its signature cannot be checked: {error or type(error).__name__}") from error


def _refuse_odd_names(certificate: SSHCertificate) -> None:
    """A NUL ends a name for a C program, so that one name is read as another."""
    names = certificate.valid_principals
    if len(names) > _MOST_PRINCIPALS:
        raise InvalidKey(f"it names {len(names)} principals; at most {_MOST_PRINCIPALS} are accepted")
    if any(b"\0" in name for name in (*names, certificate.key_id)):
        raise InvalidKey("one of its names holds a NUL")


def _signature_algorithm(key_type: str, blob: bytes) -> str:
    """What the CA signed with; cryptography accepts SHA-1 here and does not tell. ``blob`` is known to be whole."""
    numbers_and_strings = (*_HEAD, *_KEY_FIELDS.get(key_type, _ECDSA_FIELDS), *_SERIAL_TO_CA_KEY)
    position = 0
    for size in numbers_and_strings:
        position += size or 4 + int.from_bytes(blob[position : position + 4], "big")
    return type_in(blob[position + 4 :])


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _utc(seconds: int) -> str:
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return f"{seconds} s after 1970"
