# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines a device sends ahead of its SSH version line: Junos' outbound-ssh initiation sequence.

    MSG-ID: DEVICE-CONN-INFO
    MSG-VER: V1
    DEVICE-ID: <device id>
    HOST-KEY: <type> <base64>       with `secret` only
    HMAC: <40 hexadecimal digits>   with `secret` only
    SSH-2.0-...

Nothing marks the end but the version line, and a plain RFC 8071 device sends nothing else. RFC 4253 4.2 allows a server
any lines ahead of its version line, so lines that say nothing to us are passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits

VERSION_LINE = b"SSH-"
FIELDS = {b"DEVICE-ID": "device_id", b"HOST-KEY": "host_key", b"HMAC": "hmac"}
PADDING = b" \t\r\n\0"  # devices were seen to put a NUL behind HOST-KEY
BINARY = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")


class BadAnnouncement(ValueError):
    """An announcement that breaks a bound or cannot be one; the text is the reason, without anything the peer sent."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a caller says of itself, none of it proved; None for what it does not say.

    ``host_key`` is ``<type> <base64>``, the very text the HMAC covers, ``hmac`` its HMAC-SHA1 in hexadecimal. Both are
    printable ASCII but not checked any further. ``device_id`` is printable and not empty.
    """

    device_id: str | None = None
    host_key: str | None = None
    hmac: str | None = field(default=None, repr=False)


class AnnouncementReader:
    """Reads an announcement out of bytes as they come; does no I/O.

    ``complete`` is True once a line that begins with ``SSH-`` stands next; ``announcement`` is what is known so far.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._line = b""
        self._lines = 0
        self._bytes = 0
        self.announcement = Announcement()
        self.complete = False

    def feed(self, unread: bytes) -> int:
        """Return how many of the ``unread`` bytes are announcement for certain, never one from ``SSH-`` on.

        The caller consumes exactly these; the rest, together with what follows it, is the next ``unread``. However the
        stream is cut, the result is the same. Raises BadAnnouncement, after which the reader is of no more use.
        """
        position = 0
        while position < len(unread):
            if not self._line:
                head = unread[position : position + len(VERSION_LINE)]
                self.complete = head == VERSION_LINE
                if VERSION_LINE.startswith(head):
                    break
            end = self._end_of_piece(unread, position)
            self._take(unread[position:end])
            position = end
        return position

    def _end_of_piece(self, unread: bytes, position: int) -> int:
        # A NUL between two lines belongs to neither: no SSH library knows a version line that begins with one.
        if not self._line and unread[position] == 0:
            return position + 1
        return unread.find(b"\n", position) + 1 or len(unread)

    def _take(self, piece: bytes) -> None:
        self._bound(piece)
        self._bytes += len(piece)
        if self._line or piece != b"\0":
            self._line += piece
        if piece.endswith(b"\n"):
            self._end_line()

    def _bound(self, piece: bytes) -> None:
        limits = self._limits
        left_of_line = limits.announcement_line_bytes - len(self._line)
        left_of_all = limits.announcement_bytes - self._bytes
        room = min(left_of_line, left_of_all)
        # What stands first in the stream is the reason, else it would depend on how the stream was cut.
        if BINARY.search(piece, 0, room):
            raise BadAnnouncement("binary data where an announcement or an SSH version line was expected")
        if len(piece) <= room:
            return
        if left_of_all <= left_of_line:
            raise BadAnnouncement(f"no SSH version line within {limits.announcement_bytes} bytes")
        raise BadAnnouncement(f"a line of more than {limits.announcement_line_bytes} bytes before the SSH version line")

    def _end_line(self) -> None:
        line, self._line = self._line, b""
        self._lines += 1
        if self._lines > self._limits.announcement_lines:
            raise BadAnnouncement(f"no SSH version line within {self._limits.announcement_lines} lines")
        name, colon, value = line.partition(b":")
        label = name.strip(PADDING).upper()
        if colon and label in FIELDS:
            self._set(label.decode(), FIELDS[label], value.strip(PADDING))

    def _set(self, label: str, attribute: str, value: bytes) -> None:
        if getattr(self.announcement, attribute) is not None:
            raise BadAnnouncement(f"{label} announced twice")
        text = self._text(label, value)
        if not text:
            raise BadAnnouncement(f"{label} announced without a value")
        if attribute == "device_id" and len(text) > self._limits.device_id_length:
            raise BadAnnouncement(f"{label} of more than {self._limits.device_id_length} characters")
        self.announcement = replace(self.announcement, **{attribute: text})

    def _text(self, label: str, value: bytes) -> str:
        try:
            text = value.decode("utf-8" if label == "DEVICE-ID" else "ascii")
        except UnicodeDecodeError:
            raise BadAnnouncement(f"{label} is no text") from None
        if not text.isprintable():
            raise BadAnnouncement(f"{label} has characters that cannot be printed")
        return text
