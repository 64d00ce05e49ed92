# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test may do to a device and ask of it, from any thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from . import load, render_text, render_xml
from .configuration import Commit, Editor, hash_passwords, loaded
from .crypt_hash import make
from .device import Device
from .events import Event, EventLog
from .filesystem import FileSystem
from .holding import Hold
from .xml_text import element

_T = TypeVar("_T")
_POLL = 0.01


class Control:
    """A simulated device as its operator has it in hand. Every method may be called from any thread."""

    def __init__(self, device: Device, loop: asyncio.AbstractEventLoop) -> None:
        self._device = device
        self._loop = loop

    # What it is

    @property
    def name(self) -> str:
        return self._device.spec.name

    @property
    def log(self) -> EventLog:
        """What happened, oldest first; `log.of(kind, **details)` picks, `log.counts` counts."""
        return self._device.log

    @property
    def direct_port(self) -> int:
        """The TCP port on which it takes connections. Raises RuntimeError where `DeviceSpec.listen` is None."""
        if self._device.direct_port is None:
            raise RuntimeError(f"{self.name} takes no direct connections: set DeviceSpec.listen")
        return self._device.direct_port

    @property
    def host_keys(self) -> list[str]:
        """Its public host keys, `type base64`."""
        return [key.public for key in self._device.host_keys]

    @property
    def host_key(self) -> str:
        """The host key that it announces."""
        return self._device.announced_host_key

    def announcement(self, client: str = "nms") -> bytes:
        """What one of its outbound-ssh clients announces. Raises KeyError where there is none that is active."""
        return self._run(lambda: self._device.announcement(client))

    # Its configuration

    @property
    def committed(self) -> str:
        """The committed configuration as XML (`<configuration>`), secrets included."""
        return self._run(lambda: str(element("configuration", render_xml.body(self._device.database.committed))))

    @property
    def committed_set(self) -> str:
        """The committed configuration as set commands."""
        return self._run(lambda: "\n".join(render_text.set_commands(self._device.database.committed)))

    @property
    def candidate_modified(self) -> bool:
        """Whether the shared candidate holds changes that are not committed."""
        return self._run(lambda: self._device.database.modified)

    @property
    def locked_by(self) -> str | None:
        """The user who holds the exclusive lock."""
        holder = self._run(lambda: self._device.database.lock)
        return None if holder is None else holder.user

    @property
    def commit_pending(self) -> bool:
        """Whether a commit waits for its confirmation."""
        return self._run(lambda: self._device.commits.pending is not None)

    def configure(self, text: str, user: str = "console") -> None:
        """Load set commands, XML or text and commit, as an operator at the console would. Raises `RpcErrors`."""
        self._run(lambda: self._commit(text, user))

    def edit(self, text: str, user: str = "console") -> None:
        """Leave changes in the shared candidate without committing them. Raises `RpcErrors`."""
        self._run(lambda: self._edit(text, user))

    def read_file(self, path: str, engine: str | None = None) -> bytes:
        """A file of a routing engine (re0, re1; the master by default). Raises `FileError` where there is none."""
        return self._run(lambda: self._files(engine).read(path))

    def write_file(self, path: str, content: str | bytes, engine: str | None = None) -> None:
        """Raises `FileError` where it has no folder or does not fit."""
        body = content.encode() if isinstance(content, str) else content
        self._run(lambda: self._files(engine).write(path, body, time=self._device.clock.now()))

    def files(self, engine: str | None = None) -> list[str]:
        """The paths of all files of a routing engine."""
        return self._run(lambda: self._files(engine).paths())

    def storage_cleanup(self) -> list[str]:
        """Empty what `request system storage cleanup` empties; the paths deleted."""
        return self._run(self._device.files.clean_up)

    # Mishaps

    def power_cut(self) -> None:
        """Gone without a word: no FIN, no RST, and no packet of the peer is acknowledged. Ends with `power_on`."""
        self._run(lambda: self._device.vanish(drop=True))

    def silence(self) -> None:
        """Hangs: TCP stands and acknowledges, nobody reads or answers, and it does not dial. Ends with `power_on`."""
        self._run(lambda: self._device.vanish(drop=False))

    def power_on(self) -> None:
        """Boot after `power_cut`, `silence` or `shut_down`: it dials anew, from another port."""
        asyncio.run_coroutine_threadsafe(self._device.start(), self._loop).result()

    def shut_down(self) -> None:
        """Close every connection and stay down, until `power_on`."""
        self._run(self._device.halt)

    def reboot(self, seconds: float = 0.0) -> None:
        """Close every connection, stay down for some seconds (of ours), and boot."""
        self.shut_down()
        time.sleep(seconds)
        self.power_on()

    def switch_over(self) -> None:
        """The other routing engine becomes master, with the configuration that was last synchronized to it, and its
        own files; every connection breaks. Raises RuntimeError where there is only one."""
        self.shut_down()
        self._run(self._device.switch_over)
        self.power_on()

    def drop_connections(self) -> None:
        """Break every TCP connection at once; it dials again by itself."""
        self._run(self._device.drop_connections)

    def stall(self, stalled: bool = True) -> None:
        """Leave NETCONF requests unanswered while SSH goes on; with False, answer those that wait."""
        self._run(lambda: self._device.stall(stalled))

    def delay(self, seconds: float, request: str = "*") -> None:
        """Hold the answers to a request (`*`: to any) back for so many seconds of ours."""
        self._run(lambda: self._device.delays.__setitem__(request, seconds))

    def hold(self, request: str, containing: str = "", *, nth: int = 1, done: bool = False) -> None:
        """Keep one request back until `let_go`: the `nth` from now on of that name whose text has `containing`. With
        `done` it is carried out, and only its answer is kept back. `log` has it as `held`."""
        self._run(lambda: setattr(self._device, "hold", Hold(request, containing, nth, done)))

    def let_go(self) -> None:
        """Go on with what `hold` keeps, if its session is still there; keep nothing any more."""
        self._run(self._device.hold.let_go)

    def set_clock(self, off_by: float) -> None:
        """Put its date so many seconds ahead of the true one (behind: negative)."""
        self._run(lambda: setattr(self._device.clock, "off_by", off_by))

    def replace_host_keys(self, *sources: str) -> None:
        """Other host keys from the next connection on: names of algorithms, or private keys as text."""
        self._run(lambda: self._device.replace_host_keys(sources))

    def stop_calling(self) -> None:
        """Dial no more, whatever is configured, until `resume_calling`; connections that stand are left alone."""
        self._run(self._device.may_dial.clear)

    def resume_calling(self) -> None:
        """Dial again."""
        self._run(self._device.may_dial.set)

    # Waiting

    def wait(self, kind: str, count: int = 1, timeout: float = 10.0, **details: object) -> Event:
        """Wait until there are so many events of a kind, and return the last. Raises TimeoutError, saying what there
        was instead."""
        self.wait_until(lambda: len(self.log.of(kind, **details)) >= count, timeout, f"{count} x {kind} {details}")
        return self.log.of(kind, **details)[-1]

    def wait_until(self, holds: Callable[[], bool], timeout: float = 10.0, what: str = "a condition") -> None:
        """Wait until something holds. Raises TimeoutError."""
        deadline = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > deadline:
                seen = ", ".join(f"{kind} {number}" for kind, number in self.log.counts.items())
                raise TimeoutError(f"{self.name}: waited {timeout} s for {what}; seen: {seen or 'nothing'}")
            time.sleep(_POLL)

    # Inside the loop

    def _run(self, work: Callable[[], _T]) -> _T:
        async def call() -> _T:
            return work()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()

    def _commit(self, text: str, user: str) -> None:
        device = self._device
        tree, _unused = loaded(device.database.committed, load.read(text, device.release))
        hash_passwords(tree, make)
        engines = device.commits.engines(tree)
        device.commits.check(tree, engines)
        device.commits.activate(Commit(tree, user, "cli", device.clock.now()), engines)

    def _files(self, engine: str | None) -> FileSystem:
        return self._device.files if engine is None else self._device.file_systems[engine]

    def _edit(self, text: str, user: str) -> None:
        device = self._device
        editor = Editor(0, user, device.clock.now())
        device.database.edit(editor, load.read(text, device.release))
