# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the key that a caller presented is the device's: the three proofs of host trust, judged for one request."""

from __future__ import annotations

import functools
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.certificates import (
    CERTIFICATE_SUFFIX,
    Certificate,
    read_identity,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.known_hosts import KnownHosts, UnreadableRevocation
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import (
    KEY_TYPES,
    InvalidKey,
    PublicKey,
    blob_of_text,
    fingerprint_from_text,
    fingerprint_of,
    shown,
)

CERTIFICATE = "certificate"
SECRET = "secret"
PINNED = "pinned"
PROOFS = (CERTIFICATE, SECRET, PINNED)
UNCHECKED = "unchecked"
# RSA keys sign with SHA-2 or not at all.
_SIGNATURE_ALGORITHMS = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}
_NOT_CONFIGURED = {
    CERTIFICATE: "no @cert-authority line of call_home_known_hosts matches this device id",
    SECRET: "call_home_secret is not set",
    PINNED: "call_home_host_key is not set and no key in call_home_known_hosts matches this device id",
}
_NOTHING_CONFIGURED = (
    "no proof is configured: set call_home_known_hosts (a file with the host CA in a @cert-authority line that matches"
    " this device id, or with the device's key), call_home_secret or call_home_host_key"
)


class Announced(Protocol):
    """What host trust reads of an announcement: the texts after ``HOST-KEY:`` and ``HMAC:``, None where missing."""

    @property
    def host_key(self) -> str | None: ...

    @property
    def hmac(self) -> str | None: ...


def hmac_of(host_key: str, secret: str) -> str:
    """What a device with ``secret`` announces after ``HMAC:`` for the ``type base64`` it announces after ``HOST-KEY:``.

    Lower-case hex of HMAC-SHA1, keyed with the clear-text secret. NULs around the key, which some Junos versions send,
    and white space are not part of it.
    """
    return hmac.digest(_bytes(secret), _bytes(_bare(host_key)), "sha1").hex()


@dataclass(frozen=True)
class Verdict:
    """Whether a key is the device's, by which proof, and what was tried.

    ``fingerprint`` is that of the plain key, also where a certificate was presented; where neither could be read it is
    that of the bytes presented.
    """

    trusted: bool
    proof: str | None
    fingerprint: str
    revoked: bool = False
    tried: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """One line for a message: the fingerprint seen, then why each proof failed and what to set."""
        if self.trusted:
            return f"host key {self.fingerprint} trusted ({self.proof})"
        return f"host key {self.fingerprint} not trusted: {'; '.join(self.tried)}"


@dataclass(frozen=True)
class _Presented:
    """What the key exchange proved the caller to hold, and what it announced before."""

    key: PublicKey
    certificate: Certificate | None
    announced: Announced | None
    now: float


@dataclass(frozen=True, kw_only=True)
class HostTrust:
    """One request's own settings. Raises ValueError for settings that make no sense, naming the variable.

    ``proofs``: those allowed, None for every one that is configured. ``pinned``: OpenSSH public keys or SHA256
    fingerprints. ``check`` False is host_key_checking switched off: every key passes that is not revoked.
    """

    device_id: str
    proofs: tuple[str, ...] | None = None
    secret: str | None = field(default=None, repr=False)
    known_hosts: KnownHosts = field(default_factory=lambda: KnownHosts.parse(""), repr=False)
    pinned: tuple[str, ...] = ()
    unnamed_host_certificates: bool = False
    check: bool = True

    def __post_init__(self) -> None:
        if not self.device_id:
            raise ValueError("call_home_device_id is empty: host trust needs a name to hold a device to")
        unknown = [proof for proof in self.proofs or () if proof not in PROOFS]
        if unknown:
            raise ValueError(f"call_home_host_trust: {shown(unknown[0])} is no proof; expected {', '.join(PROOFS)}")
        self._pins  # noqa: B018 - read for its errors

    @functools.cached_property
    def configured(self) -> tuple[str, ...]:
        """The proofs that are allowed and have what they need, so that a key could pass."""
        return tuple(proof for proof in self._allowed if self._has_what_it_needs(proof))

    def host_key_algorithms(self, announced: Announced | None) -> tuple[str, ...]:
        """SSH's host key algorithm names in order of preference, certificates first where one could pass.

        Also first where nothing is checked: a stricter request can then be given the same session.
        """
        key_types = dict.fromkeys([*self._expected_key_types(announced), *KEY_TYPES])
        plain = [name for key_type in key_types for name in _SIGNATURE_ALGORITHMS.get(key_type, (key_type,))]
        certificates = [name + CERTIFICATE_SUFFIX for name in plain]
        certificates_first = CERTIFICATE in self.configured or not self.check
        return tuple(certificates + plain if certificates_first else plain + certificates)

    def discard_reason(self, announced: Announced | None) -> str | None:
        """Why this call cannot be the device's, told by its announcement alone, before any key exchange; else None."""
        if not self.check or SECRET not in self.configured:
            return None
        if not all(_texts(announced)) and self.configured != (SECRET,):
            return None  # another proof may hold, which needs no announcement
        fault = self._hmac_fault(announced)
        return None if fault is None else f"{SECRET}: {fault}"

    def judge(self, presented: bytes, announced: Announced | None, now: float) -> Verdict:
        """The verdict on the host key or certificate blob that a key exchange has proved, at ``now`` (epoch seconds).

        The announcement is the one of the call that the key was presented on.
        """
        try:
            key, certificate = read_identity(presented)
        except InvalidKey as error:
            return Verdict(False, None, fingerprint_of(presented), tried=(f"no usable host key: {error}",))
        revocation = self._revocation(key, certificate)
        if revocation is not None:
            return Verdict(False, None, key.fingerprint, revoked=True, tried=(revocation,))
        if not self.check:
            return Verdict(True, UNCHECKED, key.fingerprint)
        return self._try_proofs(_Presented(key, certificate, announced, now))

    def _try_proofs(self, seen: _Presented) -> Verdict:
        tried: list[str] = []
        for proof in self._allowed:
            fault = self._fault(proof, seen)
            if fault is None:
                return Verdict(True, proof, seen.key.fingerprint, tried=tuple(tried))
            if self.proofs is not None or proof in self.configured:
                tried.append(f"{proof}: {fault}")
        if not self.configured:
            tried.append(_NOTHING_CONFIGURED)
        tried.extend(f"call_home_known_hosts, {note}" for note in self.known_hosts.notes(self.device_id))
        return Verdict(False, None, seen.key.fingerprint, tried=tuple(tried))

    @property
    def _allowed(self) -> tuple[str, ...]:
        return PROOFS if self.proofs is None else tuple(proof for proof in PROOFS if proof in self.proofs)

    def _has_what_it_needs(self, proof: str) -> bool:
        needed: dict[str, object] = {
            CERTIFICATE: self.known_hosts.authorities(self.device_id),
            SECRET: self.secret,  # an empty one is none: anybody can compute its HMAC
            PINNED: self._pins or self.known_hosts.keys(self.device_id),
        }
        return bool(needed[proof])

    def _fault(self, proof: str, seen: _Presented) -> str | None:
        """Why ``proof`` does not hold, None where it does."""
        if proof not in self.configured:
            return f"allowed but not configured, {_NOT_CONFIGURED[proof]}"
        checks: dict[str, Callable[[_Presented], str | None]] = {
            CERTIFICATE: self._certificate_fault,
            SECRET: self._secret_fault,
            PINNED: self._pinned_fault,
        }
        return checks[proof](seen)

    def _certificate_fault(self, seen: _Presented) -> str | None:
        if seen.certificate is None:
            return f"the device presented a plain {seen.key.algorithm} key and no certificate"
        faults = seen.certificate.faults(self.device_id, seen.now, unnamed=self.unnamed_host_certificates)
        if seen.certificate.ca not in self.known_hosts.authorities(self.device_id):
            ca = seen.certificate.ca.fingerprint
            faults = (f"its CA {ca} is in no @cert-authority line that matches this device id", *faults)
        return f"not a valid host certificate: {', '.join(faults)}" if faults else None

    def _secret_fault(self, seen: _Presented) -> str | None:
        fault = self._hmac_fault(seen.announced)
        if fault is not None:
            return fault
        try:
            announced = _announced_key(seen.announced)
        except InvalidKey as error:
            return f"the announced HOST-KEY cannot be read: {error}"
        if announced != seen.key:
            return f"the HMAC is right, but for another key: announced {announced.fingerprint} (a replay?)"
        return None

    def _hmac_fault(self, announced: Announced | None) -> str | None:
        host_key, announced_hmac = _texts(announced)
        if not host_key or not announced_hmac or not self.secret:
            return "no HOST-KEY and HMAC announced: configure `secret` on the device's outbound-ssh client"
        if not hmac.compare_digest(_bytes(hmac_of(host_key, self.secret)), _bytes(announced_hmac.lower())):
            return "the announced HMAC was not made with this host's call_home_secret"
        return None

    def _pinned_fault(self, seen: _Presented) -> str | None:
        if seen.key in self.known_hosts.keys(self.device_id):
            return None
        if seen.key in self._pins or seen.key.fingerprint in self._pins:
            return None
        return (
            f"this {seen.key.algorithm} key is none of those in call_home_host_key and call_home_known_hosts"
            f" for this device id{self._pin_hint(seen.key)}"
        )

    def _pin_hint(self, key: PublicKey) -> str:
        """A device has keys of several types, and a fingerprint does not tell which one to ask it for."""
        if not any(isinstance(pin, str) for pin in self._pins):
            return ""
        return "; if the fingerprint pinned is of another type than this one, pin the public key instead"

    def _revocation(self, key: PublicKey, certificate: Certificate | None) -> str | None:
        """Why revocation forbids this key. A revocation that cannot be read forbids every key, as in OpenSSH's KRLs."""
        try:
            revoked = self.known_hosts.revoked(self.device_id)
        except UnreadableRevocation as error:
            return f"a @revoked line of call_home_known_hosts cannot be read, {error}"
        if key in revoked:
            return "this key is @revoked in call_home_known_hosts"
        if certificate is not None and certificate.ca in revoked:
            return f"the CA of its certificate, {certificate.ca.fingerprint}, is @revoked in call_home_known_hosts"
        return None

    @functools.cached_property
    def _pins(self) -> tuple[PublicKey | str, ...]:
        """Keys, and fingerprints as text."""
        try:
            return tuple(_pin(text) for text in self.pinned)
        except InvalidKey as error:
            raise ValueError(f"call_home_host_key: {error}") from error

    def _expected_key_types(self, announced: Announced | None) -> list[str]:
        pinned = [pin for pin in self._pins if isinstance(pin, PublicKey)]
        expected = [key.algorithm for key in (*pinned, *self.known_hosts.keys(self.device_id))]
        try:
            return [*expected, _announced_key(announced).algorithm]
        except InvalidKey:
            return expected


def _pin(text: str) -> PublicKey | str:
    return PublicKey.from_text(text) if len(text.split()) > 1 else fingerprint_from_text(text)


def _announced_key(announced: Announced | None) -> PublicKey:
    """The plain key announced, also out of a certificate: what Junos announces beside a host certificate is unknown.

    Raises InvalidKey.
    """
    return read_identity(blob_of_text(_texts(announced)[0]))[0]


def _texts(announced: Announced | None) -> tuple[str, str]:
    """HOST-KEY and HMAC, empty where they were not announced."""
    if announced is None:
        return "", ""
    return _bare(announced.host_key or ""), _bare(announced.hmac or "")


def _bare(text: str) -> str:
    return text.strip("\0 \t\r\n")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
