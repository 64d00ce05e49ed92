# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python libraries that the collection needs beside ansible-core.

Each file that uses one lets its import fail, so that Ansible can read documentation without them; who starts to work asks
here first and says what is missing.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

LIBRARIES = {
    "cryptography": "cryptography",
    "jxmlease": "jxmlease",
    "lxml": "lxml",
    "ncclient": "ncclient",
    "paramiko": "paramiko",
    "passlib": "libpass",
}
"""What is imported, and the package that has it."""


class Absent(Exception):
    """Stands for a library's class that one of ours is derived from, where the library is not installed."""


def missing_libraries() -> str:
    """A sentence that names the packages to install, and for which Python; empty where nothing is missing."""
    missing = [package for module, package in LIBRARIES.items() if find_spec(module) is None]
    if not missing:
        return ""
    return f"{', '.join(missing)} not installed for {sys.executable}: run `{sys.executable} -m pip install {' '.join(missing)}`"
