# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public keys out of files and URLs, read on the controller: what the CLI of Junos does with ``load-key-file``."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError

from ansible.module_utils.urls import ConnectionError, SSLValidationError, open_url

Find = Callable[[str], str]
"""The path of a file that was named relative to a playbook or role; raises AnsibleError."""

FETCH_SECONDS = 30


def with_keys_read(options: dict[str, t.Any], find: Find) -> dict[str, t.Any]:
    """The options of user_authentication with the keys of each user's ``key_files`` among the ``public_keys``.

    Raises ValueError for a source that cannot be read.
    """
    users = [_with_keys(user, find) for user in options.get("users") or ()]
    return {**options, "users": users}


def _with_keys(user: dict[str, t.Any], find: Find) -> dict[str, t.Any]:
    plain = {name: value for name, value in user.items() if name != "key_files"}
    if user.get("key_files") is None:
        return plain
    lines = [line for source in user["key_files"] for line in _lines(source, find)]
    return {**plain, "public_keys": [*(user.get("public_keys") or ()), *({"key": line} for line in lines)]}


def _lines(source: str, find: Find) -> t.Iterator[str]:
    try:
        text = _text(source, find)
    except (OSError, URLError, ConnectionError, SSLValidationError, UnicodeDecodeError) as error:
        raise ValueError(f"key_files: {source} cannot be read: {error}") from None
    stripped = (line.strip() for line in text.splitlines())
    return (line for line in stripped if line and not line.startswith("#"))


def _text(source: str, find: Find) -> str:
    if "://" in source:
        return t.cast(str, open_url(source, timeout=FETCH_SECONDS).read().decode())
    return Path(find(source)).read_text(encoding="utf-8")
