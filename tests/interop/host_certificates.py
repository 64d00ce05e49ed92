"""The table of host keys and certificates that OpenSSH and this collection must agree upon."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import PublicKey
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import (
    FOREVER,
    KEY_TYPES,
    USER,
    Key,
    a_key,
    certify,
    new_key,
    string,
    with_leading_zeros,
)

NAME = "srx1"
DEVICE = a_key()
CA = a_key(use="ca")
RSA_CA = a_key("ssh-rsa", use="ca")
STRANGER = a_key(use="stranger")
SHORT = new_key("ssh-rsa", bits=1024)
HOUR = 3600
NOW = int(time.time())
GOOD = certify(DEVICE, CA, (NAME,))


def authority(ca: Key = CA, names: str = "*") -> str:
    return f"@cert-authority {names} {ca.public.text}\n"


def known(key: Key = DEVICE, names: str = NAME) -> str:
    return f"{names} {key.public.text}\n"


def revoked(key: Key, names: str = "*") -> str:
    return f"@revoked {names} {key.public.text}\n"


def as_text(blob: bytes, key: Key = DEVICE) -> str:
    return f"{key.key_type}-cert-v01@openssh.com {base64.b64encode(blob).decode()}"


def hashed(name: str) -> str:
    salt = b"0123456789abcdefghij"
    digest = hmac.digest(salt, name.encode(), "sha1")
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


@dataclass(frozen=True)
class Case:
    """``trusted`` is OpenSSH's verdict; ours is the same, or ``differs`` says why it is the opposite."""

    what: str
    trusted: bool
    blob: bytes = GOOD
    key: Key = DEVICE
    known_hosts: str = authority()
    name: str = NAME
    differs: str = ""
    unnamed_host_certificates: bool = False


class SecurityKey(Key):
    """What OpenSSH calls ed25519-sk, without the hardware (PROTOCOL.u2f)."""

    _NAME = "sk-ssh-ed25519@openssh.com"
    _APPLICATION = b"ssh:"

    @functools.cached_property
    def public(self) -> PublicKey:
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return PublicKey(string(self._NAME) + string(raw) + string(self._APPLICATION))

    def sign(self, data: bytes, algorithm: str | None = None) -> bytes:
        presence_and_counter = b"\1" + struct.pack(">I", 1)
        signed = hashlib.sha256(self._APPLICATION).digest() + presence_and_counter + hashlib.sha256(data).digest()
        return string(self._NAME) + super().sign(signed)[-68:] + presence_and_counter


SECURITY_KEY_CA = SecurityKey("ssh-ed25519", ed25519.Ed25519PrivateKey.generate())


def certificate(*principals: str | bytes, **fields: object) -> bytes:
    return certify(DEVICE, CA, principals or (NAME,), **fields)  # type: ignore[arg-type]


def _each_key_type_and_each_ca_type() -> Iterator[Case]:
    for key_type in KEY_TYPES:
        for ca_type in KEY_TYPES:
            key, ca = a_key(key_type), a_key(ca_type, use="ca")
            yield Case(f"{key_type} by a CA of {ca_type}", True, certify(key, ca, (NAME,)), key, authority(ca))


def _cut(blob: bytes) -> Iterator[Case]:
    for size in (60, len(blob) // 3, len(blob) // 2, len(blob) - 70, len(blob) - 1):
        yield Case(f"cut to {size} of {len(blob)} bytes", False, blob[:size])


def _flipped(blob: bytes) -> Iterator[Case]:
    for position in range(40, len(blob), 31):
        damaged = bytearray(blob)
        damaged[position] ^= 1
        yield Case(f"a bit of byte {position} flipped", False, bytes(damaged))


VALIDITY = (
    Case("valid for an hour", True, certificate(valid_after=NOW - HOUR, valid_before=NOW + HOUR)),
    Case("expired", False, certificate(valid_before=NOW - HOUR)),
    Case("not yet valid", False, certificate(valid_after=NOW + HOUR)),
    Case("valid from the end of time", False, certificate(valid_after=FOREVER)),
    Case("never valid", False, certificate(valid_after=NOW + HOUR, valid_before=NOW - HOUR)),
)

NAMES = (
    Case("another name", False, certificate("srx2")),
    Case("several names", True, certificate("srx2", NAME, "srx3")),
    Case("several other names", False, certificate("srx2", "srx10", "srx")),
    Case("256 names", True, certificate(*("srx2",) * 255, NAME)),
    Case("257 names", False, certificate(*("srx2",) * 256, NAME)),
    Case("wildcard name", False, certificate("*")),
    Case("wildcard in a name", False, certificate("srx*", "srx?")),
    Case("a name for the name *", True, certificate("*"), name="*"),
    Case("empty name", False, certificate("")),
    Case("name in capitals for one in small letters", False, certificate("SRX1")),
    Case(
        "name in small letters for one in capitals",
        True,
        certificate("srx1"),
        name="SRX1",
        differs="OpenSSH asks for every name in small letters; a device id keeps its case, and is exactly one device's",
    ),
    Case(
        "name in capitals for the same name",
        False,
        certificate("SRX1"),
        name="SRX1",
        differs="OpenSSH cannot ask for a name with capitals; a device can have one, and this certificate names it",
    ),
    Case("name with a comma", True, certificate("srx1,lab"), name="srx1,lab"),
    Case("name with a space", True, certificate("srx 1"), name="srx 1"),
    Case("name beyond ASCII", True, certificate("sr\N{LATIN SMALL LETTER O WITH DIAERESIS}d"), name="sr\xf6d"),
    Case("name with a NUL in it", False, certificate("srx1\0.example.net")),
    Case(
        "name with a NUL after it",
        True,
        certificate("srx1\0"),
        differs="it is not the same name to every program that reads it",
    ),
    Case("key id with a NUL", False, certificate(key_id="a\0b")),
    Case("no name where that is allowed", True, certify(DEVICE, CA), unnamed_host_certificates=True),
    Case(
        "no name",
        True,
        certify(DEVICE, CA),
        differs="it is good for every device, so each device could pass as any other; there is an option for it",
    ),
)

KINDS = (
    Case("user certificate", False, certificate(kind=USER)),
    Case("certificate of type 0", False, certificate(kind=0)),
    Case("certificate of type 3", False, certificate(kind=3)),
    Case("unknown critical option", False, certificate(critical=(("unknown@example.net", b"x"),))),
    Case("unknown critical option without a value", False, certificate(critical=(("unknown@example.net", b""),))),
    Case("critical option of user certificates", False, certificate(critical=(("force-command", b"/bin/true"),))),
    Case("unknown extension", True, certificate(extensions=(("unknown@example.net", b"x"),))),
    Case(
        "extensions out of order",
        True,
        certificate(extensions=(("b@example.net", b""), ("a@example.net", b""))),
        differs="PROTOCOL.certkeys says that options are in lexical order, each of them once",
    ),
)

AUTHORITIES = (
    Case("foreign CA", False, certify(DEVICE, STRANGER, (NAME,))),
    Case("no CA known", False, known_hosts=known(STRANGER)),
    Case("CA known for this name", True, known_hosts=authority(names="mx1,srx1")),
    Case("CA known for a pattern", True, known_hosts=authority(names="sr?1")),
    Case("CA known for a pattern in capitals", True, known_hosts=authority(names="SRX*")),
    Case("CA known for another name", False, known_hosts=authority(names="srx2")),
    Case("CA known for all names but this", False, known_hosts=authority(names="*,!srx1")),
    Case("CA known for all names but some others", True, known_hosts=authority(names="!mx*,*")),
    Case("CA known for this name on a port", False, known_hosts=authority(names="[srx1]:4334")),
    Case(
        "CA known for two bytes beyond ASCII",
        True,
        certificate("sr\xf6d"),
        name="sr\xf6d",
        known_hosts=authority(names="sr??d"),
    ),
    Case(
        "CA known for one character beyond ASCII",
        False,
        certificate("sr\xf6d"),
        name="sr\xf6d",
        known_hosts=authority(names="sr?d"),
    ),
    Case("CA known for a hashed name", True, known_hosts=authority(names=hashed(NAME))),
    Case("CA known for another hashed name", False, known_hosts=authority(names=hashed("srx2"))),
    Case("CA known for the hash of the name in capitals", False, known_hosts=authority(names=hashed("SRX1"))),
    Case("CA in a line without a marker", False, known_hosts=known(CA)),
    Case("CA behind an unknown marker", False, known_hosts=authority().replace("@cert", "@certificate")),
    Case(
        "CA behind a comment, a blank line and blanks",
        True,
        known_hosts=f"# the host CA\n\n \t{authority(names='  *  ')}",
    ),
    Case(
        "CA marked with a tab behind the marker",
        False,
        known_hosts=authority().replace(" ", "\t", 1),
        differs="OpenSSH looks for a blank there; the line says what it means, and so must one with @revoked",
    ),
    Case(
        "key revoked with a tab behind the marker",
        True,
        known_hosts=authority() + revoked(DEVICE).replace(" ", "\t", 1),
        differs="OpenSSH looks for a blank there and passes over the line",
    ),
    Case("CA in a line that ends in CR", True, known_hosts=authority().replace("\n", "\r\n")),
    Case("CA in a line that is cut short", False, known_hosts=authority()[:-20]),
    Case("CA behind a line that is broken", True, known_hosts=f"srx1\n* ssh-ed25519 AAAA\n{authority()}"),
    Case(
        "CA whose line holds a certificate",
        True,
        known_hosts=f"@cert-authority * {as_text(certify(CA, STRANGER, (NAME,)), CA)}\n",
        differs="a certificate is not a CA: it says itself for whom and until when it is good, and that is not asked",
    ),
)

SIGNATURES = (
    Case(
        "RSA CA with SHA-256",
        True,
        certify(DEVICE, RSA_CA, (NAME,), signature_algorithm="rsa-sha2-256"),
        known_hosts=authority(RSA_CA),
    ),
    Case(
        "RSA CA with SHA-1",
        False,
        certify(DEVICE, RSA_CA, (NAME,), signature_algorithm="ssh-rsa"),
        known_hosts=authority(RSA_CA),
    ),
    Case(
        "CA held in a security key",
        True,
        certify(DEVICE, SECURITY_KEY_CA, (NAME,)),
        known_hosts=authority(SECURITY_KEY_CA),
        differs="cryptography does not check the signatures of security keys, and ours is not the place to begin",
    ),
    Case("signed by someone else in the name of the CA", False, certificate(signed_by=STRANGER)),
    Case("signed by its own key", False, certify(DEVICE, DEVICE, (NAME,))),
    Case("signed by a certificate of the CA", False, certificate(ca_blob=certify(CA, STRANGER, (NAME,)))),
    Case(
        "CA key with leading zeros",
        True,
        certify(DEVICE, RSA_CA, (NAME,), ca_blob=with_leading_zeros(RSA_CA)),
        known_hosts=authority(RSA_CA),
    ),
    Case("bytes after the end", False, certificate(trailing=b"\0\0\0\0")),
)

REVOCATIONS = (
    Case("revoked key", False, known_hosts=authority() + revoked(DEVICE)),
    Case("revoked CA", False, known_hosts=authority() + revoked(CA)),
    Case("revoked CA, in front of its own line", False, known_hosts=revoked(CA, "srx*") + authority()),
    Case("revoked certificate", False, known_hosts=f"{authority()}@revoked * {as_text(certificate('srx9'))}\n"),
    Case("revoked key that is also known", False, known_hosts=authority() + known() + revoked(DEVICE)),
    Case("revoked CA of a key that is also known", False, known_hosts=authority() + known() + revoked(CA)),
    Case(
        "revoked CA under leading zeros",
        False,
        certify(DEVICE, RSA_CA, (NAME,), ca_blob=with_leading_zeros(RSA_CA)),
        known_hosts=authority(RSA_CA) + revoked(RSA_CA),
    ),
    Case("revoked plain key", False, DEVICE.public.blob, known_hosts=known() + revoked(DEVICE)),
    Case("revoked for a hashed name", False, known_hosts=authority() + revoked(DEVICE, hashed(NAME))),
    Case("plain key certified by a revoked CA elsewhere", True, DEVICE.public.blob, known_hosts=known() + revoked(CA)),
    Case("key revoked for others", True, known_hosts=authority() + revoked(DEVICE, "mx*,!srx1")),
    Case("another key revoked", True, known_hosts=authority() + revoked(STRANGER)),
    Case(
        "revoked line that cannot be read",
        True,
        known_hosts=f"{authority()}@revoked * {DEVICE.public.text[:-4]}\n",
        differs="nobody can tell which key was meant; OpenSSH does the same for a RevokedHostKeys file",
    ),
)

PLAIN_KEYS = (
    *(Case(f"known {kind} key", True, a_key(kind).public.blob, a_key(kind), known(a_key(kind))) for kind in KEY_TYPES),
    Case("unknown plain key", False, DEVICE.public.blob),
    Case("plain key known for another name", False, DEVICE.public.blob, known_hosts=known(names="srx2")),
    Case("another plain key known", False, DEVICE.public.blob, known_hosts=known(STRANGER)),
    Case("plain key among several", True, DEVICE.public.blob, known_hosts=known(STRANGER) + known()),
    Case("plain key in a line for CAs", False, DEVICE.public.blob, known_hosts=authority(DEVICE)),
    Case("plain key known by a hashed name", True, DEVICE.public.blob, known_hosts=known(names=hashed(NAME))),
    Case("plain key known by name, asked for in capitals", True, DEVICE.public.blob, known_hosts=known(), name="SRX1"),
    Case(
        "plain key known by a hashed name, asked for in capitals",
        True,
        DEVICE.public.blob,
        name="SRX1",
        known_hosts=known(names=hashed(NAME)),
    ),
    Case(
        "plain key known by a hashed name in capitals",
        False,
        DEVICE.public.blob,
        name="SRX1",
        known_hosts=known(names=hashed("SRX1")),
    ),
    Case("RSA key of 1024 bits", True, SHORT.public.blob, SHORT, known(SHORT)),
    Case(
        "RSA key with leading zeros",
        True,
        with_leading_zeros(a_key("ssh-rsa")),
        a_key("ssh-rsa"),
        known(a_key("ssh-rsa")),
        differs="RFC 4251 allows one encoding of a number, so that one key has one form and one fingerprint",
    ),
    Case("plain key with a byte after it", False, DEVICE.public.blob + b"\0", known_hosts=known()),
    Case("expired certificate of a known key", True, certificate(valid_before=1), known_hosts=authority() + known()),
    Case("certificate of a foreign CA for a known key", True, certify(DEVICE, STRANGER, ()), known_hosts=known()),
    Case("damaged certificate of a known key", False, GOOD[:-1] + bytes([GOOD[-1] ^ 1]), known_hosts=known()),
    Case(
        "certificate of a known key, signed with SHA-1",
        True,
        certify(DEVICE, RSA_CA, (NAME,), signature_algorithm="ssh-rsa"),
        known_hosts=authority(RSA_CA) + known(),
    ),
)


CASES = (
    *_each_key_type_and_each_ca_type(),
    *VALIDITY,
    *NAMES,
    *KINDS,
    *AUTHORITIES,
    *SIGNATURES,
    *REVOCATIONS,
    *PLAIN_KEYS,
    *_cut(GOOD),
    *_flipped(GOOD),
)
