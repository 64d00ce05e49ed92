"""The agent's inner parts on a port of their own, and devices that call them, for the tests beside this file."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import re
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.requests import (
    Device,
    Login,
    SessionRequest,
    TrustSettings,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.devices import Devices
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.rpc_server import RpcServer
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.search import Search
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.session import Session
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.host_trust import hmac_of
from ansible_collections.callhome.junos.tests.simulator import free_port
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._agent.front_door import announced, eventually

PATIENCE = 10.0
LAB = Login(user="lab", password="pw")
BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
END = b"]]>]]>"


class CallingDevice:
    """One outbound-ssh client of a device; each :meth:`dial` is a call."""

    def __init__(
        self,
        home: Home,
        device_id: str,
        *,
        source: str = "127.0.0.1",
        secret: str | None = None,
        certificate: asyncssh.SSHCertificate | None = None,
        key: asyncssh.SSHKey | None = None,
    ) -> None:
        self._home = home
        self._source = source
        self._secret = secret
        self._certificate = certificate
        self.device_id = device_id
        self.key = key or asyncssh.generate_private_key("ssh-ed25519")
        self.passwords = {"lab": "pw", "other": "pw2"}
        self.answers_rpcs = True
        self.gives_netconf = True
        self.hello_pause = 0.0
        self.logins = 0
        self.opened = 0
        self.open = 0
        self.rpcs: list[str] = []
        self.calls: list[tuple[socket.socket, asyncssh.SSHServerConnection | None]] = []

    @property
    def public(self) -> str:
        """Its host key as OpenSSH writes it, without a comment."""
        return " ".join(self.key.export_public_key().decode().split()[:2])

    @property
    def greeting(self) -> bytes:
        if self._secret is None:
            return announced(self.device_id)
        return announced(self.device_id, host_key=self.public, hmac=hmac_of(self.public, self._secret))

    async def dial(self) -> None:
        """Call, and serve SSH on the call from now on."""
        connection = await self._home.connect(self._source)
        await asyncio.get_running_loop().sock_sendall(connection, self.greeting)
        keys = [(self.key, self._certificate)] if self._certificate is not None else [self.key]
        serving = self._home.spawn(self._serve(connection, keys))
        self._home.callers.append(serving)

    async def _serve(self, connection: socket.socket, keys: list[Any]) -> None:
        index = len(self.calls)
        self.calls.append((connection, None))
        with contextlib.suppress(OSError, asyncssh.Error):
            served = await asyncssh.run_server(
                connection,
                server_factory=lambda: _Logins(self),
                server_host_keys=keys,
                process_factory=self._netconf,
                encoding=None,
                keepalive_interval=0,
            )
            self.calls[index] = (connection, served)
            await served.wait_closed()

    async def _netconf(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        if not self.gives_netconf:
            process.exit(1)
            return
        self.opened += 1
        self.open += 1
        try:
            await asyncio.sleep(self.hello_pause)
            await self._converse(process)
        except (asyncssh.Error, OSError):
            pass
        finally:
            self.open -= 1
            process.exit(0)

    async def _converse(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        process.stdout.write(
            f'<hello xmlns="{BASE}"><capabilities><capability>urn:ietf:params:netconf:base:1.0'
            f"</capability></capabilities><session-id>{self.opened}</session-id></hello>".encode()
            + END
        )
        pending = b""
        while data := await process.stdin.read(4096):
            pending += data
            while END in pending:
                message, pending = pending.split(END, 1)
                if found := re.search(rb'message-id="([^"]+)"', message):
                    self._reply(process, message.decode(), found[1].decode())

    def _reply(self, process: asyncssh.SSHServerProcess[bytes], message: str, message_id: str) -> None:
        self.rpcs.append(message)
        if self.answers_rpcs:
            name = f"<host-name>{self.device_id}</host-name>"
            process.stdout.write(
                f'<rpc-reply xmlns="{BASE}" message-id="{message_id}">{name}</rpc-reply>'.encode() + END
            )

    def fall_silent(self) -> None:
        """A power cut: nothing is read and nothing is sent any more, and nobody is told."""
        for _connection, served in self.calls:
            if served is not None:
                served._transport.pause_reading()  # type: ignore[union-attr]

    def hang_up(self) -> None:
        """Close every call."""
        for connection, served in self.calls:
            if served is not None:
                served.abort()
            else:
                connection.close()


class _Logins(asyncssh.SSHServer):
    def __init__(self, device: CallingDevice) -> None:
        self._device = device

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._device.logins += 1
        return self._device.passwords.get(username) == password


class Home:
    """Devices, as the agent has them, with a listener on loopback."""

    def __init__(self, folder: Path, **limits: float) -> None:
        self.folder = folder
        self.devices = Devices(Limits(**limits), folder)  # type: ignore[arg-type]
        self.listen = ""
        self.port = 0
        self.callers: list[asyncio.Task[None]] = []
        self.progress: list[dict[str, Any]] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._names = itertools.count()

    async def open(self) -> None:
        self.port = free_port()
        self.listen = f"0.0.0.0:{self.port}"
        await self.devices.listen(self.listen)

    async def connect(self, source: str = "127.0.0.1") -> socket.socket:
        connection = socket.socket()
        connection.bind((source, 0))
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self.port))
        return connection

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def request(self, device: CallingDevice, trust: TrustSettings | None = None, **others: Any) -> SessionRequest:
        """What a playbook asks for ``device``; trusts the host key that it really has, unless told otherwise."""
        request = SessionRequest(
            host="host",
            device=Device(device.device_id, self.listen),
            login=LAB,
            network_os="callhome.junos.junos",
            trust=trust or TrustSettings(known_hosts="/nonexistent", host_keys=(device.public,)),
            owner=os.getpid(),
            timeout=PATIENCE,
            command_timeout=PATIENCE,
        )
        return replace(request, **others)

    async def ask(self, request: SessionRequest) -> tuple[Session, RpcServer]:
        return await Search(self.devices, request, self.progress.append).run()

    async def rpc(self, server: RpcServer) -> str:
        """One RPC over the channel, in its own thread as the agent does it."""
        return str(await server._run(lambda: server._plugin.execute_rpc("<get-system-information/>")))

    async def close(self) -> None:
        await self.devices.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def a_home(**limits: float) -> AsyncIterator[Home]:
    with tempfile.TemporaryDirectory(prefix="ch") as folder:
        home = Home(Path(folder), **limits)
        try:
            await home.open()
            yield home
        finally:
            await home.close()


def at_home(test: Callable[[Home], Coroutine[Any, Any, None]], within: float = 60.0, **limits: float) -> list[str]:
    """Run ``test`` with a home; returns what the event loop complained about, which a test may hold to be nothing."""
    complaints: list[str] = []

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(str(context)))
        async with a_home(**limits) as home, asyncio.timeout(within):
            await test(home)

    asyncio.run(run())
    return complaints


async def parked(home: Home, count: int = 1) -> None:
    """Wait until so many calls are parked."""
    await eventually(lambda: len(home.devices.parking) >= count)
