# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import stat
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
from simulator import AnnouncementStyle, config_file
from simulator_harness import PASSWORD, USER, Listener, session

TESTS = Path(__file__).resolve().parents[2]
CONFIG = """
clock_scale: 60
defaults:
  users: {netops: correct horse}
  servers: ["SERVER"]
devices:
  - name: r1
    secret: s3cret
    user_cas: ["@ca.pub"]
    listen: 127.0.0.1
  - name: "edge{n}"
    count: 2
    configuration: ["set snmp location building{n}", "set snmp contact noc"]
    announcement: {silent: true}
    clients: [{name: second, servers: ["[::1]:4335"], retry: 1, keep_alive: [10, 3]}]
"""


class UnixConnection(HTTPConnection):
    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.host)


def asked(console: Path, method: str, device: str, body: str | None = None) -> tuple[int, str]:
    connection = UnixConnection(str(console))
    connection.request(method, f"/{device}", body)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def start(config: Path, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *command, "--config", str(config)],
        cwd=TESTS,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize("command", [("-m", "simulator"), (str(TESTS / "simulator"),)], ids=["module", "folder"])
def test_a_process_serves_its_devices_until_sigterm(
    tmp_path: Path, listener: Listener, command: tuple[str, ...]
) -> None:
    (tmp_path / "ca.pub").write_text("ssh-ed25519 AAAA ca\n")
    config = tmp_path / "devices.yml"
    config.write_text(CONFIG.replace("SERVER", "{}:{}".format(*listener.address)))
    process = start(config, *command)
    try:
        ready = process.stdout.readline().split()
        assert ready[:3] == ["ready:", "3", "devices"]
        announced = sorted(listener.accept().announcement()[:60] for _unused in range(3))
        assert announced[:2] == [b"", b""] and b"DEVICE-ID: r1" in announced[2]
        port = int(ready[3].removeprefix("r1="))
        assert session(host="127.0.0.1", port=port, username=USER, password=PASSWORD).connected
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0 and process.stderr.read() == ""


def test_a_console_shows_and_configures_the_devices_of_its_process(tmp_path: Path) -> None:
    config, console = tmp_path / "devices.json", tmp_path / "console"
    config.write_text(json.dumps({"devices": [{"name": "r1", "files": {"/var/tmp/a": "b"}}]}))
    process = start(config, "-m", "simulator", "--console", str(console))
    try:
        assert process.stdout.readline().startswith("ready: 1 devices")
        assert stat.S_IMODE(console.stat().st_mode) == 0o600
        assert asked(console, "PUT", "r1", "set snmp location attic")[0] == 204
        status, refusal = asked(console, "PUT", "r1", "set system nonsense")
        assert status == 422 and "syntax error" in refusal
        status, text = asked(console, "GET", "r1")
        shown = json.loads(text)
        assert status == 200 and "set snmp location attic" in shown["committed"] and shown["files"]["/var/tmp/a"] == "b"
        assert [event["user"] for event in shown["events"] if event["kind"] == "commit"] == ["console"]
        assert asked(console, "GET", "r2")[0] == 404
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0 and process.stderr.read() == "" and not console.exists()


def test_what_the_file_says_is_what_the_devices_are(tmp_path: Path) -> None:
    (tmp_path / "ca.pub").write_text("ssh-ed25519 AAAA ca\n")
    path = tmp_path / "devices.yml"
    path.write_text(CONFIG.replace("SERVER", "192.0.2.1:4334"))
    config = config_file.read(path)
    first, second, third = config.devices
    assert config.clock_scale == 60 and first.user_cas == ["ssh-ed25519 AAAA ca\n"]
    assert (second.name, third.name) == ("edge1", "edge2")
    assert third.configuration == "set snmp location building2\nset snmp contact noc"
    assert third.announcement == AnnouncementStyle(silent=True)
    assert [client.servers for client in third.all_clients] == [[("192.0.2.1", 4334)], [("::1", 4335)]]
    assert third.clients[0].keep_alive == (10, 3)


@pytest.mark.parametrize(
    "content, reason",
    [
        ([], "a mapping with a list"),
        ({"devices": [{"name": "r1", "colour": "red"}]}, "DeviceSpec: unknown: colour"),
        ({"devices": [{"name": "r1", "servers": ["nowhere"]}]}, "expected host:port"),
        ({"devices": [{"name": "r1", "release": "new"}]}, "no Junos release"),
        ({"devices": [{"name": "r1", "configuration": "set system nonsense"}]}, "syntax error"),
        ({"devices": [], "speed": 3}, "unknown: speed"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_with_the_reason(tmp_path: Path, content: object, reason: str) -> None:
    config = tmp_path / "devices.json"
    config.write_text(json.dumps(content))
    process = start(config, "-m", "simulator")
    _unused, errors = process.communicate(timeout=20)
    assert process.returncode == 1 and reason in errors and "Traceback" not in errors
