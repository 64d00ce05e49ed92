"""The agent as a process: who starts it, what replaces it, what it leaves behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control import client as client_module
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.client import AgentClient, NoAgent
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.version import running

PLUGINS = Path(client_module.__file__).parents[3]


@pytest.fixture
def path() -> Iterator[Path]:
    """A control socket's path of this test's own; whoever is there at the end is stopped."""
    folder = tempfile.mkdtemp(prefix="ch")
    path = Path(folder) / "agent.sock"
    try:
        yield path
    finally:
        client = AgentClient(str(path))
        try:
            client.ask("stop", {"force": True}, start=False)
            client.wait_until_gone()
        except (AgentError, NoAgent):
            pass
        shutil.rmtree(folder)


def pid_of(path: Path) -> int:
    return int(AgentClient(str(path)).ask("info", {})["pid"])


def until(holds: Callable[[], object], within: float = 10.0) -> None:
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def ask_from_another_copy(path: Path, times: int = 1) -> list[subprocess.Popen[str]]:
    """Processes that run a copy of the collection, as after an upgrade, and ask the agent for its pid."""
    copy = path.parent / "other" / "ansible_collections" / "callhome" / "junos"
    if not copy.exists():
        shutil.copytree(PLUGINS, copy / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    program = (
        "import sys; from ansible.plugins.loader import init_plugin_loader; init_plugin_loader([sys.argv[1]])\n"
        "from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.client import AgentClient\n"
        "print(AgentClient(sys.argv[2]).ask('info', {})['pid'])"
    )
    command = [sys.executable, "-c", program, str(path.parent / "other"), str(path)]
    return [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/")
            for _unused in range(times)]  # fmt: skip


def test_fifty_that_ask_at_once_start_one_agent(path: Path) -> None:
    with ThreadPoolExecutor(50) as pool:
        pids = set(pool.map(lambda _: pid_of(path), range(50)))
    assert len(pids) == 1


def test_an_agent_that_was_killed_is_replaced_and_what_it_left_is_gone(path: Path) -> None:
    first = pid_of(path)
    leftover = path.parent / "agent.channels" / "1-0123456789abcdef.sock"
    leftover.touch()
    os.kill(first, signal.SIGKILL)
    until(lambda: not is_running(first))
    assert path.exists()
    with ThreadPoolExecutor(20) as pool:
        pids = set(pool.map(lambda _: pid_of(path), range(20)))
    assert len(pids) == 1 and first not in pids and not leftover.exists()


def test_an_agent_that_was_told_to_go_is_replaced_without_an_error_however_soon_it_is_asked(path: Path) -> None:
    for _unused in range(3):
        before = pid_of(path)
        AgentClient(str(path)).ask("stop", {}, start=False)
        assert pid_of(path) != before


def test_an_agent_that_is_terminated_amid_requests_is_replaced(path: Path) -> None:
    first = pid_of(path)
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(pid_of, path) for _unused in range(100)]
        os.kill(first, signal.SIGTERM)
        pids = [answer.result() for answer in answers]
    assert len(set(pids) - {first}) <= 1


def test_an_idle_agent_of_another_copy_is_replaced_by_one(path: Path) -> None:
    first = pid_of(path)
    others = ask_from_another_copy(path, times=6)
    said = [other.communicate(timeout=60) for other in others]
    assert not any(error for _pid, error in said)
    pids = {int(pid) for pid, _error in said}
    assert len(pids) == 1 and first not in pids
    until(lambda: not is_running(first))


def test_an_agent_of_another_copy_that_somebody_uses_is_left_alone_and_named(path: Path) -> None:
    first = pid_of(path)
    waiting = socket.socket(socket.AF_UNIX)
    waiting.connect(str(path))
    request = {"devices": [{"device_id": "r1", "listen": "127.0.0.1:0"}], "timeout": 60}
    waiting.sendall(json.dumps({"request": "wait", "agent": running(), "arguments": request}).encode() + b"\n")
    assert b"progress" in waiting.recv(65536)
    (other,) = ask_from_another_copy(path)
    _said, error = other.communicate(timeout=60)
    assert "collection path is" in error and "waits for a device" in error
    waiting.close()
    assert pid_of(path) == first


def test_the_agent_is_its_users_alone_and_outlives_what_happens_to_the_playbook(path: Path) -> None:
    pid = pid_of(path)
    assert os.getsid(pid) == pid
    assert path.stat().st_mode & 0o777 == 0o600
    assert all(found.stat().st_mode & 0o077 == 0 for found in path.parent.iterdir())


def test_the_agent_keeps_nothing_of_the_playbooks_environment_that_could_be_secret(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSIBLE_CALL_HOME_PASSWORD", "S3cret-of-the-environment")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/nonexistent")
    pid = pid_of(path)
    kept = Path(f"/proc/{pid}/environ").read_bytes()
    assert b"S3cret" not in kept and b"SSH_AUTH_SOCK" not in kept and b"HOME=" in kept


def test_an_agent_that_cannot_start_says_why(path: Path) -> None:
    with pytest.raises(AgentError, match=r"did not start: .*unrecognized arguments: --wrong"):
        AgentClient(str(path), command=("--wrong",)).ask("info", {})
    with pytest.raises(AgentError, match="must be greater than 0"):
        AgentClient(str(path), command=("--parked-calls", "0")).ask("info", {})
    path.parent.chmod(0o755)
    with pytest.raises(AgentError, match=f"chmod 700 {path.parent}"):
        AgentClient(str(path)).ask("info", {})
    path.parent.chmod(0o700)


def test_a_socket_path_that_is_too_long_is_said_so(path: Path) -> None:
    with pytest.raises(AgentError, match="too long"):
        AgentClient(str(path.parent / ("x" * 60) / "agent.sock")).ask("info", {})


def test_an_idle_agent_goes_and_one_that_is_used_now_and_then_stays(path: Path) -> None:
    client = AgentClient(str(path), command=("--idle", "1.2"))
    pid = int(client.ask("info", {})["pid"])
    request = {"devices": [{"device_id": "r1", "listen": "127.0.0.1:0"}], "timeout": 0}
    end = time.monotonic() + 3
    while time.monotonic() < end:
        client.ask("wait", request, start=False)  # shorter than the agent's own looks at who is there
        time.sleep(0.37)
    assert is_running(pid)
    until(lambda: not is_running(pid), 5)
    assert not path.exists()


def test_the_agent_in_the_foreground_says_where_it_is_and_ends_with_ctrl_c(path: Path) -> None:
    path.parent.chmod(0o700)
    command = [sys.executable, str(PLUGINS / "plugin_utils" / "_agent"), "--socket", str(path)]
    agent = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd="/")
    assert agent.stderr is not None
    assert str(path) in agent.stderr.readline()
    assert pid_of(path) == agent.pid
    agent.send_signal(signal.SIGINT)
    _said, said = agent.communicate(timeout=10)
    assert agent.returncode == 0 and "Traceback" not in said


def test_the_agent_run_from_where_it_cannot_find_the_collection_says_which_path_to_name(path: Path) -> None:
    bare = path.parent / "checkout" / "plugins"
    shutil.copytree(PLUGINS, bare, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, str(bare / "plugin_utils" / "_agent"), "--socket", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert said.returncode == 1
    assert "is not inside ansible_collections/callhome/junos: name the installed collection" in said.stderr
    assert "Traceback" not in said.stderr


def test_two_agents_in_the_foreground_are_one_too_many(path: Path) -> None:
    pid = pid_of(path)
    command = [sys.executable, str(PLUGINS / "plugin_utils" / "_agent"), "--socket", str(path)]
    second = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=30, check=False)
    assert second.returncode == 1 and "another agent has" in second.stderr
    assert pid_of(path) == pid


def test_errors_have_a_kind_that_the_plugin_knows(path: Path) -> None:
    with pytest.raises(AgentError) as refused:
        AgentClient(str(path)).ask("reset", {"device": {"device_id": "r1", "listen": "nowhere"}, "owner": os.getpid()})
    assert refused.value.kind is Kind.BAD_REQUEST and "call_home_listen" in str(refused.value)
