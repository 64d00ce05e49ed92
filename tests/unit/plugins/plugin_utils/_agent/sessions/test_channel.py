"""NETCONF sessions on channels: framing, what an unused one costs, and what a device's end does to an RPC."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from pathlib import Path

import asyncssh
import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.sessions.channel import ChannelLost
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._agent.front_door import eventually
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._agent.home import (
    BASE,
    END,
    CallingDevice,
    Home,
    at_home,
)

CHUNKS_END = b"\n##\n"
TEXT = "Zürich \N{SNOWMAN} \N{MOUNTAIN RAILWAY} \n##\n ]]> " * 50


class CuttingDevice(CallingDevice):
    """Answers each RPC with TEXT, in pieces of `piece` bytes, in the framing of NETCONF 1.0 or 1.1."""

    chunked = False
    piece = 1 << 20
    chunk = 100

    async def _converse(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        version = "1.1" if self.chunked else "1.0"
        capability = f"<capabilities><capability>urn:ietf:params:netconf:base:{version}</capability></capabilities>"
        hello = f'<hello xmlns="{BASE}">{capability}<session-id>{self.opened}</session-id></hello>'
        process.stdout.write(hello.encode() + END)
        received = b""
        while data := await process.stdin.read(4096):
            received += data
            ends = CHUNKS_END if self.chunked and b"<hello" not in received else END
            if not received.endswith(ends):
                continue
            asked, received = received, b""
            if self.chunked and b"<hello" in asked:
                asked, _unused, received = asked.partition(END)
            if found := re.search(rb'message-id="([^"]+)"', asked):
                self.rpcs.append(asked.decode())
                await self._answer(process, found[1].decode())

    async def _answer(self, process: asyncssh.SSHServerProcess[bytes], message_id: str) -> None:
        escaped = TEXT.replace(">", "&gt;")
        reply = f'<rpc-reply xmlns="{BASE}" message-id="{message_id}"><name>{escaped}</name></rpc-reply>'.encode()
        framed = self._in_chunks(reply) if self.chunked else reply + END
        for start in range(0, len(framed), self.piece):
            process.stdout.write(framed[start : start + self.piece])
            await process.stdout.drain()

    def _in_chunks(self, reply: bytes) -> bytes:
        cut = [reply[start : start + self.chunk] for start in range(0, len(reply), self.chunk)]
        return b"".join(b"\n#%d\n%b" % (len(chunk), chunk) for chunk in cut) + CHUNKS_END


# a chunk of NETCONF 1.1 may end inside a character; ncclient takes none that does, so these do not
@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("piece", [1, 7, 4096, 1 << 20])
def test_a_reply_arrives_as_it_was_said_however_the_device_cuts_it(chunked: bool, piece: int) -> None:
    async def run(home: Home) -> None:
        device = CuttingDevice(home, "r1")
        device.chunked, device.piece, device.chunk = chunked, piece, 1 << 20
        await device.dial()
        _session, server = await home.ask(home.request(device))
        for _time in range(2):
            said = await home.rpc(server)
            assert TEXT in said.replace("&gt;", ">")

    assert at_home(run) == []


def test_a_channel_that_nobody_uses_wakes_no_thread() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        await device.dial()
        _session, server = await home.ask(home.request(device))
        await home.rpc(server)
        reader = next(thread for thread in threading.enumerate() if thread.name == "session")
        before = _times_woken(reader)
        await asyncio.sleep(1.0)
        assert _times_woken(reader) - before <= 1

    assert at_home(run) == []


def test_an_rpc_fails_at_once_when_the_device_ends_the_session() -> None:
    async def run(home: Home) -> None:
        device = CallingDevice(home, "r1")
        device.answers_rpcs = False
        await device.dial()
        _session, server = await home.ask(home.request(device))
        asked = asyncio.ensure_future(home.rpc(server))
        await eventually(lambda: bool(device.rpcs))
        began = time.monotonic()
        device.hang_up()
        with pytest.raises(ChannelLost, match="the connection ended"):
            await asked
        assert time.monotonic() - began < 2.0
        assert server.channel is None or not server.channel.usable

    assert at_home(run) == []


def _times_woken(thread: threading.Thread) -> int:
    status = Path(f"/proc/self/task/{thread.native_id}/status").read_text(encoding="ascii")
    found = re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status, re.MULTILINE)
    assert found is not None
    return int(found[1])
