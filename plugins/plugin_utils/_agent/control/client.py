# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other end of the control socket: asks the agent, and starts it where none answers.

Imports nothing that the agent needs for SSH: it runs in every worker of every playbook.
"""

from __future__ import annotations

import fcntl
import os
import select
import socket
import struct
import subprocess
import sys
import time
import typing as t
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ansible.utils.collection_loader import AnsibleCollectionConfig

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.version import running
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.wire import encode, parse

START_SECONDS = 30.0
"""Longest start of an agent on a busy machine."""
ANSWER_SECONDS = 30.0
"""Longest silence of an agent whose request has no time of its own."""
READY = "ready"
ATTEMPTS = 5
"""An agent that is asked may be about to go, as may the next."""
KEPT = {
    *("ANSIBLE_CONFIG", "ANSIBLE_HOME", "ANSIBLE_LOCAL_TEMP", "ANSIBLE_NETCONF_PLUGINS"),
    *("HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER", "XDG_RUNTIME_DIR"),
    *("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"),
}
"""The variables that an agent is started with, and those of the locale."""
LONGEST_ANSWER = 64 << 20
"""Bytes; what an agent with thousands of parked calls has to tell is a megabyte."""

Progress = Callable[[dict[str, t.Any]], None]


class NoAgent(Exception):
    """Nobody answers at the control socket."""


class AgentClient:
    """Asks the agent of one control socket."""

    def __init__(self, path: str, *, command: tuple[str, ...] = ()) -> None:
        """``command`` has further arguments for an agent that has to be started (limits, idle time)."""
        self.path = Path(path).expanduser().absolute()
        self._command = command

    def ask(
        self,
        request: str,
        arguments: Mapping[str, t.Any],
        *,
        timeout: float = 0.0,
        progress: Progress | None = None,
        start: bool = True,
    ) -> dict[str, t.Any]:
        """The agent's answer to one request.

        ``timeout`` is what the request itself may take, in seconds. Raises :exc:`AgentError`, and :exc:`NoAgent` where
        there is none and ``start`` is False.
        """
        message = encode({"request": request, "agent": running(), "arguments": arguments})
        for _attempt in range(ATTEMPTS):
            try:
                return self._exchange(message, timeout + ANSWER_SECONDS, progress)
            except NoAgent:
                if not start:
                    raise
                self._start()
            except AgentError as exc:
                if exc.kind is not Kind.RETIRED:
                    raise
        raise AgentError(Kind.UNREACHABLE, f"the call home agent at {self.path} does not stay; its log is {self._log}")

    @property
    def _log(self) -> Path:
        return self.path.with_suffix(".log")

    def _exchange(self, message: bytes, timeout: float, progress: Progress | None) -> dict[str, t.Any]:
        with self._connected() as connection:
            deadline = time.monotonic() + timeout
            try:
                connection.sendall(message)
                for line in _lines(connection, deadline):
                    answer = parse(line)
                    if "progress" not in answer:
                        return _result(answer)
                    if progress is not None:
                        progress(answer["progress"])
            except TimeoutError:
                raise self._broken(f"it was silent for {timeout:.0f} s") from None
            except ValueError as exc:
                raise self._broken(str(exc)) from None
            except ConnectionError:
                pass
        raise NoAgent(f"the call home agent at {self.path} ended before it answered; its log is {self._log}")

    def _broken(self, what: str) -> AgentError:
        return AgentError(
            Kind.UNREACHABLE, f"the call home agent at {self.path} gave no answer: {what}; its log is {self._log}"
        )

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            # Python's own timeout would give EAGAIN at once where an agent has many waiting
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(ANSWER_SECONDS), 0))
            try:
                connection.connect(str(self.path))
            except BlockingIOError:
                raise self._broken(f"it took no request for {ANSWER_SECONDS:.0f} s") from None
            except (FileNotFoundError, ConnectionRefusedError):
                raise NoAgent(f"no call home agent answers at {self.path}") from None
            except OSError as exc:
                raise AgentError(
                    Kind.UNREACHABLE, f"call_home_agent_socket {self.path}: {exc.strerror or exc}"
                ) from None
            yield connection

    # --- starting it

    def _start(self) -> None:
        """Start an agent in the background, unless another worker does so meanwhile."""
        folder = self.path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.path.with_suffix(".starting"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            raise AgentError(Kind.BAD_REQUEST, f"call_home_agent_socket {self.path}: {exc.strerror}") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._another_answers():
                self._spawn()
        finally:
            os.close(lock)

    def wait_until_gone(self) -> None:
        """Until an agent that was told to go has gone, or another has taken its place."""
        self._another_answers()

    def _another_answers(self) -> bool:
        """Whether an agent takes requests; where none does, waits until the last one has let go of its lock."""
        deadline = time.monotonic() + START_SECONDS
        lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while not self._answers():
                if _is_free(lock):
                    return False
                if time.monotonic() > deadline:
                    raise self._broken(f"it has ended, and holds {self.path.with_suffix('.lock')}")
                time.sleep(0.05)
        finally:
            os.close(lock)
        return True

    def _answers(self) -> bool:
        try:
            with self._connected():
                return True
        except NoAgent:
            return False

    def _spawn(self) -> None:
        agent = str(Path(os.path.abspath(__file__)).parents[1])
        command = [sys.executable, agent, "--socket", str(self.path), "--background", *self._command]
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


def _lines(connection: socket.socket, deadline: float) -> Iterator[bytes]:
    pending = b""
    while True:
        connection.settimeout(max(0.01, deadline - time.monotonic()))
        received = connection.recv(65536)
        if not received:
            return
        *lines, pending = (pending + received).split(b"\n")
        if len(pending) > LONGEST_ANSWER:
            raise ValueError("its answer is too long")
        yield from lines


def _result(answer: dict[str, t.Any]) -> dict[str, t.Any]:
    if "result" in answer:
        return t.cast("dict[str, t.Any]", answer["result"])
    error = answer.get("error") or {}
    raise AgentError(Kind(error.get("kind", Kind.UNREACHABLE)), str(error.get("message", "it answered with nothing")))


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
