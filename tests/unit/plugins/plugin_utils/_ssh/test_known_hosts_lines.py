# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A known_hosts file changed: what is said is there afterwards, and everything else is as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.known_hosts import KnownHosts
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.known_hosts_lines import Lines, Statement
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import a_key

KEY, OTHER = a_key().public, a_key("ecdsa-sha2-nistp256").public
OTHERS_LINES = f"""\
# ours, do not touch\r
* weird line of somebody
\t
branch-1,!branch-2 {OTHER.text} from\x0cthe lab
|1|c2FsdHNhbHRzYWx0c2FsdHNhbHQ=|aGFzaGhhc2hoYXNoaGFzaGhhc2g= {KEY.text}
@cert-authority *.example.net {OTHER.text}
@unknown x y"""


def statement(names: list[str] | None, key: str | None = KEY.text, marker: str | None = None) -> Statement:
    return Statement.checked(marker, names, key)


@pytest.mark.parametrize("marker", [None, "cert-authority", "revoked"])
def test_what_is_said_is_read_back_and_saying_it_again_changes_nothing(marker: str | None) -> None:
    said = statement(["branch-7", "lab-*"], f"{KEY.text} with a comment", marker)
    text = Lines(OTHERS_LINES).with_statement(said)
    assert text.startswith(f"{OTHERS_LINES}\n")
    known = KnownHosts.parse(text)
    read = {None: known.keys, "cert-authority": known.authorities, "revoked": known.revoked}[marker]
    for name in ("branch-7", "lab-9"):
        assert KEY in read(name)
    assert KEY not in read("branch-8")
    assert Lines(text).with_statement(said) == text


def test_names_are_added_to_those_that_have_the_key() -> None:
    text = Lines("").with_statement(statement(["a", "b"]))
    assert Lines(text).with_statement(statement(["b", "c"])) == f"a,b {KEY.text}\nc {KEY.text}\n"


def test_a_key_with_one_marker_says_nothing_about_another() -> None:
    text = Lines(f"@cert-authority a {KEY.text}\n").with_statement(statement(["a"], marker="revoked"))
    assert text == f"@cert-authority a {KEY.text}\n@revoked a {KEY.text}\n"
    assert Lines(text).without(statement(["a"])) == text


@pytest.mark.parametrize(
    ("names", "key", "left"),
    [
        (["a"], KEY.text, f"b {KEY.text}\na {OTHER.text}\n"),
        (["a"], None, f"b {KEY.text}\n"),
        (None, KEY.text, f"a {OTHER.text}\n"),
        (["c"], None, f"a,b {KEY.text}\na {OTHER.text}\n"),
    ],
)
def test_what_goes_is_what_was_named(names: list[str] | None, key: str | None, left: str) -> None:
    assert Lines(f"a,b {KEY.text}\na {OTHER.text}\n").without(statement(names, key)) == left


def test_a_line_that_would_be_left_with_exceptions_alone_goes() -> None:
    assert Lines(f"a,!b {KEY.text}\n").without(statement(["a"])) == ""


NAMES = st.lists(st.sampled_from(["a", "b", "c*", "d-1"]), min_size=1)


@given(NAMES, NAMES, st.sampled_from(["cert-authority", "revoked", None]))
def test_what_was_added_and_taken_back_leaves_what_others_wrote(
    first: list[str], second: list[str], marker: str
) -> None:
    text = f"{OTHERS_LINES}\n"
    for names in (first, second):
        text = Lines(text).with_statement(statement(names, marker=marker))
    assert Lines(text).without(statement([*first, *second], marker=marker)) == f"{OTHERS_LINES}\n"


@pytest.mark.parametrize(
    ("names", "key", "words"),
    [
        ([], KEY.text, "names: none"),
        (["a,b"], KEY.text, "names: 'a,b'"),
        (["a b"], KEY.text, "names: 'a b'"),
        (["@revoked"], KEY.text, "names: '@revoked'"),
        (["#"], KEY.text, "names: '#'"),
        (["a\nb"], KEY.text, "names: "),
        (["a"], "ssh-ed25519", "key: "),
        (["a"], f"{OTHER.text.split()[0]} {KEY.text.split()[1]}", "key: "),
    ],
)
def test_what_would_be_no_line_is_refused_by_its_option(names: list[str], key: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        statement(names, key)


def test_a_line_break_in_a_key_makes_no_second_line() -> None:
    text = Lines("").with_statement(statement(["a"], f"{KEY.text} x\n@cert-authority * {OTHER.text}"))
    assert len(text.splitlines()) == 1
    assert KnownHosts.parse(text).authorities("a") == ()
