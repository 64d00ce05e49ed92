# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a device, in memory."""

from __future__ import annotations

from dataclasses import dataclass


class FileError(Exception):
    """What the device says of a file that it cannot read or write."""


@dataclass(slots=True)
class File:
    content: bytes
    mode: int
    owner: str
    time: float


class FileSystem:
    """Files by their absolute path. `capacity` bounds the bytes in all; folders are there by themselves."""

    def __init__(self, capacity: int | None = None) -> None:
        self.capacity = capacity
        self._files: dict[str, File] = {}

    def exists(self, path: str) -> bool:
        return normalised(path) in self._files

    def read(self, path: str) -> bytes:
        """Raises `FileError` where there is no such file."""
        return self.stat(path).content

    def stat(self, path: str) -> File:
        """Raises `FileError` where there is no such file."""
        try:
            return self._files[normalised(path)]
        except KeyError:
            raise FileError(f"{path}: No such file or directory") from None

    def write(self, path: str, content: bytes, mode: int = 0o644, owner: str = "root", time: float = 0.0) -> None:
        """Raises `FileError` where the storage is full or the path names a folder; then nothing is changed."""
        name = normalised(path)
        if name.endswith("/") or any(other.startswith(name + "/") for other in self._files):
            raise FileError(f"{path}: Is a directory")
        free = None if self.capacity is None else self.capacity - self.used + len(self._content(name))
        if free is not None and len(content) > free:
            raise FileError(f"{path}: No space left on device")
        self._files[name] = File(content, mode, owner, time)

    def delete(self, path: str) -> None:
        """Raises `FileError` where there is no such file."""
        self.stat(path)
        del self._files[normalised(path)]

    def rename(self, source: str, target: str) -> None:
        """Raises `FileError` where there is no such file."""
        file = self.stat(source)
        self.delete(source)
        self._files[normalised(target)] = file

    def paths(self) -> list[str]:
        return sorted(self._files)

    @property
    def used(self) -> int:
        return sum(len(file.content) for file in self._files.values())

    def _content(self, name: str) -> bytes:
        return self._files[name].content if name in self._files else b""


def normalised(path: str) -> str:
    """An absolute path without the prefix of a routing engine (`re0:/var/tmp/x`)."""
    head, colon, tail = path.partition(":")
    return tail if colon and head in ("re0", "re1", "localre") else path
