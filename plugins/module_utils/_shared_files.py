# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that several processes change, and that a kill at any moment leaves whole. Standard library only: it runs anywhere."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator

LOCK_MODE = 0o600


@contextlib.contextmanager
def locked(path: str) -> Iterator[None]:
    """Be the only process that changes ``path``; others wait. The kernel lets go of the lock of a process that is killed.

    The lock is on a file of its own beside it, as ``path`` itself is replaced. Raises OSError.
    """
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, LOCK_MODE)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def replace_file(path: str, text: str, mode: int) -> None:
    """Give ``path`` a new content: all of it or nothing. Raises OSError. The caller holds a lock that others take as well.

    ``mode`` is that of a file that was not there; another keeps its mode and its owner.
    """
    unfinished = f"{path}.new"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            _look_like(path, file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.replace(unfinished, path)
    except OSError:
        os.unlink(unfinished)
        raise
    _keep_name(os.path.dirname(path) or ".")


def _look_like(path: str, descriptor: int, mode: int) -> None:
    try:
        before = os.stat(path)
    except FileNotFoundError:
        os.fchmod(descriptor, mode)
        return
    os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, before.st_mode & 0o7777)


def _keep_name(folder: str) -> None:
    """A new name survives a power failure only once its folder is written."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
