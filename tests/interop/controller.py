"""A controller of a test's own: home folder, agent, inventory, and real runs of `ansible-playbook`."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ansible_collections.callhome.junos
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.client import AgentClient, NoAgent

COLLECTIONS = Path(next(iter(ansible_collections.callhome.junos.__path__))).parents[2]
RUN_SECONDS = 100
PLAY = {"hosts": "all", "gather_facts": False, "ignore_unreachable": True, "ignore_errors": True}
READ = [{"ansible.netcommon.netconf_rpc": {"rpc": "get-software-information", "display": "json"}}]

Variables = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What a task came to on one host."""

    status: str
    """``ok``, ``failed`` or ``unreachable``."""
    message: str
    result: Mapping[str, Any]


class Controller:
    """``folder`` becomes the home folder; its path has to be short, as it holds sockets."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.port = _free_port()
        self._agent = AgentClient(str(folder / "agent.sock"))

    def play(
        self, hosts: Mapping[str, Variables], tasks: list[dict[str, Any]], *, ssh_auth_sock: Path | None = None
    ) -> list[dict[str, Outcome]]:
        """Run ``tasks`` on all hosts at once; for each task, what it came to on each host."""
        (self.home / "inventory.json").write_text(json.dumps(self._inventory(hosts)))
        (self.home / "play.json").write_text(json.dumps([{**PLAY, "tasks": tasks}]))
        done = subprocess.run(
            [Path(sys.executable).with_name("ansible-playbook"), "-i", "inventory.json", "play.json"],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=self.home,
            env=self._environment(ssh_auth_sock, len(hosts)),
            timeout=RUN_SECONDS,
        )
        assert done.stdout.startswith("{"), f"ansible-playbook said:\n{done.stdout}\n{done.stderr}"
        played = json.loads(done.stdout)["plays"][0]["tasks"]
        return [{host: _outcome(result) for host, result in task["hosts"].items()} for task in played]

    def sessions(self) -> list[dict[str, Any]]:
        """The sessions that the agent holds; none where there is no agent."""
        with contextlib.suppress(NoAgent):
            return list(self._agent.ask("info", {}, start=False)["sessions"])
        return []

    def stop(self) -> None:
        """End the agent."""
        with contextlib.suppress(NoAgent):
            self._agent.ask("stop", {"force": True}, start=False)

    def _inventory(self, hosts: Mapping[str, Variables]) -> dict[str, Any]:
        common = {
            "ansible_connection": "callhome.junos.netconf",
            "ansible_network_os": "callhome.junos.junos",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "call_home_listen": f"127.0.0.1:{self.port}",
            "call_home_agent_socket": str(self._agent.path),
        }
        return {"all": {"vars": common, "hosts": hosts}}

    def _environment(self, ssh_auth_sock: Path | None, forks: int) -> dict[str, str]:
        environment = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.home),
            "ANSIBLE_HOME": str(self.home / ".ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            "ANSIBLE_FORKS": str(forks),
        }
        return environment | ({"SSH_AUTH_SOCK": str(ssh_auth_sock)} if ssh_auth_sock else {})


@contextlib.contextmanager
def controller() -> Iterator[Controller]:
    """A controller whose agent and folder are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="call-home-"))
    home = Controller(folder)
    try:
        yield home
    finally:
        home.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _outcome(result: Mapping[str, Any]) -> Outcome:
    status = next((status for status in ("unreachable", "failed") if result.get(status)), "ok")
    return Outcome(status, str(result.get("msg", "")), result)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
