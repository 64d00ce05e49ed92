"""Host trust: each proof, their order, revocation above all, and what a refusal tells."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paramiko import Transport

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.host_trust import PROOFS, HostTrust, Verdict, hmac_of
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.known_hosts import KnownHosts
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import PublicKey
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import KEY_TYPES, a_key, certify

Settings = dict[str, Any]

NOW = 1_800_000_000
DEVICE = a_key("ecdsa-sha2-nistp256").public
STRANGER = a_key("ecdsa-sha2-nistp256", use="stranger").public
CA = a_key(use="ca")
GOOD = certify(a_key("ecdsa-sha2-nistp256"), CA, ("srx1",))
EXPIRED = certify(a_key("ecdsa-sha2-nistp256"), CA, ("srx1",), valid_before=NOW)
AUTHORITY = f"@cert-authority * {CA.public.text}\n"
SECRET = "correct horse battery staple"

# Captured from a device: the announced key, and its HMAC under the secret "Juniper123".
GOLDEN_KEY = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDhMc83Qp9ogdGNYJGMjjUfbCAFXspkUPrrcdEI9JgIsng3fbtZl6pSi7xyFYlZrPor/oiNoC"
    "xQl+HOArESS+HTjFsd0tgBUyuO+rx53+vtZJ2HarsgZg59F5BjYDQq/ulCBjRDM7BQ2xViItTAIV8Q5nnikaA+mBxnNN/2EEEhuXekyibdwDY0z3X4"
    "Tc4los2qZaZBVkKeaJ6voj+7dWG8vRQINs+gXfL+jk2Lz4m72zA6y3n7KCcG4lCH3e1C1bdnSX5dblYuEUsCV9XKbNl5qqajDeUaKeCMsjMlmXS7+E"
    "+C2pTE/Dir7T9IfN7SEpd3nDjH7fDthKKP9GCq9Lkv"
)
GOLDEN_HMAC = "7aa4440cc6a8fd12bc9f13ad1af8a28ea6cc1137"


@dataclass
class Announcement:
    host_key: str | None = None
    hmac: str | None = None


def announcing(text: str, secret: str = SECRET) -> Announcement:
    return Announcement(text, hmac_of(text, secret))


def trust(known_hosts: str = "", **settings: Any) -> HostTrust:
    return HostTrust(device_id="srx1", known_hosts=KnownHosts.parse(known_hosts), **settings)


def judged(trust: HostTrust, presented: bytes, announced: Announcement | None = None, now: float = NOW) -> Verdict:
    return trust.judge(presented, announced, now)


def as_text(blob: bytes) -> str:
    return f"ecdsa-sha2-nistp256-cert-v01@openssh.com {base64.b64encode(blob).decode()}"


# The secret


@pytest.mark.parametrize("text", [GOLDEN_KEY, GOLDEN_KEY + "\0", "\0" + GOLDEN_KEY + "\0\0\r\n"])
def test_the_hmac_is_that_of_a_real_device(text: str) -> None:
    assert hmac_of(text, "Juniper123") == GOLDEN_HMAC


@pytest.mark.parametrize("text", [GOLDEN_HMAC, GOLDEN_HMAC.upper(), f" {GOLDEN_HMAC}\0\r"])
def test_the_announcement_of_a_real_device_proves_its_key(text: str) -> None:
    verdict = judged(trust(secret="Juniper123"), PublicKey.from_text(GOLDEN_KEY).blob, Announcement(GOLDEN_KEY, text))
    assert (verdict.trusted, verdict.proof) == (True, "secret")


def test_a_replayed_announcement_with_another_host_key_is_refused() -> None:
    verdict = judged(trust(secret=SECRET), STRANGER.blob, announcing(DEVICE.text))
    assert not verdict.trusted
    assert STRANGER.fingerprint in verdict.reason and DEVICE.fingerprint in verdict.reason


def test_the_hmac_of_another_secret_is_refused_and_discarded() -> None:
    announced = announcing(DEVICE.text, "another secret")
    assert not judged(trust(secret=SECRET), DEVICE.blob, announced).trusted
    assert "call_home_secret" in str(trust(secret=SECRET).discard_reason(announced))


@pytest.mark.parametrize("announced", [None, Announcement(), Announcement(DEVICE.text), Announcement(hmac=GOLDEN_HMAC)])
def test_a_secret_is_not_proved_without_both_lines(announced: Announcement | None) -> None:
    assert "outbound-ssh" in judged(trust(secret=SECRET), DEVICE.blob, announced).reason


@pytest.mark.parametrize("wrong", ["", "00", "\N{FULLWIDTH DIGIT ONE}" * 40, "0" * 40, "\ud800"])
def test_what_is_no_hmac_is_refused(wrong: str) -> None:
    assert not judged(trust(secret=SECRET), DEVICE.blob, Announcement(DEVICE.text, wrong)).trusted


@pytest.mark.parametrize("text", ["x", "ssh-dss AAAAB3NzaC1kc3M=", DEVICE.text[:-8], "\ud800"])
def test_a_right_hmac_of_something_that_is_no_key_is_refused(text: str) -> None:
    verdict = judged(trust(secret=SECRET), DEVICE.blob, announcing(text))
    assert not verdict.trusted and "HOST-KEY cannot be read" in verdict.reason


def test_an_empty_secret_is_none() -> None:
    """Anybody can compute its HMAC."""
    assert trust(secret="").configured == ()
    assert not judged(trust(secret=""), DEVICE.blob, announcing(DEVICE.text, "")).trusted


@pytest.mark.parametrize("presented", [DEVICE.blob, GOOD], ids=["plain", "certificate"])
@pytest.mark.parametrize("announced", [DEVICE.text, f"{DEVICE.text} root@srx1", as_text(GOOD)])
def test_announced_and_presented_are_compared_by_their_plain_keys(presented: bytes, announced: str) -> None:
    assert judged(trust(secret=SECRET), presented, announcing(announced)).proof == "secret"


def test_the_secret_is_in_no_text() -> None:
    settings = trust(secret=SECRET)
    verdict = judged(settings, DEVICE.blob, announcing(DEVICE.text, "wrong"))
    assert SECRET not in f"{settings!r} {verdict!r} {verdict.reason} {settings.discard_reason(Announcement())}"


# Which calls are discarded unseen


def test_a_call_without_an_hmac_is_discarded_only_where_nothing_else_could_pass() -> None:
    assert trust(secret=SECRET).discard_reason(None)
    assert trust(AUTHORITY, secret=SECRET, proofs=("secret",)).discard_reason(Announcement())
    assert trust(AUTHORITY, secret=SECRET).discard_reason(None) is None
    assert trust(secret=SECRET, pinned=(DEVICE.text,)).discard_reason(Announcement(DEVICE.text)) is None


def test_a_wrong_hmac_is_discarded_whatever_else_could_pass() -> None:
    wrong = announcing(DEVICE.text, "another secret")
    assert trust(AUTHORITY, secret=SECRET, pinned=(DEVICE.text,)).discard_reason(wrong)
    assert trust(AUTHORITY, secret=SECRET).discard_reason(announcing(STRANGER.text)) is None


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"pinned": (DEVICE.text,)},
        {"secret": SECRET, "check": False},
        {"secret": SECRET, "proofs": ("pinned",)},
    ],
)
def test_nothing_is_discarded_where_no_secret_has_to_hold(settings: Settings) -> None:
    assert trust(**settings).discard_reason(None) is None
    assert trust(**settings).discard_reason(announcing(DEVICE.text, "wrong")) is None


# The certificate


def test_a_certificate_of_a_known_ca_proves_the_device_whatever_it_announced() -> None:
    for announced in (None, Announcement(STRANGER.text), announcing(STRANGER.text)):
        assert judged(trust(AUTHORITY), GOOD, announced).proof == "certificate"


@pytest.mark.parametrize("authority", ["", f"@cert-authority mx* {CA.public.text}", f"* {CA.public.text}"])
def test_a_ca_that_is_not_marked_for_this_device_proves_nothing(authority: str) -> None:
    verdict = judged(trust(f"{authority}\n@cert-authority * {STRANGER.text}\n"), GOOD)
    assert not verdict.trusted and CA.public.fingerprint in verdict.reason


def test_the_certificate_of_another_device_is_refused() -> None:
    verdict = judged(trust(AUTHORITY), certify(a_key(), CA, ("srx2",)))
    assert not verdict.trusted and "'srx2'" in verdict.reason


def test_a_certificate_that_names_nobody_is_refused_unless_that_is_allowed() -> None:
    nameless = certify(a_key(), CA)
    assert not judged(trust(AUTHORITY), nameless).trusted
    assert judged(trust(AUTHORITY, unnamed_host_certificates=True), nameless).proof == "certificate"


def test_a_certificate_is_judged_anew_at_each_moment() -> None:
    settings = trust(AUTHORITY)
    assert judged(settings, EXPIRED, now=NOW - 1).trusted
    assert not judged(settings, EXPIRED, now=NOW).trusted


def test_a_plain_key_of_a_certified_device_is_no_certificate() -> None:
    verdict = judged(trust(AUTHORITY), DEVICE.blob)
    assert not verdict.trusted and "no certificate" in verdict.reason


@pytest.mark.parametrize("blob", [b"", b"\0" * 8, GOOD[:-1], GOOD + b"\0", b"SSH-2.0"])
@pytest.mark.parametrize("check", [True, False])
def test_what_is_no_key_is_refused_even_unchecked(blob: bytes, check: bool) -> None:
    verdict = judged(trust(AUTHORITY, pinned=(DEVICE.text,), check=check), blob)
    assert not verdict.trusted and verdict.fingerprint.startswith("SHA256:")


# Pinned keys


@pytest.mark.parametrize("presented", [DEVICE.blob, GOOD, EXPIRED], ids=["plain", "certificate", "expired certificate"])
@pytest.mark.parametrize("pin", [DEVICE.text, f"{DEVICE.text} srx1", DEVICE.fingerprint, f"{DEVICE.fingerprint}="])
def test_a_pinned_key_passes_by_itself_and_inside_a_certificate(presented: bytes, pin: str) -> None:
    verdict = judged(trust(pinned=(STRANGER.text, pin)), presented)
    assert (verdict.proof, verdict.fingerprint) == ("pinned", DEVICE.fingerprint)


def test_a_key_of_the_known_hosts_file_is_pinned() -> None:
    assert judged(trust(f"SRX1,mx1 {DEVICE.text}\n"), DEVICE.blob).proof == "pinned"
    assert not judged(trust(f"mx1 {DEVICE.text}\nsrx1 {STRANGER.text}\n"), DEVICE.blob).trusted


def test_a_key_that_is_not_pinned_is_refused() -> None:
    verdict = judged(trust(pinned=(DEVICE.text,)), STRANGER.blob)
    assert not verdict.trusted and verdict.tried[0].startswith("pinned: ")


def test_a_pin_by_fingerprint_that_may_be_of_another_type_is_told() -> None:
    assert "pin the public key instead" in judged(trust(pinned=(DEVICE.fingerprint,)), STRANGER.blob).reason
    assert "pin the public key instead" not in judged(trust(pinned=(DEVICE.text,)), STRANGER.blob).reason


# Which proofs count


def test_by_default_every_configured_proof_counts() -> None:
    assert trust().configured == ()
    assert trust(AUTHORITY).configured == ("certificate",)
    assert trust(secret=SECRET).configured == ("secret",)
    assert trust(f"srx1 {DEVICE.text}\n").configured == trust(pinned=(DEVICE.text,)).configured == ("pinned",)
    assert trust(AUTHORITY, secret=SECRET, pinned=(DEVICE.text,)).configured == PROOFS


@pytest.mark.parametrize("proof", PROOFS)
def test_a_proof_that_is_not_listed_does_not_count(proof: str) -> None:
    others = tuple(other for other in PROOFS if other != proof)
    pinned = (STRANGER.text,) if proof != "pinned" else (DEVICE.text,)
    announced = announcing(DEVICE.text if proof == "secret" else STRANGER.text)
    presented = GOOD if proof == "certificate" else EXPIRED
    settings: Settings = {"secret": SECRET, "pinned": pinned}
    assert judged(trust(AUTHORITY, **settings), presented, announced).proof == proof
    verdict = judged(trust(AUTHORITY, proofs=others, **settings), presented, announced)
    assert not verdict.trusted and proof not in [sentence.split(":")[0] for sentence in verdict.tried]


def test_a_failed_certificate_falls_back_to_another_proof_only_where_that_is_listed() -> None:
    both = judged(trust(AUTHORITY, pinned=(DEVICE.text,), proofs=("certificate", "pinned")), EXPIRED)
    assert both.proof == "pinned" and "expired" in both.tried[0]
    assert not judged(trust(AUTHORITY, pinned=(DEVICE.text,), proofs=("certificate",)), EXPIRED).trusted


def test_a_listed_proof_that_is_not_configured_is_told_with_its_variable() -> None:
    reason = judged(trust(proofs=PROOFS), DEVICE.blob).reason
    for sentence in ("certificate: allowed but not configured", "secret: allowed but not", "pinned: allowed but not"):
        assert sentence in reason


def test_with_nothing_configured_the_refusal_says_what_was_seen_and_what_to_set() -> None:
    verdict = judged(trust(), GOOD)
    assert not verdict.trusted and not verdict.revoked
    for text in (DEVICE.fingerprint, "call_home_known_hosts", "call_home_secret", "call_home_host_key"):
        assert text in verdict.reason


def test_no_proof_allowed_is_no_trust() -> None:
    assert not judged(trust(AUTHORITY, proofs=(), pinned=(DEVICE.text,)), GOOD).trusted


def test_an_unusable_line_about_the_device_is_told() -> None:
    assert "line 1" in judged(trust("srx1 ssh-ed25519 AAAA\n"), DEVICE.blob).reason


# Revocation


@pytest.mark.parametrize(
    "line",
    [f"@revoked * {DEVICE.text}", f"@revoked srx* {CA.public.text}", f"@revoked SRX1 {as_text(GOOD)}"],
    ids=["key", "CA", "certificate"],
)
@pytest.mark.parametrize("settings", [{}, {"check": False}, {"secret": SECRET, "pinned": (DEVICE.text,)}])
def test_revocation_of_key_or_ca_beats_every_proof(line: str, settings: Settings) -> None:
    verdict = judged(trust(f"{AUTHORITY}srx1 {DEVICE.text}\n{line}\n", **settings), GOOD, announcing(DEVICE.text))
    assert (verdict.trusted, verdict.revoked) == (False, True)
    assert "@revoked" in verdict.reason and verdict.fingerprint == DEVICE.fingerprint


def test_a_plain_key_is_not_revoked_by_its_ca_nor_for_another_device() -> None:
    for line in (f"@revoked * {CA.public.text}", f"@revoked mx* {DEVICE.text}", f"@revoked *,!srx1 {DEVICE.text}"):
        assert judged(trust(f"{line}\n", pinned=(DEVICE.text,)), DEVICE.blob).trusted


@pytest.mark.parametrize("check", [True, False])
def test_a_revocation_that_cannot_be_read_refuses_every_key(check: bool) -> None:
    verdict = judged(trust(f"{AUTHORITY}\n@revoked * {DEVICE.text[:-4]}\n", check=check), GOOD)
    assert not verdict.trusted and "line 3" in verdict.reason


# Without checking


@pytest.mark.parametrize("presented", [DEVICE.blob, EXPIRED, certify(a_key(), a_key(use="foreign"), ("mx1",))])
def test_unchecked_any_key_passes_and_says_so(presented: bytes) -> None:
    assert judged(trust(check=False), presented).proof == "unchecked"
    assert not judged(trust(AUTHORITY), presented).trusted


# Settings that make no sense


@pytest.mark.parametrize(
    ("settings", "variable"),
    [
        ({"device_id": ""}, "call_home_device_id"),
        ({"device_id": "srx1", "proofs": ("certificates",)}, "call_home_host_trust"),
        ({"device_id": "srx1", "pinned": ("AAAAC3NzaC1lZDI1NTE5AAAAI",)}, "call_home_host_key"),
        ({"device_id": "srx1", "pinned": ("",)}, "call_home_host_key"),
        ({"device_id": "srx1", "pinned": ("MD5:00:11:22",)}, "call_home_host_key"),
        ({"device_id": "srx1", "pinned": (as_text(GOOD),)}, "call_home_host_key"),
        ({"device_id": "srx1", "pinned": ("ssh-dss AAAAB3NzaC1kc3M=",)}, "call_home_host_key"),
    ],
)
def test_settings_that_make_no_sense_name_their_variable(settings: Settings, variable: str) -> None:
    with pytest.raises(ValueError, match=variable):
        HostTrust(**settings)


# What the client asks for


def test_every_algorithm_is_one_that_paramiko_speaks_and_none_is_left_out() -> None:
    for settings in (trust(), trust(AUTHORITY), trust(check=False)):
        names = settings.host_key_algorithms(None)
        assert sorted(names) == sorted(Transport._key_info)
        assert not {"ssh-rsa", "ssh-dss"} & set(names)


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        (trust(), False),
        (trust(AUTHORITY), True),
        (trust(AUTHORITY, proofs=("pinned",), pinned=(DEVICE.text,)), False),
        (trust(check=False), True),
    ],
)
def test_certificates_come_first_where_one_could_pass_or_nothing_is_checked(settings: HostTrust, first: bool) -> None:
    assert settings.host_key_algorithms(None)[0].endswith("-cert-v01@openssh.com") is first


@pytest.mark.parametrize("key_type", KEY_TYPES)
def test_the_device_is_asked_for_the_key_that_is_pinned_known_or_announced(key_type: str) -> None:
    names = ("rsa-sha2-512", "rsa-sha2-256") if key_type == "ssh-rsa" else (key_type,)
    text = a_key(key_type).public.text
    for asked in (
        trust(pinned=(text,)).host_key_algorithms(None),
        trust(f"srx1 {text}\n").host_key_algorithms(None),
        trust(secret=SECRET).host_key_algorithms(Announcement(text)),
    ):
        assert asked[: len(names)] == names
    certified = trust(AUTHORITY, pinned=(text,)).host_key_algorithms(None)
    assert certified[: len(names)] == tuple(f"{name}-cert-v01@openssh.com" for name in names)


@pytest.mark.parametrize("text", [None, "", "x", "ssh-ed25519 AAAA", "\ud800 \0"])
def test_an_announced_key_that_cannot_be_read_changes_no_preference(text: str | None) -> None:
    assert trust().host_key_algorithms(Announcement(text)) == trust().host_key_algorithms(None)


# Hostile input


@given(st.binary(max_size=200), st.one_of(st.none(), st.text()), st.one_of(st.none(), st.text()))
def test_hostile_bytes_and_announcements_are_refused(blob: bytes, host_key: str | None, text: str | None) -> None:
    settings = trust(f"{AUTHORITY}srx1 {DEVICE.text}\n", secret=SECRET)
    announced = Announcement(host_key, text)
    verdict = judged(settings, blob, announced)
    assert not verdict.trusted and verdict.reason.isprintable()
    assert not judged(settings, STRANGER.blob, announced).trusted
    assert settings.host_key_algorithms(announced)


@given(st.integers(0, len(GOOD) * 8 - 1))
def test_a_flipped_bit_of_a_good_certificate_is_never_trusted(bit: int) -> None:
    flipped = bytearray(GOOD)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not judged(trust(f"{AUTHORITY}srx1 {DEVICE.text}\n"), bytes(flipped)).trusted


@given(st.lists(st.text(max_size=30), max_size=3), st.text(max_size=30))
def test_names_of_a_stranger_reach_no_terminal_as_they_are(names: list[str], key_id: str) -> None:
    blob = certify(a_key(), a_key(use="foreign"), tuple(names), key_id=key_id)
    assert judged(trust(AUTHORITY), blob).reason.isprintable()
