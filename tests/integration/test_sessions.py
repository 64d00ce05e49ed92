# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session is used only with the user and the credentials it was opened with, and by the methods a request allows.

Two runs read the same devices; the second one brings other credentials for some of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.keyring import PRINCIPAL, Keyring
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import PASSWORD, SECRET, USER, Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play, read
from ansible_collections.callhome.junos.tests.interop.openssh_keys import KeyPair
from ansible_collections.callhome.junos.tests.simulator import Control, UserSpec

TIMEOUT = 5


@dataclass
class Played:
    first: Run
    second: Run
    devices: dict[str, Control]

    def logins(self, name: str) -> list[tuple[str, str]]:
        """User and method of each login on the device."""
        return [(event.details["user"], event.details["method"]) for event in self.devices[name].log.of("login")]

    def both_ok(self, name: str) -> bool:
        """Whether both runs have read the device."""
        results = [run.result("read", name) for run in (self.first, self.second)]
        assert all(f"<host-name>{name}</host-name>" in result.values.get("stdout", "") for result in results), results
        return True


def _by_key(key: KeyPair, **variables: Any) -> dict[str, Any]:
    return {"ansible_user": USER, "ansible_private_key_file": str(key.path), "call_home_secret": SECRET, **variables}


def _by_password(user: str = USER, password: str = PASSWORD) -> dict[str, Any]:
    return {"ansible_user": user, "ansible_password": password, "call_home_secret": SECRET}


@pytest.fixture(scope="module")
def played(site: Site) -> Iterator[Played]:
    keys = Keyring(site.controller.home)
    one, other, renewed, narrowed = (keys.new(name) for name in ("one", "other", "renewed", "narrowed"))
    for key in (renewed, narrowed):
        keys.user_ca.sign(key, PRINCIPAL, valid="-1m:+1h")
    certified = keys.certified("any")
    devices = {
        "same": site.add("same"),
        "password": site.add("password"),
        "wrong-password": site.add("wrong-password"),
        "user": site.add("user", users={USER: PASSWORD, "second": PASSWORD}),
        "key": site.add("key", users={USER: UserSpec(keys=(one.text, other.text))}),
        "renewed": site.add("renewed", **certified),
        "narrowed": site.add("narrowed", users={USER: UserSpec(keys=(narrowed.text,))}, **certified),
    }
    first = {
        **{name: _by_password() for name in ("same", "password", "wrong-password", "user")},
        "key": _by_key(one),
        "renewed": _by_key(renewed),
        "narrowed": _by_key(narrowed),
    }
    opened = site.controller.run([play(read("read"))], first)
    devices["password"].configure("set system login user netops authentication plain-text-password-value changed")
    keys.user_ca.sign(renewed, PRINCIPAL, valid="-1m:+2h")
    second = {
        **first,
        "password": _by_password(password="changed"),
        "wrong-password": {**_by_password(password="wrong"), "call_home_timeout": TIMEOUT},
        "user": _by_password(user="second"),
        "key": _by_key(other),
        "narrowed": _by_key(narrowed, call_home_authentications=["key", "password"]),
    }
    asked_again = site.controller.run([play(read("read"), ignore_unreachable=True)], second)
    yield Played(opened, asked_again, devices)


def test_a_second_run_with_the_same_credentials_uses_the_session_that_is_there(played: Played) -> None:
    assert played.both_ok("same")
    assert played.logins("same") == [(USER, "password")]


def test_other_credentials_close_an_unused_session_and_the_next_call_takes_them(played: Played) -> None:
    assert played.both_ok("password")
    assert played.logins("password") == [(USER, "password")] * 2
    assert len(played.devices["password"].log.of("announced")) >= 2


def test_a_wrong_password_is_not_let_in_by_the_session_that_the_right_one_opened(played: Played) -> None:
    result = played.second.result("read", "wrong-password")
    assert result.status == "unreachable"
    assert "methods tried: password" in result.message
    assert played.logins("wrong-password") == [(USER, "password")]


def test_another_user_gets_a_session_of_its_own(played: Played) -> None:
    assert played.both_ok("user")
    assert played.logins("user") == [(USER, "password"), ("second", "password")]


def test_another_key_gets_a_session_of_its_own(played: Played) -> None:
    assert played.both_ok("key")
    assert played.logins("key") == [(USER, "publickey")] * 2


def test_a_renewed_certificate_for_the_same_key_is_the_same_credential(played: Played) -> None:
    assert played.both_ok("renewed")
    assert played.logins("renewed") == [(USER, "certificate")]


def test_a_session_that_was_let_in_by_a_method_not_allowed_now_is_not_used(played: Played) -> None:
    assert played.both_ok("narrowed")
    assert played.logins("narrowed") == [(USER, "certificate"), (USER, "publickey")]
