# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which call is which host's, and what becomes of a host whose device does not call."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import LOGIN, Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import local, play, read
from ansible_collections.callhome.junos.tests.simulator import AnnouncementStyle, free_port

SILENT = AnnouncementStyle(silent=True)
PATIENCE = 3
"""Seconds that hosts wait whose device does not call."""
LATE = 3.0
"""Seconds after which a late device dials first."""


@pytest.fixture(scope="module")
def taken() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def run(site: Site, taken: int) -> Run:
    here, everywhere, elsewhere = site.controller.port, free_port(), free_port()
    silent = [
        site.spec("silent", secret=None, announcement=SILENT, source_address="127.0.0.8"),
        site.spec("mapped", secret=None, announcement=SILENT, source_address="127.0.0.9",
                  servers=[("127.0.0.1", everywhere)]),
        site.spec("sixth", secret=None, announcement=SILENT, servers=[("::1", everywhere)]),
    ]  # fmt: skip
    site.add("plain")
    site.add("twin here", device_id="twin", servers=[("127.0.0.1", here)])
    site.add("twin elsewhere", device_id="twin", servers=[("127.0.0.1", elsewhere)])
    keys = {device.name: device.host_key for device in site.add_all(silent)}
    for name, address in (("silent", "127.0.0.8"), ("mapped", "127.0.0.9"), ("sixth", "0:0:0:0:0:0:0:1")):
        site.hosts[name] = {**LOGIN, "ansible_host": address, "call_home_host_key": keys[name]}
    site.hosts["mapped, written so"] = {**site.hosts["mapped"], "ansible_host": "::ffff:127.0.0.9"}
    for name in ("mapped", "mapped, written so", "sixth"):
        site.hosts[name]["call_home_listen"] = f"[::]:{everywhere}"
    site.hosts["twin elsewhere"]["call_home_listen"] = f"127.0.0.1:{elsewhere}"
    absent = {**LOGIN, "call_home_timeout": PATIENCE, "call_home_secret": "any"}
    site.hosts["absent"] = absent
    site.hosts["plain, elsewhere"] = {**absent, "call_home_device_id": "plain",
                                      "call_home_listen": f"127.0.0.1:{elsewhere}"}  # fmt: skip
    site.hosts["on a port that is taken"] = {**absent, "call_home_listen": f"127.0.0.1:{taken}"}
    return site.controller.run([play(read("read"), ignore_unreachable=True)], site.hosts, "--forks", "20")


@pytest.mark.parametrize(
    "host, name",
    [
        ("silent", "silent"),
        ("mapped", "mapped"),
        ("mapped, written so", "mapped"),
        ("sixth", "sixth"),
    ],
)
def test_a_device_that_announces_nothing_is_found_by_its_source_address(run: Run, host: str, name: str) -> None:
    assert f"<host-name>{name}</host-name>" in run.result("read", host)["stdout"]


def test_a_host_takes_calls_only_from_its_own_listener(run: Run) -> None:
    for host in ("twin here", "twin elsewhere"):
        assert f"<host-name>{host}</host-name>" in run.result("read", host)["stdout"]
    assert run.result("read", "plain").status == "ok"
    assert run.result("read", "plain, elsewhere").status == "unreachable"
    assert "who did call there: twin" in run.result("read", "plain, elsewhere").message


def test_no_call_in_time_is_unreachable_and_names_who_did_call(run: Run, site: Site) -> None:
    result = run.result("read", "absent")
    assert result.status == "unreachable"
    assert f"device id absent: no call came to {site.controller.listen} within {PATIENCE} s" in result.message
    callers = re.search("who did call there: (.*)", result.message)
    assert callers
    assert set(callers[1].split(", ")) == {"plain", "twin", "127.0.0.8"}
    assert PATIENCE <= run.seconds("read", "absent") < PATIENCE + 5


def test_a_port_in_use_says_who_is_asked_to_do_what(run: Run, taken: int) -> None:
    result = run.result("read", "on a port that is taken")
    assert result.status == "unreachable"
    for part in (f"cannot take calls at 127.0.0.1:{taken}", "`ss -ltnp` shows which", "set call_home_listen"):
        assert part in result.message


def test_waiting_shows_a_line_on_the_terminal(run: Run, site: Site) -> None:
    waiting = rf"^absent: waiting for device id absent to call {site.controller.listen}, \d of {PATIENCE} s$"
    assert re.search(waiting, run.stderr, re.MULTILINE), run.stderr
    assert "waiting" not in run.stdout


def test_wait_for_connection_waits_for_the_device_and_fails_without_one(site: Site) -> None:
    wait = "ansible.builtin.wait_for_connection"
    plays = [
        play(local("wait", wait, {"timeout": 20}), read("read"), hosts="late"),
        play(local("wait in vain", wait, {"timeout": PATIENCE, "connect_timeout": 1}), hosts="never"),
    ]
    late = site.spec("late")
    hosts: dict[str, dict[str, Any]] = {
        "late": {**LOGIN, "call_home_secret": late.secret},
        "never": {**LOGIN, "call_home_secret": "any"},
    }
    running = site.controller.start(plays, hosts)
    running.wait_for("wait")
    time.sleep(LATE)
    site.add_all([late])
    run = running.finish()
    assert run.result("wait", "late")["elapsed"] >= LATE - 1
    assert "<host-name>late</host-name>" in run.result("read", "late")["stdout"]
    assert run.result("wait in vain", "never").status == "failed"
    assert "device id never: no call came" in run.result("wait in vain", "never").message
    assert run.seconds("wait in vain", "never") >= PATIENCE
