# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other end of the control socket: asks the agent, and starts it where none answers.

Imports nothing that the agent needs for SSH: it runs in every worker of every playbook.
"""

from __future__ import annotations

import socket
import struct
import time
import typing as t
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.version import running
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.wire import encode, parse

ANSWER_SECONDS = 30.0
"""Longest silence of an agent whose request has no time of its own."""
ATTEMPTS = 5
"""An agent that is asked may be about to go, as may the next."""
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
                raise self.broken(f"it was silent for {timeout:.0f} s") from None
            except ValueError as exc:
                raise self.broken(str(exc)) from None
            except ConnectionError:
                pass
        raise NoAgent(f"the call home agent at {self.path} ended before it answered; its log is {self._log}")

    def broken(self, what: str) -> AgentError:
        """The error for an agent that is there and does not do its part; ``what`` says which."""
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
                raise self.broken(f"it took no request for {ANSWER_SECONDS:.0f} s") from None
            except (FileNotFoundError, ConnectionRefusedError):
                raise NoAgent(f"no call home agent answers at {self.path}") from None
            except OSError as exc:
                raise AgentError(
                    Kind.UNREACHABLE, f"call_home_agent_socket {self.path}: {exc.strerror or exc}"
                ) from None
            yield connection

    def answers(self) -> bool:
        """Whether an agent takes requests."""
        try:
            with self._connected():
                return True
        except NoAgent:
            return False

    def wait_until_gone(self) -> None:
        """Until an agent that was told to go has gone, or another has taken its place."""
        from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.starting import another_answers

        another_answers(self)

    def _start(self) -> None:
        # hardly any task needs it, and Ansible compiles what a task imports anew for each
        from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.starting import start

        start(self, self._command)


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
