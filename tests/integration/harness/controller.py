# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller of a test's own: home folder, agent, inventories, and real runs of ``ansible-playbook``."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import ansible_collections.callhome.junos
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.client import AgentClient, NoAgent
from ansible_collections.callhome.junos.tests.integration.harness.processes import descendants
from ansible_collections.callhome.junos.tests.integration.harness.results import Result, Run, read_results
from ansible_collections.callhome.junos.tests.simulator import free_port

COLLECTION = Path(next(iter(ansible_collections.callhome.junos.__path__)))
COLLECTIONS = COLLECTION.parents[2]
AGENT_FOLDER = COLLECTION / "plugins" / "plugin_utils" / "_agent"
RUN_SECONDS = 90.0

Variables = Mapping[str, Any]
Play = Mapping[str, Any]


class Controller:
    """A user's machine with Ansible on it. Its folder's path is short, as it holds sockets."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="ch-", dir="/tmp"))
        self.socket = self.home / "agent" / "agent.sock"
        self.port = free_port()
        self.listen = f"127.0.0.1:{self.port}"
        self._numbers = itertools.count()
        self._started: list[RunningPlaybook] = []

    # --- playbooks

    def run(self, plays: Sequence[Play], hosts: Mapping[str, Variables], *arguments: str,
            variables: Variables | None = None, environment: Mapping[str, str] | None = None,
            files: Mapping[str, str] | None = None, seconds: float = RUN_SECONDS) -> Run:  # fmt: skip
        """Run a playbook to its end; see :meth:`start`."""
        running = self.start(plays, hosts, *arguments, variables=variables, environment=environment, files=files)
        return running.finish(seconds)

    def start(self, plays: Sequence[Play], hosts: Mapping[str, Variables], *arguments: str,
              variables: Variables | None = None, environment: Mapping[str, str] | None = None,
              files: Mapping[str, str] | None = None, others: Sequence[str] = ()) -> RunningPlaybook:  # fmt: skip
        """Start ``ansible-playbook`` with these plays, an inventory of these hosts, and further command line arguments.

        ``variables`` are those of all hosts, over :meth:`common`. ``files`` are their texts by the path beside the
        playbook. ``others`` are hosts of the inventory that say nothing of their connection.
        """
        folder = self.home / f"run{next(self._numbers)}"
        folder.mkdir()
        for name, text in (files or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        given = {**self.common(), **(variables or {})}
        connection = {"ansible_connection": given.pop("ansible_connection")}
        devices = {"devices": {"vars": connection, "hosts": hosts}}
        inventory = {"all": {"vars": given, "children": devices, "hosts": {name: {} for name in others}}}
        (folder / "inventory.json").write_text(json.dumps(inventory, indent=1))
        (folder / "playbook.yml").write_text(json.dumps(list(plays), indent=1))
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "inventory.json", "playbook.yml"]
        running = RunningPlaybook([*command, *arguments], folder, {**self.environment(), **(environment or {})})
        self._started.append(running)
        return running

    def common(self) -> dict[str, Any]:
        """The variables of all hosts: this collection's connection, this controller's agent."""
        return {
            "ansible_connection": "callhome.junos.netconf",
            "ansible_network_os": "callhome.junos.junos",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "call_home_listen": self.listen,
            "call_home_agent_socket": str(self.socket),
            "call_home_timeout": 20,
        }

    def environment(self) -> dict[str, str]:
        """What a login shell of this user has."""
        return {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "1000",
            "HOME": str(self.home),
            "ANSIBLE_HOME": str(self.home / ".ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_FORKS": "10",
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).with_name("callback")),
            "ANSIBLE_CALLBACKS_ENABLED": "recorder",
            "ANSIBLE_CONNECTION_PLUGINS": str(Path(__file__).with_name("connection")),
        }

    # --- the agent

    @property
    def agent(self) -> AgentClient:
        """Asks this controller's agent."""
        return AgentClient(str(self.socket))

    def agent_info(self) -> dict[str, Any]:
        """What the agent says of itself; raises NoAgent where there is none."""
        return self.agent.ask("info", {}, start=False)

    @property
    def agent_processes(self) -> list[int]:
        """The process ids of the agents that were started for this controller's socket."""
        return [
            pid for pid, command in running_commands() if str(self.socket) in command and str(AGENT_FOLDER) in command
        ]

    @property
    def agent_log(self) -> str:
        log = self.socket.with_suffix(".log")
        return log.read_text() if log.exists() else ""

    def stop(self) -> None:
        """End playbooks and agent, and remove the folder."""
        for running in self._started:
            running.kill()
        with suppress(NoAgent):
            self.agent.ask("stop", {"force": True}, start=False)
        wait_until(lambda: not self.agent_processes, 10, "the agent's end")
        shutil.rmtree(self.home, ignore_errors=True)


class RunningPlaybook:
    """An ``ansible-playbook`` under way, in a process group and session of its own as a terminal would give it."""

    def __init__(self, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._record = folder / "results.jsonl"
        with open(folder / "stdout", "wb") as stdout, open(folder / "stderr", "wb") as stderr:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={**environment, "RECORDER_PATH": str(self._record)},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def stderr(self) -> str:
        return (self._folder / "stderr").read_text()

    @property
    def stdout(self) -> str:
        return (self._folder / "stdout").read_text()

    def wait_for(self, task: str, status: str = "started", host: str | None = None, seconds: float = 30.0) -> Result:
        """Wait until a task has come so far on a host. Raises AssertionError where the playbook ends before."""

        def found() -> list[Result]:
            return [
                result
                for result in read_results(self._record)
                if (result.task, result.status) == (task, status) and host in (None, result.host)
            ]

        self.wait_until(lambda: bool(found()), f"{task} to be {status}", seconds)
        return found()[0]

    def wait_until(self, holds: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
        """Wait until something holds. Raises AssertionError where it does not in time, or the playbook ends before."""
        deadline = time.monotonic() + seconds
        while not holds():
            ended = self._process.poll() is not None and not holds()
            reason = "the playbook ended, and so did the wait for" if ended else f"waited {seconds} s for"
            assert not ended and time.monotonic() < deadline, f"{reason} {what}\n{self.stdout}\n{self.stderr}"
            time.sleep(0.05)

    def interrupt(self) -> None:
        """Ctrl-C: SIGINT to the whole process group."""
        os.killpg(self.pid, signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL to the playbook, its workers (each is in a session of its own) and what they run, if it still runs.

        The agent is left alone, even where a worker has just started it.
        """
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGSTOP)  # so that nobody is born meanwhile
            agents = [pid for pid, command in running_commands() if str(AGENT_FOLDER) in command]
            for pid in {*descendants(self.pid), self.pid}.difference(agents):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.wait()

    def finish(self, seconds: float = RUN_SECONDS) -> Run:
        """Wait for its end."""
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"no end within {seconds} s\n{self.stdout}\n{self.stderr}") from None
        return Run(status, self.stdout, self.stderr, read_results(self._record))


def wait_until(holds: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until something holds; raises AssertionError."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended (a zombie has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def running_commands() -> list[tuple[int, list[str]]]:
    """Process id and command line of all that run."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                command = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
                found.append((int(folder.name), command))
    return found
