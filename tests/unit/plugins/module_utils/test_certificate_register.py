# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The register of certificates: each serial once, whoever asks at the same time and whatever is killed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.callhome.junos.plugins.module_utils import _certificate_register as register
from ansible_collections.callhome.junos.plugins.module_utils._certificate_register import (
    Entry,
    Wanted,
    issue,
    read_register,
    revoke,
    seconds,
)
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import a_key

KEY, OTHER_KEY = a_key().public.text, a_key("ecdsa-sha2-nistp256").public.text
CA, OTHER_CA = a_key(use="ca").public.text, a_key("ecdsa-sha2-nistp256", use="ca").public.text
DAY = 86400.0

ISSUING = """\
import sys
from ansible_collections.callhome.junos.plugins.module_utils._certificate_register import issue, Wanted
path, name, count = sys.argv[1:]
for number in range(int(count)):
    entry, _new = issue(path, Wanted("host", f"{name}-{number}", "k", [], [], "ca", 60, 0, 0), dry=False)
    print(entry.serial, flush=True)
"""
"""A process that issues certificates and says which serials it got."""


def wanted(**other: Any) -> Wanted:
    return Wanted.checked(
        {
            "type": "host",
            "identity": "branch-7",
            "public_key": f"{KEY} its comment",
            "principals": ["branch-7"],
            "options": [],
            "authority": CA,
            "valid_for": "30d",
            "backdated": "1h",
            "renew_below": 0.33,
            **other,
        }
    )


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "issued")


class Now:
    """The clock of the register."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def time(self) -> float:
        return self.seconds


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Now:
    clock = Now()
    monkeypatch.setattr(register, "time", clock)
    return clock


def test_what_serves_is_not_issued_again(path: str) -> None:
    first, is_new = issue(path, wanted(), dry=False)
    again, is_new_again = issue(path, wanted(public_key=f"{KEY} another comment"), dry=False)
    assert (is_new, is_new_again) == (True, False)
    assert again == first
    assert read_register(path) == [first]


@pytest.mark.parametrize(
    "other",
    [
        {"public_key": OTHER_KEY},
        {"principals": ["branch-7", "branch-8"]},
        {"options": ["clear"]},
        {"authority": OTHER_CA},
        {"valid_for": "31d"},
        {"renew_below": 1.0},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_wish_is_another_certificate_with_the_next_serial(path: str, now: Now, other: dict[str, Any]) -> None:
    first, _new = issue(path, wanted(), dry=False)
    second, is_new = issue(path, wanted(**other), dry=False)
    assert is_new
    assert (first.serial, second.serial) == (1, 2)


def test_the_order_of_principals_is_no_difference(path: str) -> None:
    first, _new = issue(path, wanted(principals=["a", "b"]), dry=False)
    assert issue(path, wanted(principals=["b", "a", "b"]), dry=False) == (first, False)


def test_the_newest_of_an_identity_counts_and_another_identity_or_type_is_none_of_its(path: str) -> None:
    issue(path, wanted(), dry=False)
    second, _new = issue(path, wanted(public_key=OTHER_KEY), dry=False)
    issue(path, wanted(identity="branch-8"), dry=False)
    issue(path, wanted(type="user"), dry=False)
    assert issue(path, wanted(public_key=OTHER_KEY), dry=False) == (second, False)


def test_it_is_renewed_once_its_share_of_life_is_up_and_when_the_clock_is_before_it(path: str, now: Now) -> None:
    first, _new = issue(path, wanted(), dry=False)
    assert (first.issued - first.valid_from, first.valid_to - first.issued) == (3600, 30 * DAY)
    now.seconds += 20 * DAY
    assert issue(path, wanted(), dry=False) == (first, False)
    now.seconds += DAY
    assert issue(path, wanted(), dry=False)[1]
    now.seconds -= 60 * DAY
    assert issue(path, wanted(), dry=False)[1]


def test_a_short_life_that_begins_long_before_now_is_not_over_at_once(path: str) -> None:
    short = wanted(valid_for="10m", backdated="1d")
    first, _new = issue(path, short, dry=False)
    assert issue(path, short, dry=False) == (first, False)


def test_nothing_is_written_when_it_is_only_tried(path: str) -> None:
    assert issue(path, wanted(), dry=True)[1]
    assert not os.path.exists(path)
    issue(path, wanted(), dry=False)
    before = Path(path).read_text()
    revoked, changed = revoke(path, "host", "branch-7", None, dry=True)
    assert (changed, [entry.revoked for entry in revoked]) == (True, [True])
    assert Path(path).read_text() == before


def test_what_is_revoked_serves_no_more_and_its_key_is_issued_nothing(path: str) -> None:
    issue(path, wanted(), dry=False)
    issue(path, wanted(identity="branch-8", public_key=OTHER_KEY), dry=False)
    revoked, changed = revoke(path, "host", "branch-7", None, dry=False)
    assert (changed, [entry.serial for entry in revoked]) == (True, [1])
    assert revoke(path, "host", "branch-7", None, dry=False) == (revoked, False)
    for identity in ("branch-7", "branch-9"):
        with pytest.raises(ValueError, match=r"SHA256:\S+ of host branch-\d is revoked \(serial 1\): make a new key"):
            issue(path, wanted(identity=identity), dry=False)
    renewed, is_new = issue(path, wanted(public_key=a_key("ssh-rsa").public.text), dry=False)
    assert (is_new, renewed.serial) == (True, 3)
    assert [entry.revoked for entry in read_register(path)] == [True, False, False]


def test_one_key_of_an_identity_can_be_revoked(path: str) -> None:
    issue(path, wanted(), dry=False)
    second, _new = issue(path, wanted(public_key=OTHER_KEY), dry=False)
    revoked, _changed = revoke(path, "host", "branch-7", KEY, dry=False)
    assert [entry.serial for entry in revoked] == [1]
    assert issue(path, wanted(public_key=OTHER_KEY), dry=False) == (second, False)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("public_key", "-----BEGIN OPENSSH PRIVATE KEY----- c2VjcmV0", "no SSH public key"),
        ("public_key", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIK", "no SSH public key"),
        ("public_key", "", "no SSH public key"),
        ("authority", "SHA256:abc", "no SSH public key"),
        ("principals", [], "at least one"),
        ("principals", ["a,b"], "a,b"),
        ("principals", ["a b"], "a b"),
        ("valid_for", "52 weeks", "is no duration"),
        ("valid_for", "", "is no duration"),
        ("backdated", "-1h", "is no duration"),
        ("renew_below", 1.5, "expected 0 to 1"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_option_and_a_private_key_is_not_shown(
    option: str, value: object, words: str
) -> None:
    with pytest.raises(ValueError, match=f"^{option}: .*{words}") as refused:
        wanted(**{option: value})
    assert "c2VjcmV0" not in str(refused.value)


def test_durations_are_openssh_s() -> None:
    assert [seconds(text) for text in ("90", "10m", "1h30m", "30d", "52w6d")] == [90, 600, 5400, 2592000, 31968000]


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from([KEY, OTHER_KEY]), st.booleans())))
def test_whatever_is_issued_and_revoked_no_serial_comes_twice_and_none_is_lost(
    steps: list[tuple[str, str, bool]],
) -> None:
    entries: list[Entry] = []
    for identity, key, to_revoke in steps:
        if to_revoke:
            entries = [replace(entry, revoked=entry.revoked or entry.identity == identity) for entry in entries]
            continue
        try:
            entry, is_new = register._find_or_make(entries, wanted(identity=identity, public_key=key))
        except ValueError:
            assert any(entry.revoked and entry.public_key == key for entry in entries)
            continue
        entries = [*entries, entry] if is_new else entries
        assert not entry.revoked
        assert entry in entries
    assert [entry.serial for entry in entries] == list(range(1, len(entries) + 1))


def test_a_damaged_list_is_told_and_not_begun_anew(path: str) -> None:
    issue(path, wanted(), dry=False)
    damaged = Path(path).read_text()[:-20]
    Path(path).write_text(damaged)
    with pytest.raises(ValueError, match="put a copy of it back"):
        issue(path, wanted(), dry=False)
    assert Path(path).read_text() == damaged


def test_it_is_nobody_else_s_to_read_and_keeps_the_mode_that_it_was_given(path: str) -> None:
    issue(path, wanted(), dry=False)
    assert os.stat(path).st_mode & 0o777 == 0o600
    os.chmod(path, 0o640)
    issue(path, wanted(public_key=OTHER_KEY), dry=False)
    assert os.stat(path).st_mode & 0o777 == 0o640


def issuing(path: str, name: str, count: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", ISSUING, path, name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def serials(processes: list[subprocess.Popen[str]]) -> Iterator[int]:
    for process in processes:
        output = process.communicate()[0]
        yield from map(int, output.split())


def test_eight_processes_at_once_get_no_serial_twice(path: str) -> None:
    given_out = sorted(serials([issuing(path, f"host-{number}", 25) for number in range(8)]))
    assert given_out == list(range(1, 201))
    assert [entry.serial for entry in read_register(path)] == given_out


def test_a_kill_at_any_moment_leaves_a_whole_list_and_no_serial_that_was_handed_out_comes_again(path: str) -> None:
    chance = random.Random(7)
    given_out: list[int] = []
    for number in range(12):
        process = issuing(path, f"host-{number}", 100_000)
        assert process.stdout is not None
        given_out.append(int(process.stdout.readline()))
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        given_out.extend(serials([process]))
        listed = [entry.serial for entry in read_register(path)]
        assert listed == list(range(1, len(listed) + 1))
        assert set(given_out) <= set(listed)
    assert len(given_out) == len(set(given_out))
