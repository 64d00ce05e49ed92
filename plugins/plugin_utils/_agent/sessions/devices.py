# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices: their parked calls, their sessions, and what playbooks hold of them."""

from __future__ import annotations

import asyncio
import logging
import typing as t
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from pathlib import Path

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.blocks import Blocks
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.call import Call
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.calls_seen import CallsSeen, Place
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.listening import (
    InvalidListen,
    canonical_listen,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.parking import Parking
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.reception import Reception
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.refusals import Refusals
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.requests import Device, SessionRequest
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.digests import Digests
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.known_hosts_files import KnownHostsFiles
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.owners import Owners
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.rpc_server import RpcServer
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.session import Session

THREADS = 64
"""For what blocks: logins, probes, opening and closing of channels. A caller that is not proved gets none."""
NAMES_SHOWN = 10

log = logging.getLogger("callhome")


class Devices:
    """All that the agent knows about devices. Used from the event loop's thread alone."""

    def __init__(self, limits: Limits, folder: Path) -> None:
        """``folder`` holds the sockets that are handed to modules; made inside the running event loop."""
        self._folder = folder
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[t.Any]] = set()
        self._sessions: defaultdict[Place, list[Session]] = defaultdict(list)
        self._servers: dict[Path, RpcServer] = {}
        self.refusals = Refusals(limits)
        self.blocks = Blocks(limits)
        self.seen = CallsSeen()
        self.parking = Parking(limits, self.blocks, self.refusals, self._parked, self.seen.awaited)
        self.reception = Reception(limits, self.blocks, self.parking, self.refusals)
        self.owners = Owners(self._owner_gone)
        self.digests = Digests()
        self.known_hosts = KnownHostsFiles()
        self.searches = 0
        """Hosts that wait for a session."""
        self._loop.set_default_executor(ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="work"))

    async def listen(self, listen: str) -> None:
        """Take calls there from now on; raises :exc:`AgentError`."""
        try:
            await self.reception.listen(listen)
        except InvalidListen as exc:
            raise AgentError(Kind.BAD_REQUEST, str(exc)) from None
        except OSError as exc:
            raise AgentError(Kind.UNREACHABLE, str(exc)) from None

    def sessions(self, device: Device) -> list[Session]:
        """The live sessions of a device, those made last first."""
        found = [session for place in places_of(device) for session in self._sessions.get(place, ())]
        return [session for session in reversed(found) if session.alive and _is_of(session.call, device)]

    def has_channel(self, session: Session, request: SessionRequest) -> bool:
        """Whether the request's playbook has its NETCONF channel on this session."""
        server = self._servers.get(self._path(session, request))
        return server is not None and server.usable_on(session.transport)

    def parked(self, device: Device) -> list[Call]:
        """The device's parked calls, as far as they can be believed before they are tried."""
        return self.parking.candidates(device.device_id, device.address, device.listen)

    def all_sessions(self) -> list[Session]:
        """Every live session."""
        return [session for sessions in self._sessions.values() for session in sessions if session.alive]

    def add(self, session: Session) -> None:
        """A device has proved itself and let a user in."""
        self._sessions[_place_of(session.call)].append(session)
        if not session.alive:
            self._sweep(session.call)  # its end was told before it was known here
            return
        self.seen.wake(_place_of(session.call))
        log.info("session: %s, trusted by %s, user %s let in by %s, %s", session.call.describe(), session.proof,
                 session.user, session.method, session.transport.algorithms)  # fmt: skip

    def ended(self, call: Call) -> None:
        """The transport of a call has ended; called from its thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._sweep, call)

    async def attach(self, session: Session, request: SessionRequest) -> RpcServer:
        """A NETCONF channel on ``session`` for the request's playbook; raises :exc:`NoNetconf`, :exc:`AgentError`."""
        self.owners.watch(request.owner)
        path = self._path(session, request)
        server = self._servers.get(path)
        if server is None:
            server = RpcServer(path, request.owner, request.network_os, f"device id {request.device.device_id}")
            self._servers[path] = server
        session.servers.add(server)
        await server.open(session.transport, request.command_timeout)
        return server

    async def reset(self, device: Device, owner: int) -> int:
        """Close the NETCONF channels that a playbook has with a device; returns how many."""
        servers = {server for session in self.sessions(device) for server in session.servers if server.owner == owner}
        await asyncio.gather(*(server.reset() for server in servers))
        return len(servers)

    def who_called(self, listen: str) -> str:
        """For messages about a device that did not come: a listing of those that did."""
        names = self.seen.names(canonical_listen(listen))
        if not names:
            return "nobody has called there"
        more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
        return f"who did call there: {', '.join(names[:NAMES_SHOWN])}{more}"

    @property
    def attached(self) -> set[int]:
        """Process ids of the playbooks that hold a channel."""
        return {owner for session in self.all_sessions() for owner in session.owners}

    async def close(self) -> None:
        """End everything; devices dial again, to whoever listens then."""
        self.reception.close()
        self.parking.close()
        self.owners.close()
        sessions = self.all_sessions()
        self._sessions.clear()  # what ends from now on is nobody's to sweep: the event loop ends as well
        await asyncio.gather(*(session.close() for session in sessions))
        await asyncio.gather(*(server.close() for server in self._servers.values()))

    def spawn(self, work: t.Coroutine[t.Any, t.Any, t.Any]) -> asyncio.Task[t.Any]:
        """Run something beside; the loop itself holds only weak references."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _path(self, session: Session, request: SessionRequest) -> Path:
        # One for each playbook, device, user, trust and network_os: two hosts that differ in any share no channel. One of
        # its own for what demands a newer call, as the channel to the older session has to stay: a lock and a commit that
        # waits may end with it. The same one after a reboot: Ansible keeps the first.
        told_apart = (
            _place_of(session.call),
            request.owner,
            request.network_os,
            session.digest,
            astuple(request.trust),
            request.newer_than,
        )
        return self._folder / f"{request.owner}-{self.digests.keyed(repr(told_apart)).hex()[:16]}.sock"

    def _parked(self, call: Call) -> None:
        self.seen.note(call)
        for session in self._sessions.get(_place_of(call), ()):
            # its device may have rebooted; a stranger's call leaves a session that answers alone
            if session.question():
                self.spawn(session.answers())

    def _sweep(self, call: Call) -> None:
        place = _place_of(call)
        ended = [session for session in self._sessions.get(place, ()) if session.call is call]
        for session in ended:
            self._sessions[place].remove(session)
            self.spawn(session.close())
            log.info("session ended: %s", call.describe())
        if not self._sessions.get(place):
            self._sessions.pop(place, None)
        self.seen.wake(place)

    def _owner_gone(self, owner: int) -> None:
        for path in [path for path, server in self._servers.items() if server.owner == owner]:
            server = self._servers.pop(path)
            for session in self.all_sessions():
                session.servers.discard(server)
            self.spawn(server.close())


def places_of(device: Device) -> list[Place]:
    """Where a device's calls are found: under its id, and under its address where it announces none."""
    listen = canonical_listen(device.listen)
    return [(listen, name) for name in dict.fromkeys((device.device_id, device.address)) if name is not None]


def _place_of(call: Call) -> Place:
    return (call.listen, call.name)


def _is_of(call: Call, device: Device) -> bool:
    name = device.device_id if call.device_id is not None else device.address
    return call.name == name
