# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An SSH session with a device: it belongs to the device, and playbooks attach channels to it."""

from __future__ import annotations

import asyncio
import time
import typing as t
from dataclasses import dataclass, field

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.call import Call
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.rpc_server import RpcServer
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.transport import CallTransport
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.host_trust import HostTrust, Verdict

PROBE_SECONDS = 5.0
"""How long a device has to answer a keepalive before its session counts as dead."""
PROBE_PAUSE_SECONDS = 10.0
"""Between probes that newcomers set off: anybody can announce any device id."""


@dataclass(eq=False)
class Session:
    """A device that has proved itself and let a user in."""

    call: Call
    """The call it came from; its announcement goes into every new verdict."""
    transport: CallTransport
    user: str
    method: str
    """How the user was let in: ``certificate``, ``key`` or ``password``."""
    digest: bytes = field(repr=False)
    """Keyed digest of user and credential."""
    proof: str | None
    """What proved the device when the session was made."""
    host_key: bytes = field(repr=False)
    opened: float = field(default_factory=time.time)
    servers: set[RpcServer] = field(default_factory=set)
    _probe: asyncio.Task[bool] | None = field(default=None, repr=False)
    _probed: float = 0.0
    _in_question: bool = False

    @property
    def alive(self) -> bool:
        """As far as is known: a device that lost power looks alive until it is probed."""
        return bool(self.transport.is_active())

    @property
    def owners(self) -> set[int]:
        """Process ids of the playbooks that hold a channel."""
        return {server.owner for server in self.servers if server.channel is not None or server.busy}

    @property
    def busy(self) -> bool:
        """Whether an RPC is under way."""
        return any(server.busy for server in self.servers)

    @property
    def doubtful(self) -> bool:
        """Whether to ask the device before it is relied on: an RPC was left unanswered, or the device called anew."""
        unanswered = any(server.channel is not None and server.channel.left_unanswered for server in self.servers)
        return unanswered or self._in_question

    def verdict(self, trust: HostTrust) -> Verdict:
        """Judge the key or certificate that this session holds, now, under the settings of one request."""
        return trust.judge(self.host_key, self.call.announcement, time.time())

    def question(self) -> bool:
        """A newer call announces this device: it may have rebooted. Returns whether to ask it right away."""
        self._in_question = True
        return time.monotonic() - self._probed >= PROBE_PAUSE_SECONDS

    async def answers(self) -> bool:
        """Whether the device answers; the session is closed where it does not. Those who ask at once ask together."""
        if self._probe is None or self._probe.done():
            self._probe = asyncio.ensure_future(self._ask())
        return await asyncio.shield(self._probe)

    async def _ask(self) -> bool:
        self._probed = time.monotonic()
        answered = await asyncio.to_thread(self.transport.answers, PROBE_SECONDS)
        self._in_question = False
        if not answered:
            await self.close()
        return answered

    async def close(self) -> None:
        """End the SSH session and the channels on it. The device dials again."""
        await asyncio.to_thread(self.transport.drop)
        servers, self.servers = self.servers, set()
        await asyncio.gather(*(server.reset() for server in servers))

    def info(self) -> dict[str, t.Any]:
        """For people: plain values, nothing secret."""
        return {
            **self.call.info(),
            "age": round(time.time() - self.opened, 1),
            "user": self.user,
            "authentication": self.method,
            "host_trust": self.proof,
            "algorithms": self.transport.algorithms,
            "playbooks": sorted(self.owners),
        }
