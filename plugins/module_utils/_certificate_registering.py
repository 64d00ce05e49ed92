# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What module certificate_register does, in a process on the CA host or in the worker. Standard library only."""

from __future__ import annotations

import dataclasses
import os
import typing as t

from ansible_collections.callhome.junos.plugins.module_utils._certificate_register import (
    Wanted,
    as_line,
    issue,
    plain_key,
    revoke,
    timestamp,
)
from ansible_collections.callhome.junos.plugins.module_utils._shared_files import locked, replace_file

PUBLIC_KEY_MODE = 0o644
REQUIRED_IF = [("state", "present", ["public_key", "principals", "authority"])]


def perform(given: dict[str, t.Any], *, dry: bool) -> dict[str, t.Any]:
    """The module's result; ``given`` are its arguments, and ``dry`` writes nothing. Raises ValueError and OSError."""
    deed = _present if given["state"] == "present" else _revoked
    return deed(given, dry)


def _present(given: dict[str, t.Any], dry: bool) -> dict[str, t.Any]:
    """The certificate that is to be there."""
    wanted = Wanted.checked(given)
    entry, is_new = issue(given["path"], wanted, dry=dry)
    laid = _lay_public_key(given, wanted.public_key, dry)
    return {
        "changed": is_new or laid,
        "issued": is_new,
        "serial": entry.serial,
        "valid_from": timestamp(entry.valid_from),
        "valid_to": timestamp(entry.valid_to),
        "entry": dataclasses.asdict(entry),
        "diff": {"before": "", "after": as_line(entry) if is_new else ""},
    }


def _revoked(given: dict[str, t.Any], dry: bool) -> dict[str, t.Any]:
    """The entries that are valid no more."""
    key = plain_key(given["public_key"]) if given["public_key"] else None
    entries, changed = revoke(given["path"], given["type"], given["identity"], key, dry=dry)
    lines = "".join(map(as_line, entries)) if changed else ""
    return {
        "changed": changed,
        "entries": [dataclasses.asdict(entry) for entry in entries],
        "diff": {"before": "", "after": lines},
    }


def _lay_public_key(given: dict[str, t.Any], key: str, dry: bool) -> bool:
    """Whether the file of the public key had to be written."""
    path, text = given["public_key_file"], f"{key}\n"
    if path is None or _content(path) == text:
        return False
    if not dry:
        with locked(given["path"]):
            replace_file(path, text, PUBLIC_KEY_MODE)
    return True


def _content(path: str) -> str | None:
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()
