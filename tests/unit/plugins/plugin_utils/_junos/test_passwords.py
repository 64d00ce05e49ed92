"""Passwords against stored hashes."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._junos import passwords

# The first one is from a device, the others were made with `openssl passwd`.
KNOWN = {
    "$5$itHMToxg$IAeDKDuWsSCoL2W7fognCW8cyNj4YE9ZhDvCoWFC5y/": "sha256",
    "$6$OV3tvDvc$QT3FzP8LWnxLDCfDLKibn1.EzGS5crupCiea7Kbi2W4Y9Z1kYu9EYTxs/z344U8Mwh4QtwlnbUiLZWUHyhrZl1": "sha512",
}


@pytest.mark.parametrize(("stored", "name"), KNOWN.items())
def test_a_stored_hash_is_recognized(stored: str, name: str) -> None:
    assert passwords.matches("lab123", stored) is True
    assert passwords.matches("lab124", stored) is False
    assert passwords.hash_format(stored) == name


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl, the independent answer, is not installed")
@pytest.mark.parametrize(("option", "name"), [("-1", "md5"), ("-5", "sha256"), ("-6", "sha512")])
def test_hashes_are_those_of_openssl(option: str, name: str) -> None:
    made = subprocess.run(
        ["openssl", "passwd", option, "-salt", "abcdefgh", "Call-Home1"], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert passwords.matches("Call-Home1", made) is True
    assert passwords.hash_format(made) == name
    if name == "sha512":
        assert passwords.hashed("Call-Home1", "abcdefgh") == made


@pytest.mark.parametrize("stored", ["/* SECRET-DATA */", "$2y$04$abcdefghijklmnopqrstuu", "$6$broken"])
def test_what_cannot_be_judged_is_none(stored: str) -> None:
    assert passwords.matches("Call-Home1", stored) is None


def test_a_disabled_password_matches_nothing() -> None:
    assert passwords.matches("*", "*") is False
    assert passwords.hash_format("*") == "disabled"


def test_a_new_hash_has_a_new_salt_and_fits_junos() -> None:
    first, second = passwords.hashed("Call-Home1"), passwords.hashed("Call-Home1")
    assert first != second
    assert passwords.matches("Call-Home1", first)
    assert "rounds=" not in first
    assert len(first) <= 128


def test_the_salt_for_an_account_stays_and_is_its_own() -> None:
    assert passwords.salt_for("r1", "lab") == passwords.salt_for("r1", "lab")
    assert (
        len({passwords.salt_for(*names) for names in (("r1", "lab"), ("r2", "lab"), ("r1", "root"), ("r1l", "ab"))})
        == 4
    )
