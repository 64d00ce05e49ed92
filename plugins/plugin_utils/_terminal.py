# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the terminal is told while devices are waited for, and of a session that was found."""

from __future__ import annotations

import time
import typing as t

from ansible.utils.display import Display

REPEAT_SECONDS = 30.0
"""How often the terminal is told again that a device has not called yet."""
COUNT_SECONDS = 2.0
"""How often it is told, at most, how many of a fleet have called."""

display = Display()


class OneAwaited:
    """Lines about the one device that a host waits for: what the agent tells meanwhile goes in."""

    def __init__(self, host: str, device_id: str, listen: str, timeout: float) -> None:
        """``timeout`` in seconds."""
        self._who = f"{host}: waiting for device id {device_id} to call {listen}"
        self._timeout = timeout
        self._started = time.monotonic()
        self._shown = 0.0
        self._refused: list[str] = []

    def __call__(self, progress: dict[str, t.Any]) -> None:
        """Show how the search stands, where that is new or was shown long ago."""
        now = time.monotonic()
        news = [line for line in progress["refused"] if line not in self._refused]
        if not news and now - self._shown < REPEAT_SECONDS:
            return
        self._shown = now
        self._refused += news
        refused = "".join(f"; refused {line}" for line in news)
        _tell(f"{self._who}, {now - self._started:.0f} of {self._timeout} s{refused}")


class FleetAwaited:
    """A line about all devices that are waited for, each time that their number changes."""

    def __init__(self, timeout: float) -> None:
        """``timeout`` in seconds."""
        self._timeout = timeout
        self._started = time.monotonic()
        self._shown = 0.0
        self._called = -1

    def __call__(self, progress: dict[str, t.Any]) -> None:
        """Show how many have called, not more often than every two seconds except for the last."""
        now = time.monotonic()
        called, missing = progress["called"], progress["missing"]
        if len(called) == self._called or (missing and now - self._shown < COUNT_SECONDS):
            return
        self._shown, self._called = now, len(called)
        others = " and others" if len(missing) > 5 else ""
        waits_for = f", waiting for {', '.join(missing[:5])}{others}" if missing else ""
        count = f"{len(called)} of {len(called) + len(missing)} devices have called"
        _tell(f"{count}, {now - self._started:.0f} of {self._timeout} s{waits_for}")


def explain(host: str, session: dict[str, t.Any], trust: str) -> None:
    """What became of a device's call, for C(-vvvv)."""
    for line in _explained(session, trust):
        display.vvvv(f"call home: {line}", host=host)


def _explained(session: dict[str, t.Any], trust: str) -> t.Iterator[str]:
    who = "a device that announced no id" if session["device_id"] is None else f"device id {session['device_id']}"
    key = "no host key"
    if session["host_key_announced"]:
        key = f"host key {session['host_key_fingerprint']} with {'an' if session['hmac_announced'] else 'no'} HMAC"
    yield f"{who} from {session['address']} port {session['port']} called {session['listen']} and announced {key}"
    yield f"{trust}; user {session['user']} let in by {session['authentication']} {session['age']:.0f} s ago"
    yield f"SSH algorithms: {session['algorithms']}"


def _tell(line: str) -> None:
    display.display(line, stderr=True)
