# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One device: configuration, files, SSH, and what of the configuration is in effect. Lives in the loop's thread."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import socket
import traceback
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import credentials, load
from .clock import Clock
from .commits import Commits
from .configuration import Database, hash_passwords, loaded
from .crypt_hash import make
from .errors import RpcErrors
from .events import EventLog
from .filesystem import FileSystem
from .groups import inherited
from .holding import Hold
from .host_keys import HostKey, host_key
from .installed import InstalledFiles
from .locking import release
from .outbound import Dialler, OutboundClient, clients, drop_incoming
from .permissions import Permissions
from .ports import free_port
from .release import Release
from .session import Protocol, Session
from .spec import DeviceSpec
from .ssh_server import DIRECT, Registered, SshService
from .tree import Node

if TYPE_CHECKING:
    import asyncssh

    from .netconf import NetconfChannel

_FIRST_SESSION_ID = 20000


class Device:
    """A Junos device. What is committed takes effect through `committed_changed`."""

    def __init__(self, spec: DeviceSpec, clock: Clock) -> None:
        self.spec = spec
        self.clock = dataclasses.replace(clock)
        self.release = Release.parse(spec.release)
        self.log = EventLog()
        self.file_systems = {engine: FileSystem(spec.storage) for engine in self.routing_engines}
        self.master = self.routing_engines[0]
        self.installed = InstalledFiles(self.files)
        self.host_keys = [host_key(source, spec.shared_host_keys) for source in spec.host_keys]
        self.booted = clock.now()
        self.connections: dict[asyncssh.SSHServerConnection, str] = {}
        """Open SSH connections, with the outbound-ssh client that made each, or `DIRECT`."""
        self.sessions: dict[int, tuple[Session, NetconfChannel]] = {}
        self.stalled = False
        self.may_dial = asyncio.Event()
        self.may_dial.set()
        self.delays: dict[str, float] = {}
        self.hold = Hold(request="")
        self.diallers: dict[str, Dialler] = {}
        self.direct_port: int | None = None
        self.ssh = SshService(self)
        self.commits = Commits(self)
        self._held: list[socket.socket] = []
        self._listener: asyncio.Task[None] | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._next_session_id = _FIRST_SESSION_ID
        self._registered: dict[str, bool] = {}
        self._on = False
        self._write_boot_files()
        self.database = Database(self._boot_configuration(), clock)
        self.engine_configurations = dict.fromkeys(self.routing_engines, self.database.committed)
        self._effective = Node.root()
        self.credentials = credentials.Credentials()
        self.host_certificate: str | None = None

    # What it is

    @property
    def host_name(self) -> str:
        return self._effective.value_at("system host-name") or "Amnesiac"

    @property
    def serial_number(self) -> str:
        return f"SIM{zlib.crc32(self.spec.name.encode()):08X}"

    @property
    def junos_namespace(self) -> str:
        return f"http://xml.juniper.net/junos/{self.spec.release}/junos"

    @property
    def routing_engines(self) -> tuple[str, ...]:
        return ("re0", "re1") if self.spec.dual_re else ("re0",)

    @property
    def files(self) -> FileSystem:
        """The files of the master routing engine."""
        return self.file_systems[self.master]

    def offers_netconf(self, client: str) -> bool:
        """Whether there is the subsystem, on a connection that an outbound-ssh client made (or `DIRECT`)."""
        if self._effective.at("system services netconf ssh") is None:
            return False
        dialler = self.diallers.get(client)
        return client == DIRECT or (dialler is not None and dialler.client.netconf)

    @property
    def announced_host_key(self) -> str:
        """The RSA key where there is one, as devices announce; else the first."""
        keys = self.offered_host_keys()
        return next((key.public for key in keys if key.algorithm == "ssh-rsa"), keys[0].public)

    def announcement(self, client: str) -> bytes:
        """What a client announces. Raises KeyError where there is none that is active."""
        return self.diallers[client].announcement()

    def offered_host_keys(self) -> list[HostKey]:
        """All, or those that hostkey-algorithm-list names; never none."""
        chosen = self._effective.at("system services ssh hostkey-algorithm-list")
        if chosen is None:
            return self.host_keys
        names = {child.name for child in chosen}
        return [key for key in self.host_keys if key.statement in names] or self.host_keys

    def login_class(self, user: str) -> str:
        login = self._effective.at("system login")
        account = None if login is None else login.get("user", user)
        name = "super-user" if account is None else account.value_at("class")
        return f"j-{name}"

    # Power

    async def start(self) -> None:
        """Take connections, and call home."""
        self._on = True
        self.booted = self.clock.now()
        if self.spec.listen is not None:
            listener = socket.create_server((self.spec.listen, self.direct_port or free_port()), backlog=64)
            listener.setblocking(False)
            self.direct_port = listener.getsockname()[1]
            self._listener = self.watch(
                asyncio.get_running_loop().create_task(self._take_connections(listener), name="listener")
            )
        self.log.add("boot")
        self.committed_changed()

    async def stop(self) -> None:
        """Close everything; the peers see it."""
        self._go_down()
        for sock in self._held:
            sock.close()
        self._held.clear()
        self.commits.stop()
        await asyncio.sleep(0)

    def halt(self) -> None:
        """A reboot's first half: connections are closed, what was not committed is lost."""
        self._go_down()
        if self.commits.pending is not None:
            self.commits.cancel()

    def vanish(self, drop: bool) -> None:
        """Be gone without a word: no connection is closed, none is served. With `drop` not even the peer's packets are
        acknowledged, as after a power cut; without, the device seems to hang."""
        self.log.add("power-cut" if drop else "silence")
        for connection in self.connections:
            held = connection.get_extra_info("socket").dup()
            if drop:
                drop_incoming(held)
            self._held.append(held)
        self.drop_connections()
        self._go_down()

    def drop_connections(self) -> None:
        """Break every TCP connection at once, without a word of SSH."""
        for connection in list(self.connections):
            connection.abort()

    def _go_down(self) -> None:
        self._on = False
        if self._listener is not None:
            self._listener.cancel()
        for task in self._serving:
            task.cancel()
        for dialler in self.diallers.values():
            dialler.stop()
        self.diallers.clear()
        self.database.lock = None
        self.database.discard()

    def switch_over(self) -> None:
        """Make the other routing engine the master. Raises RuntimeError where there is none."""
        others = [engine for engine in self.routing_engines if engine != self.master]
        if not others:
            raise RuntimeError(f"{self.spec.name} has one routing engine: set DeviceSpec.dual_re")
        self.master = others[0]
        self.installed = InstalledFiles(self.files)
        self.database = Database(self.engine_configurations[self.master], self.clock)
        self.log.add("switch-over", master=self.master)

    async def _take_connections(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.closing(listener):
            while True:
                sock, _unused = await loop.sock_accept(listener)
                registered = Registered(self.credentials.certificates, self.host_certificate)
                task = self.watch(loop.create_task(self.ssh.serve(sock, registered)))
                self._serving.add(task)
                task.add_done_callback(self._serving.discard)

    def watch(self, task: asyncio.Task[None]) -> asyncio.Task[None]:
        """Let no fault of the simulator's own go unseen: it becomes an event, and an error when the simulator stops."""
        task.add_done_callback(self._note_fault)
        return task

    def _note_fault(self, task: asyncio.Task[None]) -> None:
        fault = None if task.cancelled() else task.exception()
        if fault is not None:
            self.log.add("bug", name=task.get_name(), trace="".join(traceback.format_exception(fault)))

    # Sessions

    def open_session(self, channel: NetconfChannel, user: str) -> Session:
        self._next_session_id += 1
        session = Session(
            self,
            self._next_session_id,
            user,
            Permissions.of(user, self._effective),
            Protocol.of(self._effective),
            self.clock.now(),
        )
        self.sessions[session.session_id] = (session, channel)
        self.log.add("session", user=user, session_id=session.session_id)
        return session

    def close_session(self, session: Session) -> None:
        """Also of a session whose connection broke: its lock goes, and what it did not commit."""
        if self.sessions.pop(session.session_id, None) is not None:
            release(session)
            self.commits.session_ended(session)
            self.log.add("session-end", user=session.user, session_id=session.session_id)

    def kill_session(self, session_id: int) -> bool:
        found = self.sessions.get(session_id)
        if found is not None:
            found[1].close()
        return found is not None

    def replace_host_keys(self, sources: Sequence[str]) -> None:
        """Other keys from the next connection on, as after the hardware was replaced: names of algorithms, or private
        keys as text."""
        self.host_keys = [host_key(source, shared=False) for source in sources]
        self._write_public_keys()
        self.ssh.configuration_changed()

    def delay_of(self, request: str) -> float:
        """Seconds of ours that the answer to a request is held back."""
        return self.delays.get(request, self.delays.get("*", 0.0))

    def stall(self, stalled: bool) -> None:
        """Leave requests unanswered while SSH goes on, or answer those that wait."""
        self.stalled = stalled
        if not stalled:
            for _unused, channel in list(self.sessions.values()):
                channel.resume()

    # What is committed takes effect

    def committed_changed(self) -> None:
        self._effective = inherited(self.database.committed.active())
        self.installed.update(self._effective)
        self.credentials = credentials.read(self._effective, self.installed)
        self.host_certificate = credentials.host_certificate(self._effective, self.installed)
        self.ssh.configuration_changed()
        wanted = clients(self._effective)
        self._register(wanted)
        if not self._on:
            return
        if self.spec.cuts_before_reply:
            self._cut(wanted)
        asyncio.get_running_loop().call_soon(self._dial, wanted)

    def _cut(self, wanted: dict[str, OutboundClient]) -> None:
        """Break the connections of clients that are gone or changed, before the commit's reply can leave."""
        gone = {name for name, dialler in self.diallers.items() if wanted.get(name) != dialler.client}
        for connection, client in list(self.connections.items()):
            if client in gone:
                connection.abort()

    def _register(self, wanted: dict[str, OutboundClient]) -> None:
        """A client registers the certificates in the commit that makes it active, and later changes only if it did."""
        current = self.credentials.certificates
        principals = current.principals or any(account.principals for account in self.credentials.accounts.values())
        complete = bool(self.host_certificate and current.authorities and principals)
        registers = complete or self.spec.registers_partly
        for name in wanted.keys() - self._registered.keys():
            self._registered[name] = registers
            self.log.add("registered", client=name, certificates=registers)
        for name in self._registered.keys() - wanted.keys():
            del self._registered[name]

    def registration(self, name: str) -> Registered:
        """The certificates with which a client's connections are served."""
        if not self._registered.get(name):
            return Registered()
        return Registered(self.credentials.certificates, self.host_certificate)

    def _dial(self, wanted: dict[str, OutboundClient]) -> None:
        for name, dialler in list(self.diallers.items()):
            if wanted.get(name) != dialler.client:
                self.diallers.pop(name).stop()
            else:
                dialler.registered = self.registration(name)
        for name, client in wanted.items():
            if name not in self.diallers and self._on:
                self.diallers[name] = Dialler(self, client, self.registration(name))

    # Before it starts

    def _write_boot_files(self) -> None:
        self._write_public_keys()
        for files in self.file_systems.values():
            for path, content in self.spec.boot_files().items():
                files.write(path, content, time=self.booted)

    def _write_public_keys(self) -> None:
        for files in self.file_systems.values():
            for key in self.host_keys:
                files.write(f"{key.file}.pub", f"{key.public} root@{self.spec.name}\n".encode(), time=self.booted)

    def _boot_configuration(self) -> Node:
        commands = "\n".join(self.spec.boot_commands())
        edits = load.read(commands, self.release)
        if self.spec.configuration.strip():
            edits += load.read(self.spec.configuration, self.release)
        tree, problems = loaded(Node.root(), edits)
        if problems:
            raise RpcErrors(problems)
        hash_passwords(tree, make)
        return tree
