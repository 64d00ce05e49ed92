# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every measurement needs: simulated devices, an agent, playbooks; all of it in a home folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import command_line, cpu_seconds, descendants, pss

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
USER, PASSWORD, SECRET = "netops", "bench-password", "bench-secret"
LOGIN = {"ansible_user": USER, "ansible_password": PASSWORD}
STOCK = {"ansible_connection": "ansible.netcommon.netconf"}
HELPER = "ansible_connection_cli_stub"
"""In the command line of each process that the stock connection keeps."""
START_SECONDS = 30.0
PLAYBOOK_SECONDS = 1800.0
FILTER = "<configuration><system><host-name/></system></configuration>"
Task = Mapping[str, Any]
READ: Task = {"ansible.netcommon.netconf_get": {"source": "running", "filter": FILTER}}
"""One NETCONF operation, with a small answer."""


class BenchError(Exception):
    """Something did not run as it has to, so its figures would mean nothing."""


@dataclass(frozen=True)
class Account:
    """What a playbook run took, with all of its processes."""

    cpu: float
    """Seconds, user and system."""
    elapsed: float
    peak: int
    """Bytes that all of its processes had at once, at most (PSS)."""
    said: str
    """Its standard output."""

    @property
    def changed(self) -> int:
        """How many task-hosts changed something."""
        return self.said.count("\nchanged: [")


class Devices:
    """Simulated devices in a process of their own, which call `listen` and take connections as well."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self.ports = dict(ports)
        """Where each device, by name, takes connections."""

    @property
    def names(self) -> list[str]:
        """The device ids."""
        return list(self.ports)


class Agent:
    """An agent in its foreground form."""

    def __init__(self, process: subprocess.Popen[bytes], socket_path: Path, listen: str) -> None:
        from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.client import AgentClient

        self._process = process
        self._client = AgentClient(str(socket_path))
        self.listen = listen

    @property
    def cpu(self) -> float:
        """CPU seconds so far."""
        return cpu_seconds(self._process.pid)

    @property
    def memory(self) -> int:
        """PSS in bytes."""
        return pss(self._process.pid)

    def ask(self, request: str, arguments: Mapping[str, Any], seconds: float = 0.0) -> dict[str, Any]:
        """One request to its control socket."""
        answer: dict[str, Any] = self._client.ask(request, arguments, timeout=seconds, start=False)
        return answer

    def wait_for(self, device_ids: Sequence[str], seconds: float = START_SECONDS) -> None:
        """Until each of the devices has called; raises :exc:`BenchError` where one does not."""
        devices = [{"device_id": name, "listen": self.listen} for name in device_ids]
        answer = self.ask("wait", {"devices": devices, "timeout": seconds}, seconds)
        if answer["missing"]:
            raise BenchError(
                f"{len(answer['missing'])} of {len(device_ids)} devices did not call: {answer['missing'][:5]}"
            )

    def open_session(self, device_id: str) -> str:
        """What the connection plugin asks for, with this process as the playbook; the socket to send RPCs to."""
        request = {
            "host": device_id,
            "device": {"device_id": device_id, "listen": self.listen},
            "trust": {"secret": SECRET},
            "login": {"user": USER, "password": PASSWORD},
            "network_os": "callhome.junos.junos",
            "owner": os.getpid(),
            "timeout": START_SECONDS,
        }
        return str(self.ask("session", request, START_SECONDS)["socket_path"])

    def read(self, socket_path: str) -> None:
        """What the measured task asks of its device."""
        from ansible.module_utils.connection import Connection

        Connection(socket_path).get_config(source="running", filter=["subtree", FILTER])

    def close_channel(self, device_id: str) -> None:
        """What happens at the end of a play."""
        self.ask("reset", {"device": {"device_id": device_id, "listen": self.listen}, "owner": os.getpid()})


class Bench:
    """Where measurements run. Use as a context manager."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        """Whether to be content with fewer repetitions."""
        self.home = Path(tempfile.mkdtemp(prefix="call-home-bench-"))
        """Where playbooks run, and the home folder of all processes."""
        self._collections = _copy_of_the_collection(self.home)
        sys.path.insert(0, str(self._collections))
        self.listen = f"127.0.0.1:{_free_port()}"

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_exception: object) -> None:
        shutil.rmtree(self.home, ignore_errors=True)

    @contextlib.contextmanager
    def devices(self, count: int, prefix: str = "device-") -> Iterator[Devices]:
        """So many devices; their names are the prefix and a number from 1 on."""
        configuration = {
            "defaults": {
                "servers": [self.listen],
                "listen": "127.0.0.1",
                "users": {USER: PASSWORD},
                "secret": SECRET,
                "redial_pause": 1,
                "login_grace_time": 600,
            },
            "devices": [{"name": f"{prefix}{{n}}", "count": count}],
        }
        path = self.home / "devices.json"
        path.write_text(json.dumps(configuration), encoding="utf-8")
        command = [sys.executable, str(CHECKOUT / "tests" / "simulator"), "--config", str(path)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self._environment())
        try:
            assert process.stdout is not None
            said = process.stdout.readline().split()
            if said[:1] != ["ready:"]:
                raise BenchError("the simulated devices did not start")
            yield Devices({name: int(port) for name, port in (word.split("=") for word in said[3:])})
        finally:
            _end(process)

    @contextlib.contextmanager
    def agent(self) -> Iterator[Agent]:
        """An agent that listens where the devices call."""
        path = self.home / "agent.sock"
        agent = self._plugins / "plugin_utils" / "_agent"
        command = [sys.executable, str(agent), "--socket", str(path), "--listen", self.listen]
        with (self.home / "agent.log").open("wb") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log, env=self._environment())
        try:
            deadline = time.monotonic() + START_SECONDS
            while not path.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise BenchError(f"the agent did not start: {(self.home / 'agent.log').read_text()}")
                time.sleep(0.02)
            yield Agent(process, path, self.listen)
        finally:
            _end(process)

    def ours(self, names: Sequence[str], tasks: Sequence[Task]) -> Account:
        """Run the tasks on each host, over the connection that takes calls."""
        common = {
            "ansible_connection": "callhome.junos.netconf",
            "call_home_listen": self.listen,
            "call_home_agent_socket": str(self.home / "agent.sock"),
            "call_home_secret": SECRET,
            "call_home_timeout": START_SECONDS,
        }
        return self._play(common, {name: {} for name in names}, tasks)

    def stock(self, devices: Devices, names: Sequence[str], tasks: Sequence[Task]) -> Account:
        """Run the tasks on the same devices, over the stock connection."""
        return self._play(STOCK, _direct(devices, names), tasks)

    def memory_of_stock(self, devices: Devices, names: Sequence[str]) -> list[int]:
        """PSS in bytes of each process that the stock connection keeps, once a task has run on each host."""
        hold = {"name": "hold", "ansible.builtin.pause": {"seconds": START_SECONDS}}
        command = self._accounted(
            [_play_of([READ, hold])], _direct(devices, names), {**LOGIN, **STOCK}
        )  # reaps the processes when it ends
        playbook = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                    text=True, cwd=self.home, env=self._environment())  # fmt: skip
        try:
            assert playbook.stdout is not None
            said = ""
            while "TASK [hold]" not in said:
                line = playbook.stdout.readline()
                if not line:
                    raise BenchError(f"a playbook failed:\n{said[-3000:]}")
                said += line
            time.sleep(1.0)
            return [pss(pid) for pid in descendants(playbook.pid) if HELPER in command_line(pid)]
        finally:
            for pid in descendants(playbook.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            playbook.communicate()

    @property
    def _plugins(self) -> Path:
        return self._collections / "ansible_collections" / "callhome" / "junos" / "plugins"

    def run(self, plays: Sequence[Mapping[str, Any]], hosts: Mapping[str, Mapping[str, Any]],
            variables: Mapping[str, Any], environment: Mapping[str, str] | None = None,
            *, still: bool = False) -> Account:  # fmt: skip
        """Run plays on these hosts, with variables that all of them have; raises :exc:`BenchError` where that fails.

        ``still`` stops all processes while their memory is read.
        """
        command = self._accounted(plays, hosts, variables, still=still)
        done = subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=self.home,
            env={**self._environment(), **(environment or {})}, timeout=PLAYBOOK_SECONDS,
        )  # fmt: skip
        if done.returncode != 0:
            fatal = "\n".join(
                line[:1000] for line in done.stdout.splitlines() if line.startswith(("fatal:", "[ERROR]"))
            )
            said = f"{fatal[:6000]}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            raise BenchError(f"a playbook ended with {done.returncode}:\n{said}")
        return Account(**json.loads(self._record.read_text(encoding="utf-8")), said=done.stdout)

    def _play(
        self, common: Mapping[str, Any], hosts: Mapping[str, Mapping[str, Any]], tasks: Sequence[Task]
    ) -> Account:
        account = self.run([_play_of(tasks)], hosts, {**LOGIN, **common})
        if account.said.count(f"ok={len(tasks)} ") != len(hosts):
            raise BenchError(f"not every task was run:\n{account.said[-3000:]}")
        return account

    def _accounted(
        self, plays: Sequence[Mapping[str, Any]], hosts: Mapping[str, Mapping[str, Any]], variables: Mapping[str, Any],
        *, still: bool = False,
    ) -> list[str]:  # fmt: skip
        every = {
            "ansible_network_os": "callhome.junos.junos",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        }
        inventory = {"all": {"vars": {**every, **variables}, "hosts": hosts}}
        (self.home / "inventory.json").write_text(json.dumps(inventory), encoding="utf-8")
        (self.home / "play.json").write_text(json.dumps(plays), encoding="utf-8")
        playbook = str(Path(sys.executable).with_name("ansible-playbook"))
        account = [sys.executable, str(HERE / "accounted.py"), *(["--still"] if still else []), str(self._record)]
        return [*account, playbook, "-i", "inventory.json", "play.json"]

    @property
    def _record(self) -> Path:
        return self.home / "account.json"

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.home),
            "ANSIBLE_HOME": str(self.home / ".ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(self._collections),
            "ANSIBLE_HOST_KEY_CHECKING": "false",  # the stock connection's; ours does not look at it
        }


def _play_of(tasks: Sequence[Task]) -> dict[str, Any]:
    return {"hosts": "all", "gather_facts": False, "tasks": list(tasks)}


def _direct(devices: Devices, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    return {name: {"ansible_host": "127.0.0.1", "ansible_port": devices.ports[name]} for name in names}


def _copy_of_the_collection(home: Path) -> Path:
    """One state of it for the whole run: an agent refuses a playbook whose collection was edited meanwhile."""
    root = home / "collections"
    collection = root / "ansible_collections" / "callhome" / "junos"
    for part in ("plugins", "meta", "roles", "playbooks"):
        shutil.copytree(CHECKOUT / part, collection / part, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
