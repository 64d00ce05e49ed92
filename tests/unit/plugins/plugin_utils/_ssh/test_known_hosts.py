"""known_hosts as OpenSSH reads it: patterns, negation, hashed names, markers, and lines that are broken."""

from __future__ import annotations

import base64
import hmac
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.known_hosts import KnownHosts, UnreadableRevocation
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import a_key, certify, string

KEY = a_key().public
OTHER = a_key("ecdsa-sha2-nistp256").public
CA = a_key(use="ca").public


def knows(names: str, name: str) -> bool:
    return KnownHosts.parse(f"{names} {KEY.text}\n").keys(name) == (KEY,)


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ("srx1", "srx1"),
        ("SRX1", "srx1"),
        ("srx1", "Srx1"),
        ("a,srx1,b", "srx1"),
        ("*", "srx1"),
        ("srx?", "srx1"),
        ("*.example.net", "srx1.example.net"),
        ("s*x*1", "srx-srx-1"),
        ("a*b*b", "a-b-bb"),
        ("*,!mx*", "srx1"),
        ("*", "a name, with * and more"),
        ("srx1,", "srx1"),
    ],
)
def test_names_that_match(names: str, name: str) -> None:
    assert knows(names, name)


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ("srx1", "srx10"),
        ("srx1", "srx"),
        ("srx?", "srx"),
        ("srx?", "srx12"),
        ("*.example.net", "example.net"),
        ("a*bb*b", "a-bb"),
        ("*,!srx1", "srx1"),
        ("!srx1,*", "srx1"),
        ("!SRX*,*", "srx1"),
        ("!srx2", "srx1"),
        ("[srx1]:4334", "srx1"),
        ("srx.", "srx1"),
        ("srx[0-9]", "srx1"),
        ("srx1", "srx1,srx2"),
        ("\N{KELVIN SIGN}", "k"),
    ],
)
def test_names_that_do_not_match(names: str, name: str) -> None:
    assert not knows(names, name)


def test_a_pattern_of_many_stars_costs_no_time() -> None:
    assert not knows("*a" * 200 + "b", "a" * 2000)


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_patterns_match_as_their_definition_says(pattern: str, name: str) -> None:
    def matches(pattern: str, name: str) -> bool:
        if not pattern:
            return not name
        if pattern[0] == "*":
            return matches(pattern[1:], name) or (bool(name) and matches(pattern, name[1:]))
        return bool(name) and pattern[0] in ("?", name[0]) and matches(pattern[1:], name[1:])

    assert knows(pattern or ",", name) is matches(pattern, name)


def test_hashed_names_match_the_one_name() -> None:
    salt = os.urandom(20)
    digest = hmac.digest(salt, b"srx1", "sha1")
    hashed = f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"
    assert knows(hashed, "srx1")
    assert knows(hashed, "SRX1")
    assert not knows(hashed, "srx2")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_a_file_that_ssh_keygen_hashed_is_found_by_name(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"srx1,srx2 {KEY.text}\n@cert-authority *.net {CA.text}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", file], check=True, capture_output=True)
    assert "srx1" not in file.read_text()
    hosts = KnownHosts.parse(file.read_text())
    assert hosts.keys("srx1") == hosts.keys("srx2") == (KEY,)
    assert hosts.keys("srx3") == ()
    assert hosts.authorities("srx1.net") == (CA,)


@pytest.mark.parametrize("hashed", ["|1|", "|1||", "|1|*|*", "|2|AAAA|AAAA", "|1|AAAA", "|1|A|A", "|"])
def test_broken_hashes_match_nothing(hashed: str) -> None:
    assert not knows(hashed, "srx1")


def test_each_marker_is_another_question() -> None:
    hosts = KnownHosts.parse(
        f"# a comment\n\n@cert-authority * {CA.text} the host CA\nsrx1\t{KEY.text}\r\n  @revoked\tsrx* {OTHER.text}\n"
    )
    assert (hosts.authorities("srx1"), hosts.keys("srx1"), hosts.revoked("srx1")) == ((CA,), (KEY,), (OTHER,))
    assert (hosts.authorities("mx1"), hosts.keys("mx1"), hosts.revoked("mx1")) == ((CA,), (), ())
    assert hosts.notes("srx1") == ()


def test_keys_stand_in_the_order_of_the_file() -> None:
    hosts = KnownHosts.parse(f"* {OTHER.text}\nsrx1 {KEY.text}\nsrx* {CA.text}\n")
    assert hosts.keys("srx1") == (OTHER, KEY, CA)


def test_a_broken_line_is_passed_over_and_noted_where_it_matters() -> None:
    broken = f"srx1 ssh-ed25519 AAAA\nsrx1\nsrx1 1024 35 1234567\n@authority * {CA.text}\n"
    hosts = KnownHosts.parse(f"{broken}srx1 {KEY.text}")
    assert hosts.keys("srx1") == (KEY,)
    assert [note.split(":")[0] for note in hosts.notes("srx1")] == ["line 4", "line 1", "line 2", "line 3"]
    assert [note.split(":")[0] for note in hosts.notes("srx2")] == ["line 4"]


@pytest.mark.parametrize(
    "line", ["@cert-authority", "@cert-authority @revoked * {key}", "@CERT-AUTHORITY * {key}", "@ * {key}"]
)
def test_an_unknown_marker_gives_no_trust(line: str) -> None:
    hosts = KnownHosts.parse(line.format(key=CA.text))
    assert hosts.authorities("srx1") == hosts.keys("srx1") == ()
    assert len(hosts.notes("srx1")) == 1


def test_a_certificate_is_neither_a_ca_nor_a_known_key() -> None:
    text = f"ssh-ed25519-cert-v01@openssh.com {base64.b64encode(certify(a_key(), a_key(use='ca'))).decode()}"
    hosts = KnownHosts.parse(f"@cert-authority * {text}\nsrx1 {text}\n")
    assert hosts.authorities("srx1") == hosts.keys("srx1") == ()
    assert len(hosts.notes("srx1")) == 2


def test_a_certificate_is_revoked_by_the_key_in_it() -> None:
    text = f"ssh-ed25519-cert-v01@openssh.com {base64.b64encode(certify(a_key(), a_key(use='ca'))).decode()}"
    assert KnownHosts.parse(f"@revoked * {text}\n").revoked("srx1") == (KEY,)


def test_a_revocation_that_cannot_be_read_is_not_passed_over() -> None:
    hosts = KnownHosts.parse(f"@revoked srx* {KEY.text[:-4]}\n")
    with pytest.raises(UnreadableRevocation, match="line 1"):
        hosts.revoked("srx1")
    assert hosts.revoked("mx1") == ()


def test_a_revoked_key_of_a_type_that_nobody_accepts_is_passed_over() -> None:
    dss = base64.b64encode(string("ssh-dss") + string(b"\1")).decode()
    assert KnownHosts.parse(f"@revoked * ssh-dss {dss}\n").revoked("srx1") == ()


@given(st.text())
def test_no_text_makes_the_parser_fail(text: str) -> None:
    hosts = KnownHosts.parse(text)
    assert hosts.keys("srx1") == ()
    assert all(note.isprintable() for note in hosts.notes("srx1"))


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_name_makes_a_lookup_fail(names: str, name: str) -> None:
    hosts = KnownHosts.parse(f"{names} {KEY.text}\n@cert-authority * {CA.text}\n")
    assert hosts.keys(name) in ((), (KEY,))
    assert CA in hosts.authorities(name)


def test_ten_thousand_lines_are_looked_up_without_reading_their_keys() -> None:
    """A lookup touches the keys of its own lines only: the others here could not even be read."""
    lines = [f"srx{number} ssh-ed25519 AAAA" for number in range(10_000)]
    hosts = KnownHosts.parse("\n".join([*lines, f"mx1 {KEY.text}"]))
    assert hosts.keys("mx1") == (KEY,)
    assert hosts.notes("mx1") == ()
