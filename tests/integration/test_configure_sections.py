# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module over both connections: what check mode does, what the first run does, and what the second one does not.

Every pair of module and connection has a device of its own, so that its log tells what that task alone asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from lxml import etree

from ansible_collections.callhome.junos.tests.integration.harness.configuring import (
    NO_HOST_KEYS,
    WAYS,
    client,
    requests,
    task,
    variables,
)
from ansible_collections.callhome.junos.tests.integration.harness.keyring import Keyring
from ansible_collections.callhome.junos.tests.integration.harness.results import Result, Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play
from ansible_collections.callhome.junos.tests.simulator import Control
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.yang import faults, needs_validator

READ = ["get-configuration", "get-configuration"]
CHECKSUM = "get-checksum-information"


def options(keys: Keyring) -> dict[str, dict[str, Any]]:
    """What each module is asked for."""
    sections: dict[str, dict[str, Any]] = {
        "login_user": {
            "classes": [{"name": "automation", "permissions": ["view", "configure"], "idle_timeout": 10}],
            "users": [{"name": "robot", "class": "automation", "uid": 3000, "full_name": "Play Books"}],
        },
        "user_authentication": {
            "users": [
                {"name": "netops", "public_keys": [{"key": f"{keys.user.text} first"}], "exclusive": True},
                {"name": "root", "password": "Seven dwarfs 7"},
            ]
        },
        "trusted_user_ca": {"keys": [keys.user_ca.text]},
        "host_certificate": {"certificate": keys.user.certificate.read_text(), "device_id": "the name of it"},
        "authorized_principals": {"users": [{"name": "netops", "principals": ["automation", "night"]}]},
        "netconf_service": {"connection_limit": 20, "traceoptions": {"file": "netconf.log", "flags": ["incoming"]}},
        "outbound_ssh_client": {"clients": [client(keep_alive={"retry": 3, "timeout": 5})]},
    }
    together = {name: given for name, given in sections.items() if name != "user_authentication"}
    return {**sections, "call_home": together}


FILES = {"trusted_user_ca": 1, "host_certificate": 1, "call_home": 2}
MODULES = [*FILES, "login_user", "user_authentication", "authorized_principals", "netconf_service"]
MODULES += ["outbound_ssh_client"]


@dataclass(frozen=True)
class Pair:
    """A module over one connection, and its three runs: in check mode, for the first and for the second time."""

    device: Control
    module: str
    tried: Result
    first: Result
    second: Result
    requests: list[list[str]]
    """Of the three runs."""
    committed: list[str]
    """The configuration before, and after each of the runs."""
    comments: list[str]
    """Of all commits."""


@pytest.fixture(scope="module")
def pairs(site: Site) -> dict[tuple[str, str], Pair]:
    keys = Keyring(site.controller.home)
    keys.host_ca.sign(keys.user, "the name of it", host=True)
    wanted = options(keys)
    hosts: dict[str, dict[str, Any]] = {}
    devices: dict[str, Control] = {}
    for way in WAYS:
        for module in wanted:
            name = f"{module.replace('_', '-')}-{way}"
            fields = {"host_keys": (keys.user.path.read_text(),), "shared_host_keys": False}
            devices[name] = site.add(name, listen="127.0.0.1", **fields)
            hosts |= site.inventory(name, **variables(devices[name], way))
    plays = [
        play(task(module, module, given), name=f"set up {module}", hosts=f"{module.replace('_', '-')}-*")
        for module, given in wanted.items()
    ]

    runs: list[Run] = []
    asked: dict[str, list[list[str]]] = {name: [] for name in devices}
    comments: dict[str, list[str]] = {name: [] for name in devices}
    committed = {name: [device.committed] for name, device in devices.items()}
    for arguments in (["--check", "--diff"], ["--diff"], []):
        for device in devices.values():
            device.log.clear()
        runs.append(site.controller.run(plays, hosts, *arguments, environment=NO_HOST_KEYS).check())
        for name, device in devices.items():
            asked[name].append(requests(device, runs[-1], name.rpartition("-")[0].replace("-", "_"), name))
            committed[name].append(device.committed)
            comments[name] += [event.details["comment"] for event in device.log.of("commit")]
    return {
        (module, way): Pair(
            devices[name := f"{module.replace('_', '-')}-{way}"],
            module,
            *(run.result(module, name) for run in runs),
            asked[name],
            committed[name],
            comments[name],
        )
        for module in wanted
        for way in WAYS
    }


@pytest.fixture(params=[(module, way) for module in MODULES for way in WAYS], ids="-".join)
def pair(request: pytest.FixtureRequest, pairs: dict[tuple[str, str], Pair]) -> Pair:
    return pairs[request.param]


def test_the_first_run_commits_what_check_mode_showed(pair: Pair) -> None:
    assert pair.first["changed"] and pair.first["committed"]
    assert pair.tried["changed"] and not pair.tried["committed"]
    assert pair.tried["diff"]["prepared"].startswith("[edit system")
    assert same_but_salt(pair.tried) == same_but_salt(pair.first)
    assert pair.committed[2] != pair.committed[1]


def same_but_salt(result: Result) -> tuple[str, list[str]]:
    return result["diff"]["prepared"], result["files"]


def test_check_mode_leaves_the_device_without_a_trace(pair: Pair) -> None:
    assert pair.committed[1] == pair.committed[0]
    asked = pair.requests[0]
    assert "file-put" not in asked
    assert asked[-1] == "unlock-configuration"
    checked = "commit-configuration" in asked
    if pair.module in FILES:
        assert not checked
        assert any("commit check was left out" in sentence for sentence in pair.tried["warnings"])
    else:
        assert checked


def test_the_second_run_reads_twice_and_locks_nothing(pair: Pair) -> None:
    assert not pair.second["changed"]
    assert not pair.second["committed"]
    assert pair.requests[2] == [*READ, *[CHECKSUM] * FILES.get(pair.module, 0)]
    assert pair.committed[3] == pair.committed[2]


def test_the_first_run_stays_within_its_budget(pair: Pair) -> None:
    asked = pair.requests[1]
    host_keys = asked.count("file-show")
    assert asked.count("commit-configuration") == 1
    assert asked.count("file-put") == FILES.get(pair.module, 0)
    assert host_keys <= 1
    assert len(asked) <= 9 + 2 * FILES.get(pair.module, 0) + host_keys


def test_nothing_is_left_in_the_candidate_and_nobody_holds_it(pair: Pair) -> None:
    assert not pair.device.candidate_modified
    assert pair.device.locked_by is None


def test_the_commit_log_names_play_and_task(pair: Pair) -> None:
    assert pair.comments == [f"ansible: set up {pair.module} / {pair.module}"]


@needs_validator
def test_what_the_modules_have_committed_is_valid_under_junipers_yang(pairs: dict[tuple[str, str], Pair]) -> None:
    assert not faults([etree.fromstring(pair.device.committed) for pair in pairs.values()])


@pytest.mark.parametrize("way", WAYS)
def test_files_are_on_the_device_under_names_that_change_with_their_content(
    pairs: dict[tuple[str, str], Pair], way: str
) -> None:
    for module in ("trusted_user_ca", "host_certificate"):
        pair = pairs[module, way]
        (path,) = pair.first["files"]
        assert path.startswith("/config/")
        assert path in pair.device.committed
        assert pair.device.read_file(path).startswith(b"ssh-ed25519")
