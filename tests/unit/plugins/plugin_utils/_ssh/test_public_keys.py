"""SSH public keys: what is read, what is refused, and that one key has one form."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import (
    InvalidKey,
    PublicKey,
    UnsupportedKey,
    fingerprint_from_text,
    shown,
)
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import (
    KEY_TYPES,
    a_key,
    certify,
    mpint,
    new_key,
    string,
    with_leading_zeros,
)


@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_text_and_blob_are_two_forms_of_one_key(key_type: str) -> None:
    key = a_key(key_type).public
    assert key.algorithm == key_type
    assert key.text.startswith(f"{key_type} AAAA")
    assert PublicKey.from_text(key.text) == PublicKey.from_blob(key.blob) == key


def test_a_comment_is_dropped() -> None:
    key = a_key().public
    assert PublicKey.from_text(f"  {key.text}\troot@device some words \r\n") == key


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
@pytest.mark.parametrize("key_type", ["rsa", "ecdsa", "ed25519"])
def test_the_fingerprint_is_that_of_ssh_keygen(key_type: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", key_type, "-N", "", "-C", "x", "-f", file], check=True)
    listed = subprocess.run(["ssh-keygen", "-lf", file], check=True, capture_output=True, text=True).stdout.split()[1]
    assert PublicKey.from_text(file.with_suffix(".pub").read_text()).fingerprint == listed


@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_every_cut_and_every_trailing_byte_is_refused(key_type: str) -> None:
    blob = a_key(key_type).public.blob
    for size in range(len(blob)):
        with pytest.raises(InvalidKey):
            PublicKey.from_blob(blob[:size])
    with pytest.raises(InvalidKey):
        PublicKey.from_blob(blob + b"\0")


def test_a_second_encoding_of_an_rsa_key_is_refused() -> None:
    """It would be the same key to a signature check and another key to a list of revoked ones."""
    with pytest.raises(InvalidKey, match="not encoded"):
        PublicKey.from_blob(with_leading_zeros(a_key("ssh-rsa")))


def test_short_rsa_keys_are_refused() -> None:
    with pytest.raises(InvalidKey, match="1023 bits is too short"):
        PublicKey.from_blob(string("ssh-rsa") + mpint(3) + mpint((1 << 1022) + 1))
    assert PublicKey.from_blob(new_key("ssh-rsa", 1024).public.blob)


def test_a_point_that_is_not_on_its_curve_is_refused() -> None:
    point = b"\4" + b"\1" * 64
    with pytest.raises(InvalidKey):
        PublicKey.from_blob(string("ecdsa-sha2-nistp256") + string("nistp256") + string(point))


@pytest.mark.parametrize("name", ["ssh-dss", "sk-ssh-ed25519@openssh.com", "ssh-ed448", "x" * 60])
def test_other_key_types_are_named_and_refused(name: str) -> None:
    with pytest.raises(UnsupportedKey, match=name):
        PublicKey.from_blob(string(name) + string(b"\1" * 32))


def test_a_certificate_is_no_plain_key() -> None:
    with pytest.raises(InvalidKey):
        PublicKey.from_blob(certify(a_key(), a_key(use="ca")))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ssh-ed25519",
        "AAAAC3NzaC1lZDI1NTE5AAAAIA",
        "ssh-ed25519 not*base64",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI",
        "ssh-rsa " + a_key().public.text.split()[1],
        "SSH-ED25519 " + a_key().public.text.split()[1],
        "ssh-ed25519 \N{GREEK SMALL LETTER ALPHA}AAA",
    ],
)
def test_text_that_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(InvalidKey):
        PublicKey.from_text(line)


@given(st.binary(max_size=200))
@example(string("ecdsa-sha2-nistp256") + string("nistp256") + string(b""))
@example(string("ssh-rsa") + string(b"") + string(b""))
def test_hostile_bytes_are_a_key_or_an_invalid_key(blob: bytes) -> None:
    try:
        assert PublicKey.from_blob(blob).blob == blob
    except InvalidKey as error:
        assert str(error).isprintable()


@given(st.sampled_from(KEY_TYPES), st.lists(st.binary(max_size=80), max_size=4))
def test_hostile_fields_behind_a_true_name_are_a_key_or_an_invalid_key(key_type: str, fields: list[bytes]) -> None:
    blob = string(key_type) + b"".join(string(value) for value in fields)
    try:
        assert PublicKey.from_blob(blob).blob == blob
    except InvalidKey as error:
        assert str(error).isprintable()


def test_fingerprints_have_one_form() -> None:
    fingerprint = a_key().public.fingerprint
    assert fingerprint_from_text(f" {fingerprint}=\n") == fingerprint


@pytest.mark.parametrize(
    "text",
    ["", "SHA256:", "SHA256:AAAA", "sha256:" + "A" * 43, "A" * 43, "SHA256:" + "A" * 44, "SHA256:" + "*" * 43, "MD5:0"],
)
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(InvalidKey, match="expected SHA256:"):
        fingerprint_from_text(text)


def test_a_fingerprint_with_loose_bits_is_not_another_form() -> None:
    """43 characters hold two bits more than SHA-256: set ones would compare unequal to the key they mean."""
    loose = "SHA256:" + base64.b64encode(b"\0" * 32).decode()[:42] + "B"
    with pytest.raises(InvalidKey):
        fingerprint_from_text(loose)


@given(st.one_of(st.text(), st.binary()))
def test_what_a_peer_sent_is_shown_bounded_and_printable(value: str | bytes) -> None:
    text = shown(value)
    assert text.isascii() and text.isprintable() and len(text) <= 800
