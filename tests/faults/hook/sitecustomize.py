# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On the PYTHONPATH of a playbook that is to be cut short while it writes one of the NMS's files.

``CUT_AT`` is a pattern of that file's path, or of a command line. The first process that opens such a file for writing, gives
a file such a name, or starts such a program makes the file ``CUT_MARK`` and is then cut: it stops where it is and waits to be
killed (``CUT_BY`` is ``kill``), or finds the disk full, as does all that writes below ``CUT_FOLDER`` from then on. Full is what
the kernel makes of it: files may have a few bytes and no more (RLIMIT_FSIZE), of whatever program; the error says EFBIG instead
of ENOSPC. What the test itself records of the run, below ``run*``, is on another disk.
"""

from __future__ import annotations

import fnmatch
import os
import resource
import sys
import time

WRITES = os.O_WRONLY | os.O_RDWR
RECORDS = "*/run[0-9]*/*"
ROOM = 20
"""Bytes that still fit into a file on the full disk."""


def _about_to_write(event: str, arguments: tuple[object, ...]) -> str:
    """The path that is opened for writing, the new name of a file, or the command line; empty for all else."""
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
        return str(arguments[0])
    if event == "os.rename":
        return os.fsdecode(arguments[1])
    if event == "subprocess.Popen" and isinstance(arguments[1], list | tuple):
        return " ".join(map(os.fsdecode, arguments[1]))
    return ""


def _cut(event: str, arguments: tuple[object, ...]) -> None:
    target = _about_to_write(event, arguments)
    at = "*" + os.environ["CUT_FOLDER"] + "*" if os.path.exists(os.environ["CUT_MARK"]) else os.environ["CUT_AT"]
    if target and fnmatch.fnmatchcase(target, at) and not fnmatch.fnmatchcase(target, RECORDS):
        os.close(os.open(os.environ["CUT_MARK"], os.O_CREAT))
        DEEDS[os.environ["CUT_BY"]]()


def _wait_to_be_killed() -> None:
    time.sleep(600)


def _be_full() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


DEEDS = {"kill": _wait_to_be_killed, "full": _be_full}

if "CUT_AT" in os.environ:
    sys.addaudithook(_cut)
