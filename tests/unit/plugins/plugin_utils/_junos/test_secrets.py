"""The $9$ form: read as other tools and devices write it, written so that they read it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.callhome.junos.plugins.plugin_utils._junos import secrets

# The first one is from a device's configuration, the others from independent implementations of the form.
KNOWN = {
    "$9$jckmT69pRhrz3hrev7Nik.Pz3/CtOIE": "juniper123",
    "$9$LbHX-wg4Z": "lc",
    "$9$CSxptpBREyKvL": "abc",
    "$9$aaZGiq.5F39": "abc",
    "$9$-pV24JGDkmf": "123",
    "$9$sSgJD.mTn9poJQn9pREcylvLN": "netconan",
    "$9$Ly.x7VYgJH.5SraGiH5TFn/CO1cylW8xs23/Ap1Ibs24aGf5F/A0EcNVs4Dj5QF6/AlKWdsg-VQ3n/tp-Vbs4JTQnCp0Lx": (
        "asvWWcb54DGWFvEjsENnhB__xY49Mn3R"
    ),
}


@pytest.mark.parametrize("written", KNOWN)
def test_known_strings_are_read(written: str) -> None:
    assert secrets.decode(written) == KNOWN[written]
    assert secrets.readable(written) == KNOWN[written]


@given(st.text(max_size=130))
def test_what_is_written_is_read_back(secret: str) -> None:
    written = secrets.encode(secret)
    assert written == secrets.encode(secret)
    assert secrets.decode(written) == secret


@pytest.mark.parametrize("broken", ["abc", "$9$", "$9$aaZGi q", "$9$CSxptpBREyKv", "$8$aes256-gcm$hmac-sha2-256$100$a"])
def test_a_broken_string_is_refused_and_not_repeated(broken: str) -> None:
    with pytest.raises(ValueError, match="\\$9\\$ string") as refusal:
        secrets.decode(broken)
    assert broken == "$9$" or broken not in str(refusal.value)


@pytest.mark.parametrize("hidden", ["/* SECRET-DATA */", "$8$aes256-gcm$hmac-sha2-256$100$abc", "$9$broken!"])
def test_what_cannot_be_read_is_none(hidden: str) -> None:
    assert secrets.readable(hidden) is None


@pytest.mark.parametrize(
    ("secret", "bits"), [("", 0), ("00ff" * 8, 128), ("00FF" * 8, 128), ("Juniper123", 59), ("1234", 16), ("abcz", 18)]
)
def test_the_worth_of_a_secret_is_bounded_by_its_length_and_alphabet(secret: str, bits: int) -> None:
    assert secrets.guessing_bits(secret) == bits
