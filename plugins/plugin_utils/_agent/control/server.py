# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control socket: what connection plugin and modules ask of the agent."""

from __future__ import annotations

import asyncio
import logging
import os
import time
import typing as t
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.listening import (
    InvalidListen,
    canonical_listen,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.decoding import Envelope, decode
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.requests import (
    CloseRequest,
    Device,
    InfoRequest,
    ResetRequest,
    SessionRequest,
    StopRequest,
    WaitRequest,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.version import difference
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.wire import (
    MAX_LINE,
    BadMessage,
    encode,
    parse,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.devices import Devices, places_of
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.search import Search

BACKLOG = 1024
"""Playbooks with as many forks may ask at once."""
UNREAD_BYTES = 1 << 16
"""Progress that a client has not read yet; more is not kept for it."""
BETWEEN_LOOKS_SECONDS = 0.2

Progress = Callable[[dict[str, t.Any]], None]
Handler = Callable[[t.Any, Progress], Awaitable[dict[str, t.Any]]]

log = logging.getLogger("callhome")


@dataclass(frozen=True)
class Deed:
    """One kind of request."""

    arguments: type[t.Any]
    perform: Handler
    waits: bool = False
    """Whether somebody waits for a device meanwhile, so that the agent is not idle."""


class Control:
    """Serves one request a connection; one that is closed early withdraws its request."""

    def __init__(self, devices: Devices, running: dict[str, str], stop: Callable[[], None]) -> None:
        self._devices = devices
        self._running = running
        self._stop = stop
        self._waiting = 0
        self._ending = False
        self.last_used = time.monotonic()
        """When somebody last waited for a device (monotonic seconds)."""
        self._started = time.time()
        self._server: asyncio.Server | None = None
        self._deeds: dict[str, Deed] = {
            "session": Deed(SessionRequest, self._session, waits=True),
            "wait": Deed(WaitRequest, self._wait, waits=True),
            "reset": Deed(ResetRequest, self._reset),
            "close": Deed(CloseRequest, self._close),
            "info": Deed(InfoRequest, self._info),
            "stop": Deed(StopRequest, self._stop_agent),
        }

    async def listen(self, path: Path) -> None:
        """Open the socket, for this user alone."""
        self._path = path
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, path, limit=MAX_LINE, backlog=BACKLOG)
        self._path.chmod(0o600)

    @property
    def idle(self) -> bool:
        """No playbook attached and no host waiting; parked calls and unused sessions do not count."""
        return not self._waiting and not self._devices.attached

    def close(self) -> None:
        """Take no more requests. Whoever asks from now on finds nobody, and starts another agent."""
        self._ending = True
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def send(message: dict[str, t.Any]) -> None:
            if not writer.is_closing():
                writer.write(encode(message))

        def report(progress: dict[str, t.Any]) -> None:
            if writer.transport.get_write_buffer_size() < UNREAD_BYTES:  # one that does not read is told less
                send({"progress": progress})

        try:
            request = asyncio.ensure_future(self._answer(await reader.readline(), report))
            gone = asyncio.ensure_future(reader.read(1))
            await asyncio.wait({request, gone}, return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
            if not request.done():
                request.cancel()
            with suppress(asyncio.CancelledError):
                send(await request)
                await writer.drain()
        except ValueError:
            send(_error(Kind.BAD_REQUEST, f"the agent reads no request of more than {MAX_LINE} bytes"))
        except ConnectionError:
            pass  # the other end went away
        finally:
            writer.close()
            if self._ending:
                self._stop()  # the answer went first

    async def _answer(self, line: bytes, progress: Progress) -> dict[str, t.Any]:
        try:
            return {"result": await self._perform(line, progress)}
        except BadMessage as exc:
            return _error(Kind.BAD_REQUEST, f"the agent does not understand this request: {exc}")
        except InvalidListen as exc:
            return _error(Kind.BAD_REQUEST, str(exc))
        except AgentError as exc:
            return _error(exc.kind, str(exc))
        except Exception:
            log.exception("a request failed in a way that nobody foresaw")
            return _error(Kind.BAD_REQUEST, "the agent met an error of its own; its log, beside its socket, has it")

    async def _perform(self, line: bytes, progress: Progress) -> dict[str, t.Any]:
        envelope = decode(Envelope, parse(line))
        if self._ending:
            raise AgentError(Kind.RETIRED, "this agent is about to go")
        self._check_version(envelope.agent)
        deed = self._deeds.get(envelope.request)
        if deed is None:
            raise BadMessage(f"there is no request {envelope.request[:40]!r}")
        arguments = decode(deed.arguments, envelope.arguments)
        self._waiting += deed.waits
        try:
            return await deed.perform(arguments, progress)
        finally:
            self._waiting -= deed.waits
            if deed.waits:
                self.last_used = time.monotonic()

    def _check_version(self, theirs: dict[str, str]) -> None:
        """An agent that runs something else than the playbook goes when it is idle, else says who is in the way."""
        differs = difference(self._running, theirs)
        if not differs:
            return
        if self.idle:
            self.close()
            raise AgentError(Kind.RETIRED, f"{differs}; that agent was idle and has gone")
        owners = ", ".join(str(pid) for pid in sorted(self._devices.attached)) or "one that waits for a device"
        raise AgentError(
            Kind.OTHER_VERSION,
            f"the call home agent cannot serve this playbook: {differs}. It is in use by playbook process {owners}: let"
            " that finish, or set another call_home_agent_socket and call_home_listen for one of the two",
        )

    # --- the deeds

    async def _session(self, request: SessionRequest, progress: Progress) -> dict[str, t.Any]:
        search = Search(self._devices, request, progress)
        session, server = await search.run()
        return {
            "socket_path": str(server.path),
            "session": session.info(),
            "trust": session.verdict(search.trust).reason,
        }

    async def _reset(self, request: ResetRequest, progress: Progress) -> dict[str, t.Any]:
        return {"closed": await self._devices.reset(request.device, request.owner)}

    async def _wait(self, request: WaitRequest, progress: Progress) -> dict[str, t.Any]:
        for listen in {device.listen for device in request.devices}:
            await self._devices.listen(listen)
        deadline = time.monotonic() + request.timeout
        places = [place for device in request.devices for place in places_of(device)]
        ids = {device.device_id for device in request.devices}
        enough = len(ids) if request.at_least is None else min(request.at_least, len(ids))
        with self._devices.seen.waiting(places) as changed:
            while True:
                changed.clear()
                called = self._called(request)
                missing = [device for device in request.devices if device.device_id not in called]
                left = deadline - time.monotonic()
                progress({"called": sorted(called), "missing": [device.device_id for device in missing]})
                if len(called) >= enough or left <= 0:
                    return {"called": list(called.values()), **self._not_called(request, missing)}
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), left)
                await asyncio.sleep(min(left, BETWEEN_LOOKS_SECONDS))  # strangers decide how often something changes

    def _called(self, request: WaitRequest) -> dict[str, dict[str, t.Any]]:
        """By device id, the newest call or session of each device that has one which counts."""
        called = {}
        for device in request.devices:
            calls = [*(session.call for session in self._devices.sessions(device)), *self._devices.parked(device)]
            if not request.newer_than and not calls:
                continue
            seen = self._devices.seen.last(places_of(device))
            if seen is not None and seen.serial > request.newer_than:
                called[device.device_id] = {
                    "device_id": device.device_id,
                    "serial": seen.serial,
                    "address": seen.address,
                }
        return called

    def _not_called(self, request: WaitRequest, missing: list[Device]) -> dict[str, t.Any]:
        ids = {device.device_id for device in missing}
        asked = {name for device in request.devices for _listen, name in places_of(device)}
        return {
            "missing": sorted(ids),
            "refused": [entry for entry in self._devices.refusals.info() if entry["device_id"] in ids],
            "others": sorted({name for device in missing
                              for name in self._devices.seen.names(canonical_listen(device.listen))} - asked),
        }  # fmt: skip

    async def _close(self, request: CloseRequest, progress: Progress) -> dict[str, t.Any]:
        sessions = [session for session in self._devices.all_sessions() if session.call.name == request.device_id]
        owners = {owner for session in sessions for owner in session.owners} - {request.owner}
        if owners and not request.force:
            raise AgentError(
                Kind.IN_USE,
                f"device id {request.device_id}: its session is in use by playbook process"
                f" {', '.join(map(str, sorted(owners)))}; let that finish, or set force",
            )
        if not request.check:
            await asyncio.gather(*(session.close() for session in sessions))
        return {"closed": len(sessions)}

    async def _info(self, request: InfoRequest, progress: Progress) -> dict[str, t.Any]:
        return {
            "pid": os.getpid(),
            "started": self._started,
            "running": self._running,
            "waiting": self._devices.seen.awaited_names(),
            "playbooks": sorted(self._devices.attached),
            "sessions": [session.info() for session in self._devices.all_sessions()],
            "seen": self._devices.seen.info(),
            "reception": self._devices.reception.info(),
            "parking": self._devices.parking.info(),
            "refusals": self._devices.refusals.info(),
            "blocks": self._devices.blocks.info(),
        }

    async def _stop_agent(self, request: StopRequest, progress: Progress) -> dict[str, t.Any]:
        owners = self._devices.attached - {request.owner}
        if owners and not request.force:
            named = ", ".join(str(pid) for pid in sorted(owners))
            raise AgentError(
                Kind.IN_USE, f"the agent is in use by playbook process {named}; let that finish, or set force"
            )
        if not request.check:
            self.close()
        return {"stopped": os.getpid()}


def _error(kind: Kind, message: str) -> dict[str, t.Any]:
    return {"error": {"kind": kind.value, "message": message}}
