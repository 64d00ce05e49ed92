# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's JSON-RPC on a Unix socket: how an unchanged module reaches its device (``_ansible_socket``)."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import os
import struct
import threading
import typing as t
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ansible.plugins.loader import netconf_loader
from ansible.utils.jsonrpc import JsonRpcServer

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError, Kind
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.channel import ChannelLost, NetconfChannel
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.transport import CallTransport

try:
    from ncclient.manager import Manager
except ImportError:
    pass  # told by _libraries before any of this is used

MAX_REQUEST = 1 << 30
"""Bytes; the peer is a module of the same user, and a configuration can be large."""
LONGEST_RESET = 1024
"""Bytes; it has no arguments, and what is longer need not be parsed twice."""

log = logging.getLogger("callhome")
_loader_lock = threading.Lock()  # Ansible's plugin loader is not thread-safe


class ChannelConnection:
    """What a netconf plugin sees as its connection, and a module as the far end of its socket."""

    def __init__(self, server: RpcServer) -> None:
        self._server = server

    @property
    def manager(self) -> Manager:
        """The ncclient manager of the channel; raises :exc:`ChannelLost` once that was closed."""
        channel = self._server.channel
        if channel is None:
            raise ChannelLost(f"{self._server.device}: this NETCONF channel was closed; the next task opens a new one")
        return channel.manager

    @property
    def connected(self) -> bool:
        """Whether the NETCONF session is there."""
        return self._server.channel is not None and self._server.channel.usable

    def exec_command(self, cmd: str) -> str:
        """Send one RPC given as XML text; returns the reply as XML text."""
        return t.cast(str, self.manager.rpc(cmd).data_xml)

    def reset(self) -> None:
        """Close the NETCONF channel, as Ansible asks at the end of a play and for ``meta: reset_connection``."""
        self._server.close_channel()

    def queue_message(self, level: str, message: str) -> None:
        """Plugins say here what a terminal should show; the agent has a log."""
        log.debug("%s: %s: %s", self._server.device, level, message)


class PluginServer(JsonRpcServer):
    """Ansible's dispatcher over this session's own objects; the base class shares them among all instances."""

    def __init__(self, *objects: object) -> None:
        self._objects = list(objects)  # type: ignore[assignment]  # the first that has a method answers: no set


class RpcServer:
    """A playbook's NETCONF session with a device, behind a socket path that stays while channels come and go."""

    def __init__(self, path: Path, owner: int, network_os: str, device: str) -> None:
        """``device`` names the device in errors; raises :exc:`AgentError` where there is no such ``network_os``."""
        self.path = path
        self.owner = owner
        self.device = device
        self.channel: NetconfChannel | None = None
        self.busy = 0
        """RPCs and openings under way."""
        self._closed = False
        self._opening = asyncio.Lock()
        self._plugin = _load(network_os, ChannelConnection(self))
        self._dispatcher = PluginServer(ChannelConnection(self), self._plugin)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rpc")
        self._listener: asyncio.Server | None = None

    async def open(self, transport: CallTransport, command_timeout: float) -> None:
        """Give it a NETCONF channel on ``transport`` where it has no usable one; raises :exc:`NoNetconf`.

        Raises :exc:`AgentError` where it is closed meanwhile.
        """
        self.busy += 1
        try:
            async with self._opening:
                if self._listener is None:
                    await self._listen()
                if not self.usable_on(transport):
                    await self._run(functools.partial(self._open_channel, transport))
        finally:
            self.busy -= 1
        channel = self.channel
        if self._closed or channel is None:
            raise AgentError(Kind.UNREACHABLE, f"{self.device}: its NETCONF channel was closed while it opened")
        channel.manager.timeout = command_timeout

    def usable_on(self, transport: CallTransport) -> bool:
        """Whether a task can be given this socket as it is: no channel on another session than it was promised."""
        return self.channel is not None and self.channel.transport is transport and self.channel.usable

    def _open_channel(self, transport: CallTransport) -> None:
        """In the worker's thread, which goes on where the request is withdrawn: the channel is then the next one's."""
        if self.usable_on(transport):
            return
        self.close_channel()
        self.channel = NetconfChannel(transport, _device_handler(self._plugin), self.device)
        if self._closed:
            self.close_channel()

    def close_channel(self) -> None:
        """End the NETCONF session, if there is one; blocks for a moment."""
        channel, self.channel = self.channel, None
        if channel is not None:
            channel.close()

    async def reset(self) -> None:
        """End the NETCONF session and keep the socket; an RPC that is under way fails."""
        await asyncio.to_thread(self.close_channel)

    async def close(self) -> None:
        """End the NETCONF session and take the socket away."""
        self._closed = True
        if self._listener is not None:
            self._listener.close()
            self.path.unlink(missing_ok=True)
        await self.reset()
        self._worker.shutdown(wait=False)

    async def _listen(self) -> None:
        self.path.unlink(missing_ok=True)
        self._listener = await asyncio.start_unix_server(self._serve, self.path)
        os.chmod(self.path, 0o600)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                (size,) = struct.unpack("!Q", await reader.readexactly(8))
                if size > MAX_REQUEST:
                    break
                response = await self._answer(await reader.readexactly(size))
                writer.write(struct.pack("!Q", len(response)) + response)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # a module closes its socket after each answer
        except (AttributeError, RuntimeError, TypeError, ValueError) as exc:
            log.debug("%s: this was no JSON-RPC request, or came too late: %s", self.device, type(exc).__name__)
        finally:
            writer.close()

    async def _answer(self, request: bytes) -> bytes:
        if _is_reset(request):
            # not behind an RPC that is under way: Ctrl-C of a playbook waits for this answer
            return _encoded(await asyncio.to_thread(PluginServer(ChannelConnection(self)).handle_request, request))
        self.busy += 1
        try:
            response = await self._run(functools.partial(self._dispatcher.handle_request, request))
        finally:
            self.busy -= 1
        return _encoded(response)

    async def _run(self, call: t.Callable[[], t.Any]) -> t.Any:
        return await asyncio.get_running_loop().run_in_executor(self._worker, call)


def _is_reset(request: bytes) -> bool:
    return len(request) < LONGEST_RESET and json.loads(request).get("method") == "reset"


def _encoded(response: str | bytes) -> bytes:
    return response.encode() if isinstance(response, str) else bytes(response)


def _load(network_os: str, connection: ChannelConnection) -> t.Any:
    with _loader_lock:
        plugin = netconf_loader.get(network_os, connection)
        if plugin is None:
            raise AgentError(
                Kind.BAD_REQUEST,
                f"there is no netconf plugin {network_os!r}: set ansible_network_os to callhome.junos.junos, or install"
                " the collection that has it where this playbook finds its collections",
            )
        plugin.set_options()
        return plugin


def _device_handler(plugin: t.Any) -> str:
    try:
        return str(plugin.get_option("ncclient_device_handler"))
    except KeyError:
        return "default"
