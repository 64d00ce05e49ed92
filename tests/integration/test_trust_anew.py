# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trust is judged for every request anew: what held when a session was opened need not hold for the next task.

Two runs read the same devices over the sessions that the first one opened; what the hosts believe changes in between.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.keyring import Keyring
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import LOGIN, Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import local, play, read
from ansible_collections.callhome.junos.tests.simulator import Control

VALID_SECONDS = 11
"""How long the certificate lives that expires between the runs: longer than the first run takes."""
TIMEOUT = 4
ONLY_ON = "inventory_hostname == 'revoked-in-mid-play'"


@dataclass
class Played:
    first: Run
    second: Run
    devices: dict[str, Control]

    def refusal(self, name: str) -> str:
        """Why the second run was refused the session that the first one had opened."""
        assert self.first.result("read", name).status == "ok", self.first.output
        result = self.second.result("read", name)
        assert result.status == "unreachable", result
        assert len(self.devices[name].log.of("login")) == 1
        return result.message


class Hosts:
    """The inventories of both runs, and the devices."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.keys = Keyring(site.controller.home)
        self.first: dict[str, dict[str, Any]] = {}
        self.second: dict[str, dict[str, Any]] = {}
        self.devices: dict[str, Control] = {}

    def add(self, name: str, fields: dict[str, Any], second: dict[str, Any] | None = None, **first: Any) -> None:
        """A device; ``second`` are the variables that the second run changes."""
        self.devices[name] = self.site.add(name, secret=None, **fields)
        self.first[name] = {**LOGIN, "call_home_known_hosts": self.keys.known_hosts(), **first}
        self.second[name] = {**self.first[name], "call_home_timeout": TIMEOUT, **(second or {})}


@pytest.fixture(scope="module")
def played(site: Site) -> Iterator[Played]:
    hosts, keys = Hosts(site), Keyring(site.controller.home / "more")
    pin = keys.new("pin")
    hosts.add("unchecked", keys.plain(), {"ansible_host_key_checking": True, "call_home_host_key": [pin.text]},
              ansible_host_key_checking=False)  # fmt: skip
    pinned = keys.new("pinned")
    hosts.add("pinned", keys.plain(pinned), call_home_host_key=[pinned.text])
    revoked = keys.new("revoked")
    hosts.add("revoked", keys.plain(revoked), call_home_host_key=[revoked.text])
    hosts.add("revoked-ca", keys.certified("revoked-ca"), call_home_known_hosts=keys.known_hosts(keys.authority))
    in_mid_play = keys.new("in_mid_play")
    hosts.add(
        "revoked-in-mid-play",
        keys.plain(in_mid_play),
        call_home_timeout=TIMEOUT + 2,
        call_home_host_key=[in_mid_play.text],
    )
    hosts.add("narrowed", keys.certified("narrowed"),
              {"call_home_host_trust": ["pinned"], "call_home_host_key": [pin.text]},
              call_home_known_hosts=keys.known_hosts(keys.authority))  # fmt: skip
    expires = time.monotonic() + VALID_SECONDS
    hosts.add("expires", keys.certified("expires", valid=f"-1m:+{VALID_SECONDS}s"),
              call_home_known_hosts=keys.known_hosts(keys.authority))  # fmt: skip
    first = site.controller.run([_first_play(hosts, in_mid_play.text)], hosts.first)
    _append(hosts.first["revoked"], f"@revoked * {revoked.text}")
    _append(hosts.first["revoked-ca"], f"@revoked * {keys.host_ca.text}")
    time.sleep(max(0.0, expires + 1 - time.monotonic()))
    second = site.controller.run([play(read("read"), ignore_unreachable=True)], hosts.second)
    yield Played(first, second, hosts.devices)


def _first_play(hosts: Hosts, revoked: str) -> dict[str, Any]:
    arguments = {"path": hosts.first["revoked-in-mid-play"]["call_home_known_hosts"], "line": f"@revoked * {revoked}"}
    revoke = local("revoke", "ansible.builtin.lineinfile", arguments, delegate_to="localhost", when=ONLY_ON,
                   vars={"ansible_connection": "local"})  # fmt: skip
    return play(read("read"), revoke, read("read again", when=ONLY_ON), ignore_unreachable=True)


def _append(host: dict[str, Any], line: str) -> None:
    with Path(host["call_home_known_hosts"]).open("a") as known_hosts:
        known_hosts.write(f"{line}\n")


def test_a_device_that_is_still_trusted_keeps_its_session(played: Played) -> None:
    assert played.second.result("read", "pinned").status == "ok"
    assert len(played.devices["pinned"].log.of("login")) == 1


def test_a_session_that_was_opened_unchecked_is_refused_to_a_stricter_playbook(played: Played) -> None:
    assert "is none of those in call_home_host_key" in played.refusal("unchecked")


def test_a_key_that_was_revoked_meanwhile_ends_the_trust_in_the_session_that_is_up(played: Played) -> None:
    assert "this key is @revoked" in played.refusal("revoked")


def test_a_ca_that_was_revoked_meanwhile_ends_the_trust_in_the_session_that_is_up(played: Played) -> None:
    assert "is @revoked" in played.refusal("revoked-ca")


def test_a_host_certificate_that_expired_meanwhile_ends_the_trust_in_the_session_that_is_up(played: Played) -> None:
    assert "it expired at" in played.refusal("expires")


def test_a_proof_that_is_no_longer_listed_ends_the_trust_in_the_session_that_is_up(played: Played) -> None:
    assert "is none of those in call_home_host_key" in played.refusal("narrowed")


def test_a_key_that_is_revoked_in_mid_play_is_refused_to_the_next_task(played: Played) -> None:
    name = "revoked-in-mid-play"
    assert played.first.result("read", name).status == "ok"
    result = played.first.result("read again", name)
    assert result.status == "unreachable"
    assert "this key is @revoked" in result.message
