# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public keys out of files and URLs, read on the controller."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError

from ansible.module_utils.urls import ConnectionError, SSLValidationError, open_url

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.key_sources import Read, key_lines, without_logins

Find = Callable[[str], str]
"""The path of a file that was named relative to a playbook or role; raises AnsibleError."""

FETCH_SECONDS = 30


def read_by_controller(find: Find) -> Read:
    """Read a file, or fetch a URL; what is read raises ValueError where it cannot be."""

    def read(source: str, where: str) -> list[str]:
        try:
            return key_lines(_text(source, find))
        except (OSError, URLError, ConnectionError, SSLValidationError, UnicodeDecodeError) as error:
            raise ValueError(without_logins(f"{where}: {source} cannot be read: {error}")) from None

    return read


def _text(source: str, find: Find) -> str:
    if "://" in source:
        return t.cast(str, open_url(source, timeout=FETCH_SECONDS).read().decode())
    return Path(find(source)).read_text(encoding="utf-8")
