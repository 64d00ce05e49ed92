# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's process: one for each user and socket, from its lock to its end."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import logging.handlers
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import fit_to_descriptors
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.server import Control
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.version import running
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.devices import Devices
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.settings import Settings

LOG_BYTES = 1 << 20
READY = "ready"
LOCK_SECONDS = 1.0
"""Others look at the lock for a moment, to see whether an agent is there."""
LONGEST_SOCKET_PATH = 107
"""Bytes, see unix(7)."""

log = logging.getLogger("callhome")


class CannotStart(Exception):
    """Why there is no agent now; for the person who started it."""


def run(settings: Settings) -> None:
    """Run the agent until it is stopped, or idle for long enough. Raises :exc:`CannotStart`."""
    os.umask(0o077)
    try:
        _check_length(settings)
        make_private(settings)
        with _only_agent(settings):
            _log_to(settings)
            for leftover in settings.sockets.glob("*.sock"):  # of an agent that was killed
                leftover.unlink()
            asyncio.run(_serve(settings))
    except OSError as exc:
        raise CannotStart(f"{exc.filename or settings.socket}: {exc.strerror or exc}") from exc


def _check_length(settings: Settings) -> None:
    longest = settings.sockets / f"{1 << 22}-{'0' * 16}.sock"
    too_many = len(os.fsencode(longest)) - LONGEST_SOCKET_PATH
    if too_many > 0:
        raise CannotStart(
            f"call_home_agent_socket {settings.socket} is {too_many} bytes too long for a Unix socket's path"
        )


def make_private(settings: Settings) -> None:
    """Make the folders; refuse one that others could read or replace files in."""
    for folder in (settings.folder, settings.sockets):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
        if found.st_uid != os.getuid():
            raise CannotStart(f"{folder} belongs to another user; set call_home_agent_socket to a folder of your own")
        if found.st_mode & 0o077:
            raise CannotStart(f"{folder} is open to others (mode {found.st_mode & 0o777:o}): chmod 700 {folder}")


@contextmanager
def _only_agent(settings: Settings) -> Iterator[None]:
    descriptor = os.open(settings.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + LOCK_SECONDS
    while not _locked(descriptor):
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise CannotStart(f"another agent has {settings.lock}; its socket is {settings.socket}")
        time.sleep(0.05)
    try:
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _log_to(settings: Settings) -> None:
    handler: logging.Handler
    if settings.background:
        handler = logging.handlers.RotatingFileHandler(settings.log, maxBytes=LOG_BYTES, backupCount=1)
    else:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    log.setLevel(logging.INFO)


async def _serve(settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    devices = Devices(fit_to_descriptors(settings.limits), settings.sockets)
    control = Control(devices, running(), stopped.set)
    try:
        for listen in settings.listen:
            await devices.listen(listen)
        await control.listen(settings.socket)
        _say_ready(settings)
        log.info("agent %d takes requests at %s", os.getpid(), settings.socket)
        watch = devices.spawn(_stop_when_idle(control, settings.idle_seconds, stopped))
        await stopped.wait()
        watch.cancel()
    except AgentError as exc:
        raise CannotStart(str(exc)) from None
    finally:
        control.close()
        await devices.close()
        log.info("agent %d has ended", os.getpid())


async def _stop_when_idle(control: Control, idle_seconds: float | None, stopped: asyncio.Event) -> None:
    if idle_seconds is None:
        return
    while time.monotonic() - control.last_used < idle_seconds:
        await asyncio.sleep(min(15.0, idle_seconds / 4))
        if not control.idle:
            control.last_used = time.monotonic()
    log.info("nobody has used this agent for %.0f s", idle_seconds)
    stopped.set()


def _say_ready(settings: Settings) -> None:
    if not settings.background:
        sys.stderr.write(f"call home agent: takes requests at {settings.socket}; Ctrl-C ends it\n")
        return
    with suppress(OSError):  # whoever started it may be gone, which is no fault of ours
        sys.stderr.write(f"{READY}\n")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stderr.fileno())
    os.close(nowhere)
