# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How NETCONF messages are told apart on the wire (RFC 6242): the end mark of 1.0, the chunks of 1.1."""

from __future__ import annotations

import re

END_MARK = b"]]>]]>"
_CHUNK_HEADER = re.compile(rb"\n#([1-9][0-9]{0,9})\n")
_CHUNKS_END = b"\n##\n"
_LONGEST_HEADER = 13
MESSAGE_LIMIT = 64 * 1024 * 1024


class BadFraming(ValueError):
    """The peer sent what is no message of the framing in force."""


class Framer:
    """Cuts a byte stream into messages. Starts with end marks (1.0), as every session does; `chunked` changes it."""

    def __init__(self) -> None:
        self.chunked = False
        self._buffer = bytearray()
        self._chunks: list[bytes] = []
        self._searched = 0

    def feed(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > MESSAGE_LIMIT:
            raise BadFraming("message too long")

    def next(self) -> bytes | None:
        """The next whole message, or None until more is fed. Raises `BadFraming`."""
        return self._next_chunked() if self.chunked else self._next_marked()

    def _next_marked(self) -> bytes | None:
        end = self._buffer.find(END_MARK, self._searched)
        if end < 0:
            self._searched = max(0, len(self._buffer) - len(END_MARK))
            return None
        message = bytes(self._buffer[:end])
        del self._buffer[: end + len(END_MARK)]
        self._searched = 0
        return message

    def _next_chunked(self) -> bytes | None:
        while True:
            if self._buffer.startswith(_CHUNKS_END) and self._chunks:
                del self._buffer[: len(_CHUNKS_END)]
                message, self._chunks = b"".join(self._chunks), []
                return message
            header = _CHUNK_HEADER.match(self._buffer)
            if header is None:
                self._refuse_garbage()
                return None
            size = int(header[1])
            if len(self._buffer) < header.end() + size:
                return None
            self._chunks.append(bytes(self._buffer[header.end() : header.end() + size]))
            del self._buffer[: header.end() + size]

    def _refuse_garbage(self) -> None:
        if len(self._buffer) > _LONGEST_HEADER or not b"\n#".startswith(bytes(self._buffer[:2])):
            raise BadFraming("chunk header expected")

    def frame(self, message: bytes) -> bytes:
        """A message as it goes out under the framing in force."""
        if self.chunked:
            return b"\n#%d\n%s%s" % (len(message), message, _CHUNKS_END)
        return message + END_MARK + b"\n"
