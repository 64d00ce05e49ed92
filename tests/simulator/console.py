# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices' consoles for other processes, as HTTP on a Unix socket: `GET /NAME` shows a device, `PUT /NAME` configures it."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any

from .control import Control
from .errors import RpcError, RpcErrors
from .simulator import Simulator


class Console(ThreadingMixIn, UnixStreamServer):
    """Serves at a path that must not exist yet. Whoever may connect sees every secret: the socket is its owner's alone."""

    daemon_threads = True

    def __init__(self, path: Path, simulator: Simulator) -> None:
        self.simulator = simulator
        super().__init__(str(path), _Request)
        path.chmod(0o600)


def shown(device: Control) -> dict[str, Any]:
    """A device as it is: set commands, files by their paths, and events, oldest first."""
    return {
        "committed": device.committed_set.splitlines(),
        "commit_pending": device.commit_pending,
        "candidate_modified": device.candidate_modified,
        "locked_by": device.locked_by,
        "files": {path: device.read_file(path).decode(errors="replace") for path in device.files()},
        "events": [{"kind": event.kind, "time": event.time, **event.details} for event in device.log],
    }


class _Request(BaseHTTPRequestHandler):
    server: Console

    def do_GET(self) -> None:
        """Show a device as JSON."""
        if device := self._device():
            self._answer(200, json.dumps(shown(device), default=str), "application/json")

    def do_PUT(self) -> None:
        """Load the body (set commands, XML or text) and commit it, as an operator at the console would."""
        device = self._device()
        if not device:
            return
        text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        try:
            device.configure(text)
        except (RpcError, RpcErrors) as refusal:
            self._answer(422, str(refusal))
        else:
            self._answer(204)

    def _device(self) -> Control | None:
        name = self.path.removeprefix("/")
        device = self.server.simulator.devices.get(name)
        if not device:
            self._answer(404, f"no device {name}")
        return device

    def _answer(self, status: int, text: str = "", kind: str = "text/plain; charset=utf-8") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body:  # nobody waits for nothing: the peer may be gone
            self.wfile.write(body)

    def log_message(self, format: str, *_args: object) -> None:
        """Say nothing: the peer of a Unix socket has no address to log."""
