# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host's search for its device: the sessions that are there, the calls that are parked, and those to come."""

from __future__ import annotations

import asyncio
import functools
import logging
import time
import typing as t
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.call import Call
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.requests import SessionRequest
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.channel import NoNetconf
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.devices import Devices, places_of
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.login import identity_of
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.rpc_server import RpcServer
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.session import Session
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.transport import (
    CallTransport,
    HandshakeFailed,
    NotLetIn,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.trials import AT_ONCE, Trials
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.host_trust import PROOFS, HostTrust, Verdict

ANOTHER_CALL_SECONDS = 10.0
"""How long to hope for a call of another outbound-ssh client, once a session or the credentials did not fit."""
LOGINS_AT_MOST = 2
"""Refused logins of one search, as a device may lock an account; its clients may differ in what they accept."""
REPORT_SECONDS = 10.0
NEWS_SECONDS = 1.0
"""Between reports that have something new: strangers decide how often something is refused."""
REFUSALS_SHOWN = 5
REFUSALS_KEPT = 100
FURTHER = "further calls, for reasons of their own"

Progress = Callable[[dict[str, t.Any]], None]

log = logging.getLogger("callhome")


class Untrusted(Exception):
    """A host key or certificate that is not proved to be the device's."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict


class Search:
    """From a request to a NETCONF channel, or to an error that tells what came instead."""

    def __init__(self, devices: Devices, request: SessionRequest, progress: Progress) -> None:
        self._devices = devices
        self._request = request
        self._progress = progress
        self._refused: Counter[str] = Counter()
        self._misfits: list[str] = []
        self._misfit_since: float | None = None
        self._barren: dict[Session, str] = {}
        self._not_let_in: list[CallTransport] = []
        self._in_use = False
        self._reported = time.monotonic()
        self._next_report = self._reported + NEWS_SECONDS

    async def run(self) -> tuple[Session, RpcServer]:
        """The session and the channel's server; raises :exc:`AgentError`."""
        request = self._request
        self.trust = self._host_trust()
        self._digest = await asyncio.to_thread(self._devices.digests.of, request.login)
        await self._devices.listen(request.device.listen)
        self._deadline = time.monotonic() + request.timeout
        with self._devices.seen.waiting(places_of(request.device)) as changed:
            self._trials = Trials(lambda: self._devices.searches, changed)
            self._devices.searches += 1
            try:
                return await self._search(changed)
            finally:
                self._devices.searches -= 1
                self._trials.close()
                for transport in self._not_let_in:
                    transport.drop()

    def _host_trust(self) -> HostTrust:
        request = self._request
        known_hosts = self._devices.known_hosts.read(request.trust.known_hosts)
        try:
            return request.trust.for_device(request.device.device_id, known_hosts)
        except ValueError as exc:
            raise AgentError(Kind.BAD_REQUEST, str(exc)) from None

    async def _search(self, changed: asyncio.Event) -> tuple[Session, RpcServer]:
        while True:
            changed.clear()
            session = await self._fitting_session() or await self._proved_session()
            if session is not None:
                server = await self._attached(session)
                if server is not None:
                    return session, server
                continue
            self._start_trials()
            self._check_time()
            await self._wait(changed)

    # --- sessions that are there

    async def _fitting_session(self) -> Session | None:
        """A session that meets this request's trust and credentials, first the one that its playbook has a channel on.

        One that nobody uses and that does not meet them is closed.
        """
        self._misfits.clear()
        self._in_use = False
        sessions = self._devices.sessions(self._request.device)
        for session in sorted(sessions, key=lambda session: not self._devices.has_channel(session, self._request)):
            if session.call.serial <= self._request.newer_than:
                continue
            if session.doubtful and not await session.answers():
                continue
            misfit = self._misfit(session)
            if misfit is None:
                return session
            await self._part_from(session, misfit)
        return None

    def _misfit(self, session: Session) -> str | None:
        if session in self._barren:
            return f"it gives no NETCONF session: {self._barren[session]}"
        verdict = session.verdict(self.trust)
        if not verdict.trusted:
            return f"its host key is not trusted here: {verdict.reason}"
        if session.digest != self._digest or session.user != self._request.login.user:
            return f"it is logged in as {session.user} with other credentials"
        if session.method not in self._request.login.authentications:
            return f"it was let in by {session.method}, which call_home_authentications does not allow"
        return None

    async def _part_from(self, session: Session, misfit: str) -> None:
        others = session.owners - {self._request.owner}
        if others or session.busy or (session.owners and not self._waited_for_another_call()):
            self._in_use = self._in_use or bool(others)
            user = ", ".join(f"process {pid}" for pid in sorted(session.owners))
            self._misfits.append(f"a session with the device is in use by {user}, and {misfit}")
            self._misfit_since = self._misfit_since or time.monotonic()
            return
        log.info("closed for a request that it does not fit (%s): %s", misfit, session.call.describe())
        await session.close()

    async def _attached(self, session: Session) -> RpcServer | None:
        try:
            return await self._devices.attach(session, self._request)
        except NoNetconf as exc:
            self._barren[session] = str(exc)  # closed where nobody uses it: the device's next call may do better
            self._refuse(session.call, f"no NETCONF session: {exc}")
            return None

    # --- calls that are parked

    def _start_trials(self) -> None:
        device, parking = self._request.device, self._devices.parking

        def best() -> list[Call]:
            return parking.candidates(
                device.device_id, device.address, device.listen, limit=AT_ONCE, newer_than=self._request.newer_than
            )

        while [call for call in best() if self._discarded(call)]:
            pass  # others stand behind those that were discarded

    def _discarded(self, call: Call) -> bool:
        """Whether the announcement alone tells that this is not the device; exchanges keys where it does not."""
        reason = self.trust.discard_reason(call.announcement)
        if reason is not None:
            self._devices.blocks.failed(*call.pair)
            self._devices.parking.refuse(call, reason)
            self._tell(call, reason)
            return True
        if (slow := self._trials.in_the_way(call)) is not None:
            self._failed(slow.call, "the key exchange was too slow while others waited")
        if self._trials.has_place(call):
            self._start(call)
        return False

    def _start(self, call: Call) -> None:
        connection = self._devices.parking.take(call)
        if connection is not None:
            algorithms = self.trust.host_key_algorithms(call.announcement)
            ended = functools.partial(self._devices.ended, call)
            self._trials.start(call, CallTransport(connection, algorithms, ended))

    async def _proved_session(self) -> Session | None:
        """The session of the first call that proves to be the device and lets us in."""
        while len(self._not_let_in) < LOGINS_AT_MOST and (trial := self._trials.take_finished()) is not None:
            try:
                trial.task.result()
                return await self._log_in(trial.call, trial.transport)
            except (HandshakeFailed, Untrusted) as exc:
                self._failed(trial.call, str(exc))
                self._give_up_where_nothing_can_pass(exc)
            except NotLetIn as exc:
                # held until the search ends: the same client of the device cannot call and be asked again meanwhile
                self._not_let_in.append(trial.transport)
                self._misfit_since = self._misfit_since or time.monotonic()
                self._refuse(trial.call, str(exc))
        return None

    async def _log_in(self, call: Call, transport: CallTransport) -> Session:
        try:
            host_key = transport.host_key_blob
            verdict = self.trust.judge(host_key, call.announcement, time.time())
            if not verdict.trusted:
                raise Untrusted(verdict)
            if verdict.proof in PROOFS:  # a key that nobody checked earns its caller nothing
                self._devices.blocks.proved(*call.pair)
            method = await self._authenticated(transport)
        except NotLetIn:
            raise
        except BaseException:
            transport.drop()
            raise
        session = Session(call, transport, self._request.login.user, method, self._digest, verdict.proof, host_key)
        self._devices.add(session)
        return session

    async def _authenticated(self, transport: CallTransport) -> str:
        def log_in() -> str:
            with identity_of(self._request.login) as identity:
                return transport.log_in(identity)

        return await asyncio.to_thread(log_in)

    def _failed(self, call: Call, reason: str) -> None:
        self._devices.blocks.failed(*call.pair)
        self._refuse(call, reason)

    def _refuse(self, call: Call, reason: str) -> None:
        self._devices.refusals.add(call, reason)
        self._tell(call, reason)

    def _tell(self, call: Call, reason: str) -> None:
        """Remember a refusal for this host's own message; what strangers can vary is bounded."""
        line = f"{call.address}: {reason}"
        self._refused[line if line in self._refused or len(self._refused) < REFUSALS_KEPT else FURTHER] += 1
        log.info("refused: %s: %s", call.describe(), reason)
        self._next_report = min(self._next_report, self._reported + NEWS_SECONDS)

    def _give_up_where_nothing_can_pass(self, exc: Exception) -> None:
        if isinstance(exc, Untrusted) and self.trust.check and not self.trust.configured:
            raise AgentError(Kind.UNREACHABLE, self._say(f"its host key cannot be trusted: {exc}"))

    # --- waiting

    async def _wait(self, changed: asyncio.Event) -> None:
        if time.monotonic() >= self._next_report:
            self._report()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pause()):
                await changed.wait()

    def _pause(self) -> float:
        """Seconds until something is due even if nothing happens."""
        now = time.monotonic()
        due = [self._deadline, self._next_report]
        if self._misfit_since is not None:
            due.append(self._misfit_since + ANOTHER_CALL_SECONDS)
        if self._trials.full:
            due.append(now + 1.0)
        return min((at - now for at in due if at > now), default=0.0)

    def _waited_for_another_call(self) -> bool:
        since = self._misfit_since
        return since is not None and time.monotonic() - since >= ANOTHER_CALL_SECONDS

    def _check_time(self) -> None:
        """Raise the error that ends the search, once it is due."""
        late = time.monotonic() >= self._deadline
        settled = self._waited_for_another_call() and not self._trials
        if self._not_let_in and (late or settled or len(self._not_let_in) >= LOGINS_AT_MOST):
            raise AgentError(Kind.UNREACHABLE, self._say("it does not let us in"))
        if self._in_use and (late or settled):
            raise AgentError(Kind.IN_USE, self._say("; ".join(self._misfits)))
        if late:
            for call in self._trials.calls:
                self._refuse(call, "its key exchange had not ended when the time was up")
            raise AgentError(Kind.UNREACHABLE, self._say(self._nobody_fitting()))

    def _nobody_fitting(self) -> str:
        seconds, listen = f"{self._request.timeout:.0f} s", self._request.device.listen
        if self._refused:
            return f"none of the calls that came to {listen} within {seconds} (call_home_timeout) was it"
        if self._misfits:
            return f"no further call came to {listen} within {seconds} (call_home_timeout); {'; '.join(self._misfits)}"
        if blocked := self._blocked():
            return f"no call was taken at {listen} within {seconds} (call_home_timeout): {'; '.join(blocked)}"
        newer_than = self._request.newer_than
        newer = f" with a serial number above {newer_than} (call_home_newer_than)" if newer_than else ""
        return (
            f"no call{newer} came to {listen} within {seconds} (call_home_timeout); {self._devices.who_called(listen)}"
        )

    def _blocked(self) -> list[str]:
        """Who calls under this device's name and is not listened to for a while: the device itself, or a stranger."""
        device = self._request.device
        return [
            f"calls under its name from {pair['source']} are refused for another {pair['seconds_left']:.0f} s"
            " after several failures, whose reasons callhome.junos.agent_info tells"
            for pair in self._devices.blocks.info()
            if device.device_id == pair["device_id"] or (pair["device_id"] is None and device.address == pair["source"])
        ][:REFUSALS_SHOWN]

    def _say(self, what: str) -> str:
        """An error for people: the device, what was seen, and what each call was refused for."""
        text = f"device id {self._request.device.device_id}: {what}"
        refused = [f"{reason} ({count} times)" if count > 1 else reason
                   for reason, count in self._refused.most_common(REFUSALS_SHOWN)]  # fmt: skip
        return ". ".join([text, *(f"Refused {line}" for line in refused)])

    def _report(self) -> None:
        self._reported = time.monotonic()
        self._next_report = self._reported + REPORT_SECONDS
        self._progress({
            "refused": [reason for reason, _unused in self._refused.most_common(REFUSALS_SHOWN)],
            "misfits": list(self._misfits),
            "trials": len(self._trials),
        })  # fmt: skip
