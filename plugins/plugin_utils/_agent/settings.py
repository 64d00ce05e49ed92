# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the agent lives and how long it stays: the arguments of its command line."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields
from pathlib import Path

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits

DEFAULT_SOCKET = "~/.ansible/call_home/agent.sock"
IDLE_SECONDS = 1800.0


@dataclass(frozen=True)
class Settings:
    """What an agent is started with."""

    socket: Path
    limits: Limits
    idle_seconds: float | None
    """None: it stays until it is stopped, as in the foreground form."""
    listen: tuple[str, ...] = ()
    background: bool = False
    """Started by a playbook: says on its standard error that it is ready, or why it is not, and then no more."""

    @property
    def folder(self) -> Path:
        """Holds the control socket, the modules' sockets, the lock and the log; mode 0700."""
        return self.socket.parent

    @property
    def sockets(self) -> Path:
        """Holds the sockets that are handed to modules."""
        return self.folder / f"{self.socket.stem}.channels"

    @property
    def lock(self) -> Path:
        """Held by the agent as long as it lives."""
        return self.socket.with_suffix(".lock")

    @property
    def log(self) -> Path:
        """Bounded, one older file beside it."""
        return self.socket.with_suffix(".log")


def parse_arguments(arguments: list[str]) -> Settings:
    """The settings of a command line; exits with its usage where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="call-home-agent",
        description="Takes the calls of Junos devices and keeps their sessions for playbooks; see docs/agent.md.",
    )
    parser.add_argument("--socket", default=DEFAULT_SOCKET, metavar="PATH", help="control socket (%(default)s)")
    parser.add_argument("--listen", action="append", default=[], metavar="ADDRESS:PORT",
                        help="take calls there from the start; playbooks add theirs")  # fmt: skip
    parser.add_argument("--background", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--idle", type=float, default=IDLE_SECONDS, metavar="SECONDS",
                        help="go after so many idle seconds; only in the background form (%(default)s)")  # fmt: skip
    for limit in fields(Limits):
        parser.add_argument(f"--{limit.name.replace('_', '-')}", type=type(limit.default), default=limit.default,
                            metavar="N", help=f"{limit.metadata['help']} (%(default)s)")  # fmt: skip
    given = parser.parse_args(arguments)
    try:
        limits = Limits(**{limit.name: getattr(given, limit.name) for limit in fields(Limits)})
    except ValueError as exc:
        parser.error(str(exc))
    return Settings(
        socket=Path(given.socket).expanduser().absolute(),
        limits=limits,
        idle_seconds=given.idle if given.background else None,
        listen=tuple(given.listen),
        background=given.background,
    )
