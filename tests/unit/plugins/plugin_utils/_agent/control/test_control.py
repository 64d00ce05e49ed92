"""The control socket against whatever is sent to it: an error or a close, never a dead agent, and nobody is held up."""

from __future__ import annotations

import copy
import json
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.client import AgentClient
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.version import running
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.wire import MAX_LINE

PATIENCE = 10.0
SECRET = "S3cret-in-a-request"


@pytest.fixture(scope="module")
def path() -> Iterator[Path]:
    folder = tempfile.mkdtemp(prefix="ch")
    path = Path(folder) / "agent.sock"
    client = AgentClient(str(path))
    pid = client.ask("info", {})["pid"]
    yield path
    assert client.ask("info", {}, start=False)["pid"] == pid  # the very same one has lived through it all
    logged = path.with_suffix(".log").read_text()
    client.ask("stop", {"force": True}, start=False)
    client.wait_until_gone()
    shutil.rmtree(folder)
    assert "nobody foresaw" not in logged and "Traceback" not in logged, logged[-3000:]
    assert SECRET not in logged


def sent(path: Path, data: bytes) -> list[dict[str, Any]]:
    """What the agent says to ``data`` and the end of it."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(path))
        answer = b""
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                answer += part
        except (BrokenPipeError, ConnectionResetError):
            pass
    return [json.loads(line) for line in answer.splitlines()]


def asked(path: Path, request: Any, arguments: Any) -> list[dict[str, Any]]:
    """The lines that come for a request whose sender waits for the end."""
    message = {"request": request, "agent": running(), "arguments": arguments}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(path))
        connection.sendall(json.dumps(message).encode() + b"\n")
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return [json.loads(line) for line in answer.splitlines()]


def still_answers(path: Path) -> None:
    began = time.monotonic()
    AgentClient(str(path)).ask("info", {}, start=False)
    assert time.monotonic() - began < PATIENCE / 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ODD = JSON | st.sampled_from(
    [
        0,
        -1,
        10**400,
        1e308,
        True,
        float("nan"),
        float("inf"),
        1 << 31,
        1 << 70,
        "",
        "\0",
        "\ud800",
        "/dev/zero",
        "/",
        "x" * 5000,
        "SHA256:",
        "ssh-rsa AAAA",
        "[::]:99999",
        "fe80::1%lo",
    ]
)
DEVICE = {"device_id": "r1", "listen": "127.0.0.1:0", "address": "127.0.0.1"}
RIGHT: dict[str, dict[str, Any]] = {
    "session": {
        "host": "r1",
        "device": DEVICE,
        "network_os": "callhome.junos.junos",
        "owner": os.getpid(),
        "timeout": 0.02,
        "command_timeout": 1.0,
        "newer_than": 0,
        "trust": {"proofs": ["secret"], "secret": "s", "known_hosts": "/nonexistent", "host_keys": [], "check": True},
        "login": {
            "user": "lab",
            "authentications": ["password"],
            "key_file": None,
            "passphrase": None,
            "password": "pw",
            "ssh_agent": None,
        },
    },
    "reset": {"device": DEVICE, "owner": os.getpid()},
    "wait": {"devices": [DEVICE, {**DEVICE, "device_id": "r2"}], "timeout": 0.02, "newer_than": 0, "at_least": 2},
    "close": {"device_id": "r1", "force": False},
    "info": {},
}


@st.composite
def nearly_right(draw: st.DrawFn) -> tuple[str, Any]:
    """A request that is right but for one to three of its values."""
    request = draw(st.sampled_from(sorted(RIGHT)))
    arguments = copy.deepcopy(RIGHT[request])
    for _unused in range(draw(st.integers(1, 3))):
        place: Any = arguments
        while (
            (key := draw(st.sampled_from(keys_of(place)))) is not None and draw(st.booleans()) and keys_of(place[key])
        ):
            place = place[key]
        if key is not None:
            place[key] = draw(ODD)
    return request, arguments


def keys_of(place: Any) -> list[Any]:
    """What can be changed in it; None stands for nothing."""
    if isinstance(place, dict):
        return [*place] or [None]
    return [*range(len(place))] if isinstance(place, list) else []


@settings(deadline=None, max_examples=150)
@given(
    data=st.binary(max_size=300)
    | st.text(max_size=100).map(str.encode)
    | JSON.map(lambda value: json.dumps(value).encode())
)
def test_any_bytes_end_in_an_error_or_a_close(path: Path, data: bytes) -> None:
    answers = sent(path, data + b"\n")
    assert all(set(answer) == {"error"} for answer in answers)


@settings(deadline=None, max_examples=400)
@given(right=nearly_right())
def test_any_request_ends_in_a_result_or_an_error(path: Path, right: tuple[str, Any]) -> None:
    request, arguments = right
    waits = arguments.get("timeout") if isinstance(arguments, dict) else None
    assume(not isinstance(waits, (int, float)) or not 1 < waits < 1e9)  # it would only wait
    last = asked(path, request, arguments)[-1]
    assert set(last) in ({"result"}, {"error"})
    if "error" in last:
        assert "an error of its own" not in last["error"]["message"], last


@pytest.mark.parametrize("data", [b"", b"{", b"x" * (MAX_LINE * 2), b"[" * 100_000 + b"\n", b"\n" * 1000, b"{}\n{}\n"])
def test_what_is_no_request_is_an_error_or_a_close(path: Path, data: bytes) -> None:
    assert all(set(answer) == {"error"} for answer in sent(path, data))
    still_answers(path)


def test_those_who_say_nothing_hold_up_nobody(path: Path) -> None:
    silent = [socket.socket(socket.AF_UNIX) for _unused in range(200)]
    try:
        for connection in silent:
            connection.connect(str(path))
            connection.send(b'{"request": "info"')
        still_answers(path)
    finally:
        for connection in silent:
            connection.close()


def test_a_request_whose_sender_goes_is_withdrawn(path: Path) -> None:
    request = {"devices": [{"device_id": "nobody-1", "listen": "127.0.0.1:0"}], "timeout": 600}
    message = json.dumps({"request": "wait", "agent": running(), "arguments": request}).encode() + b"\n"
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(message)
        assert b"progress" in connection.recv(65536)
        assert AgentClient(str(path)).ask("info", {}, start=False)["waiting"] == ["nobody-1"]
    end = time.monotonic() + PATIENCE
    while AgentClient(str(path)).ask("info", {}, start=False)["waiting"]:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_no_answer_repeats_a_secret(path: Path) -> None:
    login = {"user": "lab", "password": SECRET, "passphrase": SECRET}
    arguments = {
        "host": "h",
        "device": {"device_id": "r1", "listen": "127.0.0.1:0"},
        "trust": {"secret": SECRET},
        "login": login,
        "network_os": "callhome.junos.junos",
        "owner": os.getpid(),
        "timeout": 0.1,
    }
    assert SECRET not in json.dumps(asked(path, "session", arguments))
    for wrong in ({**arguments, "login": {**login, "password": [SECRET]}}, {**arguments, "timeout": SECRET}):
        assert SECRET not in json.dumps(asked(path, "session", wrong))
    assert SECRET not in json.dumps(AgentClient(str(path)).ask("info", {}, start=False))


@pytest.mark.parametrize("special", ["/dev/zero", "FIFO", "/"])
@pytest.mark.parametrize("place", [("trust", "known_hosts"), ("login", "key_file"), ("login", "ssh_agent")])
def test_a_path_that_is_no_file_is_an_error_and_blocks_nobody(path: Path, special: str, place: tuple[str, str]) -> None:
    if special == "FIFO":
        special = str(path.parent / "fifo")
        Path(special).unlink(missing_ok=True)
        os.mkfifo(special)
    arguments = copy.deepcopy(RIGHT["session"])
    arguments[place[0]][place[1]] = special
    if place[0] == "login":
        arguments["login"]["password"] = None
        arguments["login"]["authentications"] = ["key"]
    last = asked(path, "session", arguments)[-1]
    assert last["error"]["kind"] == "bad_request" and special in last["error"]["message"]
    still_answers(path)
