# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a routing engine, in memory."""

from __future__ import annotations

import fnmatch
import posixpath
from dataclasses import dataclass

_FOLDERS = (
    "/",
    "/config",
    "/etc",
    "/etc/ssh",
    "/tmp",
    "/var",
    "/var/db",
    "/var/db/scripts",
    "/var/etc",
    "/var/home",
    "/var/log",
    "/var/tmp",
)
_VOLATILE = ("/tmp/", "/var/tmp/")


class FileError(Exception):
    """What the device says of a file that it cannot read or write."""


@dataclass(slots=True)
class File:
    """Content, mode bits, owner, and when it was written (the device's seconds since the epoch)."""

    content: bytes
    mode: int
    owner: str
    time: float


class FileSystem:
    """Files by their absolute path, in folders that have to be there. `capacity` bounds the bytes in all."""

    def __init__(self, capacity: int | None = None) -> None:
        self.capacity = capacity
        self._files: dict[str, File] = {}
        self._folders = set(_FOLDERS)

    def exists(self, path: str) -> bool:
        return posixpath.normpath(path) in self._files

    def is_folder(self, path: str) -> bool:
        return posixpath.normpath(path) in self._folders

    def stat(self, path: str) -> File:
        """Raises `FileError` where there is no such file."""
        try:
            return self._files[posixpath.normpath(path)]
        except KeyError:
            raise FileError(f"{path}: No such file or directory") from None

    def read(self, path: str) -> bytes:
        """Raises `FileError` where there is no such file."""
        return self.stat(path).content

    def write(self, path: str, content: bytes, mode: int = 0o644, owner: str = "root", time: float = 0.0) -> None:
        """Raises `FileError` where it has no folder, is one, or does not fit; then nothing is changed."""
        name = posixpath.normpath(path)
        if name in self._folders:
            raise FileError(f"{path}: Is a directory")
        if posixpath.dirname(name) not in self._folders:
            raise FileError(f"{path}: No such file or directory")
        there = len(self._files[name].content) if name in self._files else 0
        if self.capacity is not None and self.used - there + len(content) > self.capacity:
            raise FileError(f"{path}: No space left on device")
        self._files[name] = File(content, mode, owner, time)

    def make_folder(self, path: str, parents: bool = False) -> None:
        """Raises `FileError` where it is there, or its own folder is not (unless `parents` are to be made too)."""
        name = posixpath.normpath(path)
        above = posixpath.dirname(name)
        if name in self._folders or name in self._files:
            raise FileError(f"{path}: File exists")
        if above not in self._folders:
            if not parents:
                raise FileError(f"{path}: No such file or directory")
            self.make_folder(above, parents=True)
        self._folders.add(name)

    def delete(self, path: str) -> None:
        """Raises `FileError` where there is no such file."""
        self.stat(path)
        del self._files[posixpath.normpath(path)]

    def rename(self, source: str, target: str) -> None:
        """Raises `FileError` where there is no such file, or the target cannot be."""
        file = self.stat(source)
        self.delete(source)
        try:
            self.write(target, file.content, file.mode, file.owner, file.time)
        except FileError:
            self._files[posixpath.normpath(source)] = file
            raise

    def matching(self, pattern: str) -> list[str]:
        """The paths that a file name with `*` and `?` stands for, or what is in a folder."""
        wanted = posixpath.normpath(pattern)
        if wanted in self._folders:
            return sorted(
                name for name in {*self._files, *self._folders} if posixpath.dirname(name) == wanted and name != wanted
            )
        return sorted(name for name in self._files if _matches(name, wanted))

    def paths(self) -> list[str]:
        return sorted(self._files)

    def clean_up(self) -> list[str]:
        """Delete what `request system storage cleanup` deletes. Returns the paths."""
        doomed = [name for name in self._files if name.startswith(_VOLATILE)]
        for name in doomed:
            del self._files[name]
        return doomed

    @property
    def used(self) -> int:
        return sum(len(file.content) for file in self._files.values())


def _matches(name: str, pattern: str) -> bool:
    """As a shell matches: a star does not stand for a slash."""
    parts, wanted = name.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatch.fnmatchcase, parts, wanted))
