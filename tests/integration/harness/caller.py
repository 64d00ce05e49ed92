# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A caller that says one text and then listens: what the agent sends it tells how far it was believed."""

from __future__ import annotations

import socket
import threading
import time

VERSION_LINE = b"SSH-2.0-OpenSSH_9.7\r\n"
PAUSE = 0.2


class Caller:
    """Dials until somebody takes the call, then says ``text`` and notes all it hears until it is hung up on."""

    def __init__(self, port: int, text: bytes, seconds: float = 60.0) -> None:
        self.heard = b""
        self.taken = False
        self.hung_up_on = False
        self._port = port
        self._text = text
        self._deadline = time.monotonic() + seconds
        self._thread = threading.Thread(target=self._call, daemon=True)
        self._thread.start()

    def finish(self) -> Caller:
        """Wait for the end of the call; returns itself."""
        self._thread.join(max(0.0, self._deadline - time.monotonic()))
        return self

    def _call(self) -> None:
        while time.monotonic() < self._deadline:
            try:
                connection = socket.create_connection(("127.0.0.1", self._port))
            except ConnectionRefusedError:
                time.sleep(PAUSE)
                continue
            with connection:
                self.taken = True
                self._talk(connection)
            return

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(max(PAUSE, self._deadline - time.monotonic()))
        try:
            connection.sendall(self._text)
            while received := connection.recv(65536):
                self.heard += received
        except TimeoutError:
            return
        except OSError:
            pass
        self.hung_up_on = True
