# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the files that a playbook names, without being held up by what is no file."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

LARGEST = 64 << 20
"""Bytes; more is neither a key nor a known hosts file."""


def read_file(path: str | Path) -> bytes:
    """All of a regular file, or nothing of /dev/null. Raises OSError, also for a pipe or device: they may never end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if os.fspath(path) == os.devnull:
            return b""
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        if found.st_size > LARGEST:
            raise OSError(errno.EFBIG, f"it has {found.st_size} bytes", str(path))
        return file.read()
