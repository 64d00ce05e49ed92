# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ansible-core and which copy of this collection a process runs."""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path

import ansible
from ansible.release import __version__ as core_version

COLLECTION_VERSION = "1.0.0"
"""galaxy.yml's version, held equal by a test: the file itself is not part of an installed collection."""

AGENT_FOLDERS = ("plugin_utils/_agent", "plugin_utils/_ssh", "netconf")
"""What the agent runs of the collection."""

COLLECTION = Path(__file__).resolve().parents[4]
"""The collection's folder, ``.../ansible_collections/callhome/junos`` or the checkout that this is a link to."""


@functools.cache
def running() -> dict[str, str]:
    """What has to be the same on both ends of the control socket: the agent runs the playbook's own plugins."""
    return {
        "ansible_core": core_version,
        "ansible_core_path": str(Path(ansible.__file__).resolve().parent),
        "collection": COLLECTION_VERSION,
        "collection_path": str(COLLECTION),
        "collection_files": _stamp(COLLECTION / "plugins"),
    }


def _stamp(folder: Path) -> str:
    """Tells one state of the code from another, where the version does not: a checkout that was pulled, an edit."""
    found = sorted(_python_files(str(folder / part)) for part in AGENT_FOLDERS)
    return hashlib.sha256(repr(found).encode()).hexdigest()[:16]


def _python_files(folder: str) -> list[tuple[str, int, int]]:
    # with os, as every worker does this for every task: pathlib takes twice as long
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                found += _python_files(entry.path)
            elif entry.name.endswith(".py"):
                state = entry.stat()
                found.append((entry.path, state.st_size, state.st_mtime_ns))
    return sorted(found)


def difference(ours: dict[str, str], theirs: dict[str, str]) -> str:
    """The first thing that differs, for people ('collection 1.0.0 here, 1.1.0 there'); empty when nothing does."""
    for name, value in ours.items():
        if value != theirs.get(name):
            return f"{name.replace('_', ' ')} is {value} in the agent and {theirs.get(name)} in the playbook"
    return ""
