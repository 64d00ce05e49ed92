# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's life: who starts it, what it outlives, what ends it, and whom it keeps out."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.controller import (
    AGENT_FOLDER,
    Controller,
    is_running,
    wait_until,
)
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import local, play, read, rpc
from ansible_collections.callhome.junos.tests.simulator import Control

FLEET = [f"edge{number}" for number in range(1, 21)]
REQUEST = "get-system-information"
LOCK_AND_WAIT = [play(rpc("lock", "lock-configuration"), rpc("wait", REQUEST))]
READ = [play(read("read"))]


@pytest.fixture(scope="module")
def fleet(site: Site) -> Run:
    """A first run, with no agent there before, and one worker for each host."""
    site.add_all([site.spec(name) for name in FLEET])
    return site.controller.run(READ, site.hosts, "--forks", str(len(FLEET)))


@pytest.fixture
def device(fleet: Run, site: Site) -> Iterator[Control]:
    """One that takes a minute for a request."""
    chosen = site.simulator[FLEET[0]]
    chosen.log.clear()
    chosen.delay(60, REQUEST)
    yield chosen
    chosen.delay(0, REQUEST)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_twenty_hosts_at_once_start_one_agent(fleet: Run, site: Site) -> None:
    assert [fleet.result("read", name).status for name in FLEET] == ["ok"] * len(FLEET)
    assert site.controller.agent_processes == [site.controller.agent_info()["pid"]]


def test_socket_and_log_are_for_the_user_alone(fleet: Run, site: Site) -> None:
    control = site.controller.socket
    assert mode(control.parent) == 0o700
    assert mode(control) == 0o600
    assert mode(control.with_suffix(".log")) == 0o600
    assert mode(control.with_suffix(".channels")) == 0o700


def test_ctrl_c_of_a_playbook_leaves_the_agent_and_the_ssh_session_alone(device: Control, site: Site) -> None:
    agent = site.controller.agent_processes
    running = site.controller.start(LOCK_AND_WAIT, site.inventory(device.name))
    running.wait_until(lambda: bool(device.log.of("held")), "the request to be under way")
    running.interrupt()
    assert running.finish(15).status != 0
    device.wait_until(lambda: device.locked_by is None)
    assert site.controller.agent_processes == agent
    device.delay(0, REQUEST)
    site.controller.run(READ, site.inventory(device.name)).check()
    assert device.log.counts["login"] == 0  # since the first run


def test_a_playbook_that_is_killed_leaves_nothing_attached(device: Control, site: Site) -> None:
    running = site.controller.start(LOCK_AND_WAIT, site.inventory(device.name))
    running.wait_until(lambda: bool(device.log.of("held")), "the request to be under way")
    assert site.controller.agent_info()["playbooks"] == [running.pid]
    assert device.locked_by is not None
    running.kill()
    wait_until(lambda: not site.controller.agent_info()["playbooks"], 5, "nothing to be attached")
    device.wait("session-end", timeout=5)
    assert device.locked_by is None
    assert device.log.counts["login"] == 0


def test_an_agent_that_was_killed_is_replaced_and_so_is_its_stale_socket(device: Control, site: Site) -> None:
    (killed,) = site.controller.agent_processes
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not is_running(killed), 5, "the agent's end")
    assert site.controller.socket.exists()
    site.controller.run(READ, site.inventory(device.name)).check()
    (replaced,) = site.controller.agent_processes
    assert replaced != killed


def test_the_agent_goes_when_it_is_idle_and_not_while_a_playbook_is_attached(own_site: Site) -> None:
    device = own_site.add("r1")
    controller = own_site.controller
    plays = [play(read("first"), local("pause", "ansible.builtin.pause", {"seconds": 5}), read("second"))]
    controller.run(plays, own_site.hosts, variables={"call_home_agent_idle_timeout": 2}).check()
    assert device.log.counts["login"] == 1
    wait_until(lambda: not controller.agent_processes, 6, "the idle agent to go")
    assert not controller.socket.exists()


def test_the_foreground_form_serves_playbooks_and_stays(own_site: Site) -> None:
    own_site.add("r1")
    controller = own_site.controller
    with foreground(controller, "--idle", "1") as (agent, said):
        assert f"takes requests at {controller.socket}" in said
        controller.run(READ, own_site.hosts).check()
        assert controller.agent_info()["pid"] == agent.pid
        assert (mode(controller.socket.parent), mode(controller.socket)) == (0o700, 0o600)
        time.sleep(2.5)
        assert agent.poll() is None
        agent.send_signal(signal.SIGINT)
        assert agent.wait(10) == 0
    assert not controller.socket.exists()


def test_a_second_agent_for_the_same_socket_says_that_there_is_one(own_site: Site) -> None:
    with foreground(own_site.controller) as (first, _said):
        with foreground(own_site.controller) as (second, said):
            assert second.wait(10) == 1
            assert f"another agent has {own_site.controller.socket.with_suffix('.lock')}" in said
        assert own_site.controller.agent_info()["pid"] == first.pid


def test_a_folder_that_is_open_to_others_is_refused(own_site: Site) -> None:
    own_site.add("r1")
    folder = own_site.controller.socket.parent
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    run = own_site.controller.run(READ, own_site.hosts)
    assert run.result("read").status == "unreachable"
    assert f"{folder} is open to others (mode 755): chmod 700 {folder}" in run.result("read").message
    assert not own_site.controller.agent_processes


def test_an_agent_that_cannot_start_says_why(own_site: Site) -> None:
    own_site.add("r1")
    run = own_site.controller.run(READ, own_site.hosts, variables={"call_home_agent_arguments": "--no-such-limit 5"})
    assert run.result("read").status == "unreachable"
    assert "the call home agent did not start: " in run.result("read").message
    assert "unrecognized arguments: --no-such-limit 5" in run.result("read").message
    assert run.seconds("read") < 15


@contextmanager
def foreground(controller: Controller, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The agent as a person or a systemd unit starts it, with what it said first; gone afterwards."""
    command = [sys.executable, str(AGENT_FOLDER), "--listen", controller.listen, "--socket", str(controller.socket)]
    agent = subprocess.Popen([*command, *arguments], stderr=subprocess.PIPE, text=True, cwd="/",
                             env=controller.environment())  # fmt: skip
    with agent:
        assert agent.stderr is not None
        try:
            yield agent, agent.stderr.readline()
        finally:
            agent.kill()
