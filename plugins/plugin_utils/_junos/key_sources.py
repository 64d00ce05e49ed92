# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public keys that stand in files elsewhere: what the CLI of Junos does with ``load-key-file``, which is no statement."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.keys import check_public_key
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.kinds import matching
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.rpc import JunosError, Rpc
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.statements import Options

try:
    from lxml.builder import E
except ImportError:
    pass  # told by _libraries before any of this is used

Read = Callable[[str, str], Iterable[str]]
"""The keys, one a line, of a source; the other argument is the option that names it. Raises ValueError."""

BY_DEVICE = "load_key_files"
"""The option with sources that the device reads."""

_SOURCE = matching(r"[^\s\"<>\x00-\x1f\x7f]{1,1024}", "a URL or path as the device takes it, without spaces or quotes")
_LOGIN_IN_URL = re.compile(r"(?<=://)[^/@\s]*@")
# Junos empties it with `request system storage cleanup`, should a copy stay.
_FOLDER = "/var/tmp"


def with_keys_of(option: str, options: Options, read: Read) -> dict[str, Any]:
    """The options of user_authentication with the keys of each user's sources among the ``public_keys``."""
    users = [
        _with_keys(user, option, f"users[{index}].{option}", read)
        for index, user in enumerate(options.get("users") or ())
    ]
    return {**options, "users": users}


def key_lines(text: str) -> list[str]:
    """The lines that hold keys, without white space around them."""
    stripped = (line.strip() for line in text.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def without_logins(text: str) -> str:
    """A source, or what is said of one, without the user and the password of a URL."""
    return _LOGIN_IN_URL.sub("", text)


def none_yet(source: str, where: str) -> list[str]:
    """Read nothing, as there is no device yet; raises OptionError for what no device would take as a source."""
    if not _SOURCE.accepts(source):
        raise OptionError(where, without_logins(source), _SOURCE.allowed)
    return []


def read_by_device(rpc: Rpc) -> Read:
    """Have the device fetch a source: copied to a file of its own, shown, and deleted. Three requests a source.

    What is read raises OptionError where it cannot be fetched, holds no key, or holds a private one.
    """

    def read(source: str, where: str) -> list[str]:
        lines = key_lines(_fetched(rpc, source, where))
        for line in lines:
            if "PRIVATE KEY" in line:
                raise OptionError(
                    where, without_logins(source), "a file of public keys; a private key is in it: take it away"
                )
            check_public_key(line, where)
        if not lines:
            raise OptionError(
                where, without_logins(source), "a file with at least one public key, one a line; none is in it"
            )
        return lines

    return read


def _with_keys(user: Options, option: str, where: str, read: Read) -> dict[str, Any]:
    plain = {name: value for name, value in user.items() if name != option}
    if user.get(option) is None:
        return plain
    lines = [line for index, source in enumerate(user[option]) for line in read(source, f"{where}[{index}]")]
    return {**plain, "public_keys": [*(user.get("public_keys") or ()), *({"key": line} for line in lines)]}


def _fetched(rpc: Rpc, source: str, where: str) -> str:
    copy = f"{_FOLDER}/call-home-{secrets.token_hex(8)}.pub"
    said = ""
    try:
        # A copy that failed may be told by text alone, so the file's being there is what counts.
        said = " ".join("".join(rpc(E("file-copy", E.source(source), E.destination(copy))).itertext()).split())
        text = rpc(E("file-show", E.filename(copy), E.encoding("raw"))).findtext(".//file-content")
    except JunosError as refused:
        with suppress(JunosError):
            _delete(rpc, copy)
        reason = without_logins(said or "; ".join(error.message for error in refused.errors))
        raise OptionError(
            where, without_logins(source), f"a file that the device can fetch; it said: {reason}"
        ) from None
    _delete(rpc, copy)
    return text or ""


def _delete(rpc: Rpc, path: str) -> None:
    rpc(E("file-delete", E.path(path)))
