# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The initiation sequence of outbound-ssh: what a device says of itself before SSH begins."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True)
class AnnouncementStyle:
    """How a device writes its announcement; the defaults are what was seen on devices.

    `silent` leaves it out altogether (plain RFC 8071). `chunk` sends it in pieces of so many bytes, `pause` seconds
    apart. `hmac_space` is false in the form that the manual prints; `nul` ends HOST-KEY with a NUL, as was seen.
    `verbatim` is sent instead of anything of the device's own: what another device was overheard to say.
    """

    silent: bool = False
    chunk: int | None = None
    pause: float = 0.0
    hmac_space: bool = True
    nul: bool = False
    line_end: str = "\r\n"
    verbatim: bytes | None = None


def announcement(device_id: str, host_key: str, secret: str | None, style: AnnouncementStyle) -> bytes:
    """The bytes to send first. `host_key` is `type base64`, without a comment; it is announced only with a secret."""
    if style.verbatim is not None:
        return style.verbatim
    if style.silent:
        return b""
    lines = ["MSG-ID: DEVICE-CONN-INFO", "MSG-VER: V1", f"DEVICE-ID: {device_id}"]
    if secret is not None:
        lines.append(f"HOST-KEY: {host_key}" + ("\0" if style.nul else ""))
        lines.append(f"HMAC:{' ' if style.hmac_space else ''}{proof(host_key, secret)}")
    return "".join(line + style.line_end for line in lines).encode()


def proof(host_key: str, secret: str) -> str:
    """HMAC-SHA1 of the announced key's text under the shared secret, in lower-case hexadecimal."""
    return hmac.new(secret.encode(), host_key.encode(), hashlib.sha1).hexdigest()


def pieces(data: bytes, style: AnnouncementStyle) -> list[bytes]:
    """The announcement as it is sent: at once, or in pieces."""
    size = style.chunk or len(data) or 1
    return [data[start : start + size] for start in range(0, len(data), size)]
