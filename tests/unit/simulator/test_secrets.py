# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords and secrets as a device keeps them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulator import crypt_hash, obfuscation

HASHES = [
    "$6$saltstri$TuQo8ue714Ctf4Zl7Ctg70/YwYXvMiZP8AgmExw/pTqWoUKmQ9LD2WQO4j78UOYkYf3xOZCXu6asrMlXdzzMM1",
    "$5$saltstri$AcFF27v62S0zwgTU0yv0eKFexEp411.69eNIGyiG0L5",
    "$1$saltstri$YMyguxXMBpd2TEZ.vS/3q1",
]
"""`Hello world!`, as OpenSSL hashes it."""


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_every_secret_comes_back(secret: str) -> None:
    written = obfuscation.encode(secret)
    assert written.startswith("$9$") and obfuscation.decode(written) == secret


def test_a_published_secret_is_read() -> None:
    assert obfuscation.decode("$9$LbHX-wg4Z") == "lc"


@pytest.mark.parametrize("broken", ["", "$9$", "sesame", "$9$jckmT69", "$9$LbHX-wg4é", "$8$aes256-gcm$x"])
def test_what_is_no_obfuscated_secret_is_refused(broken: str) -> None:
    with pytest.raises(ValueError, match=r"\$9\$"):
        obfuscation.decode(broken)


@pytest.mark.parametrize("stored", HASHES)
def test_hashes_of_each_kind_are_verified(stored: str) -> None:
    assert crypt_hash.verify("Hello world!", stored)
    assert not crypt_hash.verify("wrong", stored)


@pytest.mark.parametrize("stored", ["*", "", "Hello world!", "$6$", "$9$LbHX-wg4Z"])
def test_what_is_no_hash_lets_nobody_in(stored: str) -> None:
    assert not crypt_hash.verify("Hello world!", stored)
    assert not crypt_hash.verify("", stored)
