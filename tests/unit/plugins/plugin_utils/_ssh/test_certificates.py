"""Certificates: read whole or not at all, and every reason why one is no host certificate for a device."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.certificates import (
    InvalidCertificate,
    parse_certificate,
    read_identity,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import InvalidKey, blob_of_text
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import (
    FOREVER,
    HOST,
    KEY_TYPES,
    USER,
    Key,
    a_key,
    certify,
    new_key,
    string,
    with_leading_zeros,
)

NOW = 1_800_000_000


def ca(key_type: str = "ssh-ed25519") -> Key:
    return a_key(key_type, use="ca")


@pytest.mark.parametrize("ca_type", KEY_TYPES)
@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_every_key_type_certified_by_every_ca_type_is_valid(key_type: str, ca_type: str) -> None:
    certificate = parse_certificate(certify(a_key(key_type), ca(ca_type), ("srx1", "srx1.example.net")))
    assert certificate.key == a_key(key_type).public
    assert certificate.ca == ca(ca_type).public
    assert certificate.principals == ("srx1", "srx1.example.net")
    assert certificate.faults("srx1", NOW) == ()


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
@pytest.mark.parametrize("ca_type", ["rsa", "ecdsa", "ed25519"])
def test_what_ssh_keygen_certified_is_read_as_it_prints_it(ca_type: str, tmp_path: Path) -> None:
    for name, key_type in (("ca", ca_type), ("device", "ecdsa")):
        subprocess.run(["ssh-keygen", "-q", "-t", key_type, "-N", "", "-f", tmp_path / name], check=True)
    sign = "ssh-keygen -q -s ca -I SRX -h -n srx1,srx2 -z 42 -V 20260101Z:20270101Z device.pub"
    subprocess.run(sign.split(), check=True, cwd=tmp_path)
    certificate = parse_certificate(blob_of_text((tmp_path / "device-cert.pub").read_text()))
    assert (certificate.kind, certificate.principals) == ("host", ("srx1", "srx2"))
    assert (certificate.key_id, certificate.serial) == ("SRX", 42)
    assert certificate.ca.text == (tmp_path / "ca.pub").read_text().rsplit(" ", 1)[0]
    assert certificate.key.text == (tmp_path / "device.pub").read_text().rsplit(" ", 1)[0]
    assert (certificate.valid_after, certificate.valid_before) == (1767225600, 1798761600)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"kind": USER}, "user certificate"),
        ({"valid_after": NOW + 1}, "not valid before 2027-01-15T08:00:01Z"),
        ({"valid_before": NOW}, "expired at 2027-01-15T08:00:00Z"),
        ({"valid_after": FOREVER}, "not valid before 18446744073709551615 s after 1970"),
        ({"principals": ("srx2",)}, "names 'srx2', not 'srx1'"),
        ({"principals": ("SRX1",)}, "names 'SRX1'"),
        ({"principals": ("*",)}, "names '*'"),
        ({"principals": ("srx?", "srx1*", "")}, "not 'srx1'"),
        ({"principals": ()}, "names no device: sign it with `-n 'srx1'`"),
        ({"critical": (("force-command", b"x"),)}, "critical options are not known: 'force-command'"),
        ({"critical": (("source-address", b"10.0.0.0/8"),)}, "'source-address'"),
        ({"critical": (("empty", b""),)}, "'empty'"),
    ],
)
def test_each_fault_is_named(wrong: dict[str, Any], fault: str) -> None:
    certificate = parse_certificate(certify(a_key(), ca(), **{"principals": ("srx1",), **wrong}))
    (found,) = certificate.faults("srx1", NOW)
    assert fault in found


def test_all_faults_are_told_at_once() -> None:
    blob = certify(a_key(), ca("ssh-rsa"), ("srx2",), kind=USER, valid_before=1, signature_algorithm="ssh-rsa")
    assert len(parse_certificate(blob).faults("srx1", NOW)) == 4


def test_a_sha1_signature_is_a_fault_although_it_is_right() -> None:
    certificate = parse_certificate(certify(a_key(), ca("ssh-rsa"), ("srx1",), signature_algorithm="ssh-rsa"))
    (fault,) = certificate.faults("srx1", NOW)
    assert "SHA-1" in fault


@pytest.mark.parametrize("key_type", KEY_TYPES)
@pytest.mark.parametrize("algorithm", ["rsa-sha2-256", "rsa-sha2-512"])
def test_the_signature_algorithm_is_found_behind_each_kind_of_key(key_type: str, algorithm: str) -> None:
    blob = certify(a_key(key_type), ca("ssh-rsa"), ("srx1",), signature_algorithm=algorithm)
    assert parse_certificate(blob).signature_algorithm == algorithm


def test_validity_begins_with_its_first_second_and_ends_before_its_last() -> None:
    certificate = parse_certificate(certify(a_key(), ca(), ("srx1",), valid_after=NOW, valid_before=NOW + 1))
    assert certificate.faults("srx1", NOW - 0.001)
    assert certificate.faults("srx1", NOW) == ()
    assert certificate.faults("srx1", NOW + 0.999) == ()
    assert certificate.faults("srx1", NOW + 1)
    assert certificate.faults("srx1", float("nan"))


def test_a_nameless_certificate_is_good_for_any_name_only_where_that_is_asked_for() -> None:
    certificate = parse_certificate(certify(a_key(), ca()))
    assert certificate.faults("srx1", NOW, unnamed=True) == ()
    assert certificate.faults("srx1", NOW)


def test_unknown_extensions_are_no_fault() -> None:
    certificate = parse_certificate(certify(a_key(), ca(), ("srx1",), extensions=(("anything@example.net", b"x"),)))
    assert certificate.faults("srx1", NOW) == ()


@pytest.mark.parametrize("ca_type", KEY_TYPES)
@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_every_cut_and_every_trailing_byte_is_refused(key_type: str, ca_type: str) -> None:
    blob = certify(a_key(key_type), ca(ca_type), ("srx1",))
    for size in range(0, len(blob), 7):
        with pytest.raises(InvalidKey):
            parse_certificate(blob[:size])
    for tail in (b"\0", b"\0\0\0\0", blob):
        with pytest.raises(InvalidKey):
            parse_certificate(blob + tail)


@pytest.mark.parametrize("ca_type", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"])
def test_every_flipped_bit_is_refused(ca_type: str) -> None:
    blob = certify(a_key(), ca(ca_type), ("srx1",), extensions=(("x", b"y"),))
    for bit in range(len(blob) * 8):
        flipped = bytearray(blob)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidKey):
            parse_certificate(bytes(flipped))


@given(st.binary(max_size=300))
def test_hostile_bytes_behind_a_true_name_are_refused_with_a_printable_reason(tail: bytes) -> None:
    for key_type in KEY_TYPES:
        with pytest.raises(InvalidKey) as refusal:
            parse_certificate(string(f"{key_type}-cert-v01@openssh.com") + tail)
        assert str(refusal.value).isprintable()


@given(st.lists(st.binary(max_size=40), max_size=4), st.binary(max_size=40))
def test_names_signed_by_a_ca_are_read_to_the_byte_or_refused(names: list[bytes], key_id: bytes) -> None:
    blob = certify(a_key(), ca(), tuple(names), key_id=key_id)
    if any(b"\0" in name for name in (*names, key_id)):
        with pytest.raises(InvalidCertificate, match="NUL"):
            parse_certificate(blob)
        return
    certificate = parse_certificate(blob)
    assert [name.encode("utf-8", "surrogateescape") for name in certificate.principals] == names
    assert all(fault.isprintable() for fault in certificate.faults("srx1", NOW))


def test_a_name_that_ends_in_a_nul_is_not_the_name_before_it() -> None:
    with pytest.raises(InvalidCertificate, match="NUL"):
        parse_certificate(certify(a_key(), ca(), ("srx1\0.attacker",)))


def test_more_principals_than_openssh_reads_are_refused() -> None:
    assert parse_certificate(certify(a_key(), ca(), ("srx1",) * 256)).principals
    with pytest.raises(InvalidCertificate, match="257 principals"):
        parse_certificate(certify(a_key(), ca(), ("srx1",) * 257))


def test_a_signature_of_someone_else_in_the_name_of_the_ca_is_refused() -> None:
    with pytest.raises(InvalidCertificate, match="forged"):
        parse_certificate(certify(a_key(), ca(), ("srx1",), signed_by=new_key()))


def test_a_certificate_signed_by_a_certificate_is_refused() -> None:
    with pytest.raises(InvalidCertificate):
        parse_certificate(certify(a_key(), ca(), ("srx1",), ca_blob=certify(ca(), a_key(use="root"), ("srx1",))))


def test_a_ca_key_in_another_encoding_is_still_that_ca() -> None:
    """So that leading zeros hide no revoked CA."""
    padded = with_leading_zeros(ca("ssh-rsa"))
    certificate = parse_certificate(certify(a_key(), ca("ssh-rsa"), ("srx1",), ca_blob=padded))
    assert certificate.ca == ca("ssh-rsa").public


@pytest.mark.parametrize("kind", [0, 3, 2**32 - 1])
def test_certificates_of_no_known_type_are_refused(kind: int) -> None:
    with pytest.raises(InvalidCertificate):
        parse_certificate(certify(a_key(), ca(), ("srx1",), kind=kind))


def test_options_twice_or_out_of_order_are_refused() -> None:
    for names in (("a", "a"), ("b", "a")):
        with pytest.raises(InvalidCertificate):
            parse_certificate(certify(a_key(), ca(), ("srx1",), critical=tuple((name, b"") for name in names)))


@pytest.mark.parametrize("name", ["ssh-dss-cert-v01@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com", "ssh-rsa"])
def test_what_is_no_certificate_of_an_accepted_kind_is_refused(name: str) -> None:
    with pytest.raises(InvalidKey, match="not a kind of certificate"):
        parse_certificate(string(name) + b"\0" * 64)


def test_an_identity_is_a_plain_key_or_the_key_in_a_certificate() -> None:
    key = a_key("ssh-rsa")
    assert read_identity(key.public.blob) == (key.public, None)
    plain, certificate = read_identity(certify(key, ca(), ("srx1",), kind=HOST))
    assert plain == key.public and certificate is not None
