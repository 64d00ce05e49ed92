"""Private keys are read in each form that OpenSSH reads them in, and what is wrong with one is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.private_keys import read_private_key
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import KEY_TYPES, Key, a_key, new_key

PASSPHRASE = "p\N{LATIN SMALL LETTER A WITH DIAERESIS}ssphrase"
FORMATS = {"OpenSSH": PrivateFormat.OpenSSH, "PKCS#8": PrivateFormat.PKCS8, "PEM": PrivateFormat.TraditionalOpenSSL}
FORMS = [(kind, form) for kind in KEY_TYPES for form in FORMATS if (kind, form) != ("ssh-ed25519", "PEM")]


def write(key: Key, folder: Path, form: str = "OpenSSH", passphrase: str = "") -> Path:
    encryption: KeySerializationEncryption = NoEncryption()
    if passphrase:
        encryption = BestAvailableEncryption(passphrase.encode())
    path = folder / "key"
    path.write_bytes(key.private.private_bytes(Encoding.PEM, FORMATS[form], encryption))
    return path


def complaint(path: Path, passphrase: str | None = None) -> str:
    with pytest.raises(AgentError) as raised:
        read_private_key(path, passphrase)
    assert raised.value.kind is Kind.BAD_REQUEST
    assert str(path) in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
@pytest.mark.parametrize(("key_type", "form"), FORMS)
def test_each_form_of_each_key_type_is_read(key_type: str, form: str, passphrase: str, tmp_path: Path) -> None:
    key = a_key(key_type)
    read = read_private_key(write(key, tmp_path, form, passphrase), passphrase or None)
    assert read.asbytes() == key.public.blob
    assert read.can_sign()


def test_a_key_without_a_comment_is_read_whatever_its_length(tmp_path: Path) -> None:
    keys = [new_key("ecdsa-sha2-nistp256") for _unused in range(20)]  # the private number has 31, 32 or 33 bytes
    assert all(read_private_key(write(key, tmp_path), None).asbytes() == key.public.blob for key in keys)


def test_a_passphrase_that_is_missing_wrong_or_too_much_is_told_apart_and_not_repeated(tmp_path: Path) -> None:
    encrypted = write(a_key(), tmp_path, passphrase=PASSPHRASE)
    assert "is encrypted: set ansible_private_key_passphrase" in complaint(encrypted)
    assert "the passphrase is wrong" in complaint(encrypted, "three words")
    assert "three words" not in complaint(encrypted, "three words")
    assert "takes no passphrase" in complaint(write(a_key(), tmp_path), PASSPHRASE)


def test_a_file_that_holds_no_key_is_said_to_hold_none(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("no key at all")
    assert "is no private key that SSH can use" in complaint(tmp_path / "key")
    assert "does not exist; ansible_private_key_file names it" in complaint(tmp_path / "nowhere")
    assert "cannot be read" in complaint(tmp_path)


@pytest.mark.parametrize(
    "key", [dsa.generate_private_key(1024), ec.generate_private_key(ec.SECP256K1())], ids=["DSA", "secp256k1"]
)
def test_a_key_of_a_kind_that_ssh_has_no_use_for_is_said_to_be_so(
    key: dsa.DSAPrivateKey | ec.EllipticCurvePrivateKey, tmp_path: Path
) -> None:
    path = tmp_path / "key"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert "expected an RSA, ECDSA or Ed25519 key" in complaint(path)
