# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting an agent in the background. Apart from asking it, which every task does, as hardly any has to."""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
import sys
import time
import typing as t
from pathlib import Path

from ansible.utils.collection_loader import AnsibleCollectionConfig

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind

if t.TYPE_CHECKING:
    from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.client import AgentClient

START_SECONDS = 30.0
"""Longest start of an agent on a busy machine."""
READY = "ready"
KEPT = {
    *("ANSIBLE_CONFIG", "ANSIBLE_HOME", "ANSIBLE_LOCAL_TEMP", "ANSIBLE_NETCONF_PLUGINS"),
    *("HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER", "XDG_RUNTIME_DIR"),
    *("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"),
}
"""The variables that an agent is started with, and those of the locale."""


def start(client: AgentClient, command: tuple[str, ...]) -> None:
    """Start an agent in the background, unless another worker does so meanwhile."""
    folder = client.path.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(client.path.with_suffix(".starting"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        raise AgentError(Kind.BAD_REQUEST, f"call_home_agent_socket {client.path}: {exc.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not another_answers(client):
            _spawn(client.path, command)
    finally:
        os.close(lock)


def another_answers(client: AgentClient) -> bool:
    """Whether an agent takes requests; where none does, waits until the last one has let go of its lock."""
    deadline = time.monotonic() + START_SECONDS
    lock = os.open(client.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while not client.answers():
            if _is_free(lock):
                return False
            if time.monotonic() > deadline:
                raise client.broken(f"it has ended, and holds {client.path.with_suffix('.lock')}")
            time.sleep(0.05)
    finally:
        os.close(lock)
    return True


def _spawn(path: Path, arguments: tuple[str, ...]) -> None:
    agent = str(Path(os.path.abspath(__file__)).parents[1])
    command = [sys.executable, agent, "--socket", str(path), "--background", *arguments]
    heard, told = os.pipe()
    try:
        try:
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=told,
                             start_new_session=True, cwd="/", env=_environment())  # fmt: skip
        finally:
            os.close(told)
        said = _read_until_ready(heard, time.monotonic() + START_SECONDS)
    finally:
        os.close(heard)
    if READY not in said:
        # the last line is what argparse, a traceback and the agent itself end with
        reason = said[-1] if said else f"it said nothing for {START_SECONDS:.0f} s"
        by_hand = " ".join(argument for argument in command if argument != "--background")
        raise AgentError(Kind.UNREACHABLE, f"the call home agent did not start: {reason}. By hand: {by_hand}")


def _environment() -> dict[str, str]:
    """What an agent needs of a playbook's environment. Others may hold secrets, and it outlives the playbook."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("LC_")}
    # another collection's netconf plugin has to be found where this playbook finds it
    return {**kept, "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(AnsibleCollectionConfig.collection_paths)}


def _is_free(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(lock, fcntl.LOCK_UN)
    return True


def _read_until_ready(descriptor: int, deadline: float) -> list[str]:
    """The lines that come until one says so, the other end is closed, or the deadline."""
    text = b""
    lines: list[str] = []
    while READY not in lines and select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
        part = os.read(descriptor, 4096)
        if not part:
            break
        text += part
        lines = text.decode(errors="replace").splitlines()
    return lines
