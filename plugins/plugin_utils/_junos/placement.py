# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where user CA, host certificate and principals are kept: in the configuration, or in files put on the device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError, Unsaid
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.files import DeviceFile
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.statements import Options

Placed = tuple[Options, tuple[DeviceFile, ...]]
"""The options for a section's plan, and the files that they name."""

OWN_OPTIONS = ("inline", "device_id")
"""What a module takes beside the options of its section."""


def place(section: str, options: Options, directory: str) -> Placed:
    """What to plan, and what to put into `directory` of the device for it; raises OptionError.

    With ``inline`` false, what the options hold stands in files, and the statements name the files.
    """
    plain = {name: value for name, value in options.items() if name not in OWN_OPTIONS}
    SECTIONS[section].validate(plain)
    placement = _IN_FILES.get(section)
    if placement is None or options.get("inline"):
        return plain, ()
    return placement(plain, directory)


def _user_ca(options: Options, directory: str) -> Placed:
    keys = [" ".join(key.split()) for key in options.get("keys") or ()]
    return _in_file(options, "keys", keys, (directory, "user_ca", ".pub"))


def _host_certificate(options: Options, directory: str) -> Placed:
    text = options.get("certificate")
    lines = [" ".join(text.split()[:2])] if text else []
    return _in_file(options, "certificate", lines, (directory, "host_key", "-cert.pub"))


def _principals(options: Options, directory: str) -> Placed:
    device = _in_file(options, "principals", options.get("principals") or [], (directory, "principals", ""))
    users, files = options.get("users"), list(device[1])
    if users is not None:
        placed = [
            _in_file(user, "principals", user.get("principals") or [], (directory, f"principals-{user['name']}", ""))
            for user in users
        ]
        users = [user for user, _files in placed]
        if options.get("state") != "absent":
            files += [file for _user, some in placed for file in some]
    return {**device[0], "users": users}, tuple(files)


def _in_file(options: Options, option: str, lines: list[str], name: tuple[str, str, str]) -> Placed:
    """The same options with ``file`` in the place of what it will hold."""
    if not lines:
        return options, ()
    if options.get("file"):
        value = Unsaid.VALUE if option == "certificate" else options["file"]
        raise OptionError("file", value, f"either the path of a file that is there, or {option}; not both")
    directory, stem, ending = name
    file = DeviceFile.of_lines(directory, stem, ending, lines)
    if options.get("state") == "absent":
        return {**options, "file": file.path}, ()
    emptied: Mapping[str, Any] = {option: [] if options.get("exclusive") else None}
    return {**options, **emptied, "file": file.path}, (file,)


_IN_FILES: dict[str, Callable[[Options, str], Placed]] = {
    "trusted_user_ca": _user_ca,
    "host_certificate": _host_certificate,
    "authorized_principals": _principals,
}
