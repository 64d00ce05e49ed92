# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control protocol's messages: one JSON object a line.

A client sends one :class:`.decoding.Envelope` and reads any number of ``{"progress": {...}}`` lines and then one
``{"result": ...}`` or ``{"error": {"kind": ..., "message": ...}}``. Closing the connection withdraws the request.
"""

from __future__ import annotations

import json
import typing as t

MAX_LINE = 1 << 20
"""Bytes of the longest message; a request with inline keys is a few KiB."""


class BadMessage(ValueError):
    """A message that does not fit the protocol; names the field, never its value."""


def encode(message: t.Mapping[str, t.Any]) -> bytes:
    """One line of the protocol."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def parse(line: bytes) -> dict[str, t.Any]:
    """The JSON object of one line; raises :exc:`BadMessage`."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise BadMessage("a message is one JSON object on one line") from exc
    if not isinstance(message, dict):
        raise BadMessage("a message is one JSON object on one line")
    return message
