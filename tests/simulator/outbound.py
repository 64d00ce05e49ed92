# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""outbound-ssh: one dialler for each client that is configured and active (`[edit system services outbound-ssh]`)."""

from __future__ import annotations

import asyncio
import ctypes
import ipaddress
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import obfuscation
from .announcement import announcement, pieces
from .ssh_server import KeepAlive, Registered
from .tree import Node

if TYPE_CHECKING:
    from .device import Device

REDIAL_PAUSE = 5.0
"""Seconds of the device between the end of a connection and the next attempt. Junos' own figure is not published."""
SO_ATTACH_FILTER = 26
_DEFAULT_RETRY = 3
_DEFAULT_TIMEOUT = 15.0


@dataclass(frozen=True)
class Server:
    """Where to dial: attempts before the next server, and seconds for (and between) attempts."""

    host: str
    port: int
    retry: int = _DEFAULT_RETRY
    timeout: float = _DEFAULT_TIMEOUT


@dataclass(frozen=True)
class OutboundClient:
    """One `client` stanza: one connection at a time, to the first of its servers that answers."""

    name: str
    device_id: str
    secret: str | None
    servers: tuple[Server, ...]
    sticky: bool
    keep_alive: KeepAlive
    netconf: bool

    @classmethod
    def read(cls, client: Node) -> OutboundClient:
        """The stanza of an effective configuration."""
        secret, probes = client.value_at("secret"), client.get("keep-alive")
        return cls(
            name=str(client.key),
            device_id=client.value_at("device-id") or "",
            secret=None if secret is None else obfuscation.clear(secret),
            servers=tuple(
                Server(
                    str(server.key),
                    int(server.value_at("port") or 0),
                    int(server.value_at("retry") or 3),
                    float(server.value_at("timeout") or _DEFAULT_TIMEOUT),
                )
                for server in client.all("servers")
            ),
            sticky=client.value_at("reconnect-strategy") == "sticky",
            keep_alive=KeepAlive()
            if probes is None
            else KeepAlive(float(probes.value_at("timeout") or _DEFAULT_TIMEOUT), int(probes.value_at("retry") or 3)),
            netconf=client.value_at("services") == "netconf",
        )


def clients(effective: Node) -> dict[str, OutboundClient]:
    """The clients of an effective configuration by their names."""
    service = effective.at("system services outbound-ssh")
    found = [] if service is None else [OutboundClient.read(client) for client in service.all("client")]
    return {client.name: client for client in found}


class Dialler:
    """Keeps one client connected: dials, announces, serves SSH, and dials again when the connection breaks."""

    def __init__(self, device: Device, client: OutboundClient, registered: Registered) -> None:
        self.client = client
        self.registered = registered
        self.connected: Server | None = None
        self.connected_at = 0.0
        self._device = device
        self._last: Server | None = None
        self._task = device.watch(
            asyncio.get_running_loop().create_task(self._run(), name=f"outbound-ssh client {client.name}")
        )

    def stop(self) -> None:
        """Give up for good, and close what is open."""
        self._task.cancel()

    def announcement(self) -> bytes:
        """What it sends first on every connection."""
        return announcement(
            self.client.device_id, self._device.announced_host_key, self.client.secret, self._device.spec.announcement
        )

    async def _run(self) -> None:
        pause = self._device.clock.real(self._device.spec.redial_pause)
        while self.client.servers:
            for server in self._order():
                if await self._try(server):
                    break
            await asyncio.sleep(pause)

    def _order(self) -> list[Server]:
        """in-order starts from the first server; sticky from the last one connected, then the next ones in turn."""
        servers = list(self.client.servers)
        if not self.client.sticky or self._last not in servers:
            return servers
        start = servers.index(self._last)
        return servers[start:] + servers[:start]

    async def _try(self, server: Server) -> bool:
        """Whether a connection was made; then it has ended."""
        timeout = self._device.clock.real(server.timeout)
        for attempt in range(1, server.retry + 1):
            await self._device.may_dial.wait()
            self._device.log.add("dial", client=self.client.name, server=f"{server.host}:{server.port}")
            deadline = asyncio.get_running_loop().time() + timeout
            try:
                async with asyncio.timeout(timeout):
                    sock = await self._connect(server)
            except (OSError, TimeoutError) as problem:
                self._device.log.add(
                    "dial-failed",
                    client=self.client.name,
                    server=f"{server.host}:{server.port}",
                    attempt=attempt,
                    reason=str(problem) or "timed out",
                )
                await asyncio.sleep(max(0.0, deadline - asyncio.get_running_loop().time()))
                continue
            self._last = self.connected = server
            self.connected_at = self._device.clock.now()
            try:
                await self._serve(sock)
            finally:
                self.connected = None
            return True
        return False

    async def _connect(self, server: Server) -> socket.socket:
        loop = asyncio.get_running_loop()
        family, address = await _resolved(server)
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            if self._device.spec.source_address is not None:
                sock.bind((self._device.spec.source_address, 0))
            await loop.sock_connect(sock, address)
        except BaseException:
            sock.close()
            raise
        return sock

    async def _serve(self, sock: socket.socket) -> None:
        style = self._device.spec.announcement
        data = self.announcement()
        try:
            for piece in pieces(data, style):
                await asyncio.get_running_loop().sock_sendall(sock, piece)
                if style.pause:
                    await asyncio.sleep(style.pause)
        except OSError:
            sock.close()
            return
        self._device.log.add("announced", client=self.client.name, device_id=self.client.device_id)
        probes = self.client.keep_alive
        await self._device.ssh.serve(
            sock,
            self.registered,
            KeepAlive(self._device.clock.real(probes.interval), probes.count),
            client=self.client.name,
        )


async def _resolved(server: Server) -> tuple[int, tuple[Any, ...]]:
    """Family and address of a server; only a name needs a thread to be looked up."""
    try:
        version = ipaddress.ip_address(server.host).version
    except ValueError:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
        return found[0][0], found[0][4]
    return socket.AF_INET6 if version == 6 else socket.AF_INET, (server.host, server.port)


def drop_incoming(sock: socket.socket) -> None:
    """Let the kernel throw away every packet that arrives for a connection, acknowledgements included: to the peer, a
    device without power. (A classic BPF program of one instruction, `return 0`; Linux only.)"""
    program = (ctypes.c_ubyte * 8).from_buffer_copy(struct.pack("HBBI", 0x06, 0, 0, 0))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(program)))
