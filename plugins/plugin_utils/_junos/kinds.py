# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an option may hold: a test, and the words that say so."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError, Unsaid


@dataclass(frozen=True)
class Kind:
    """What may be given for a statement.

    allowed: the range in words. hidden: no message may hold the value. number: read back as an integer.
    canonical: the form that Junos stores.
    """

    allowed: str
    accepts: Callable[[object], bool]
    hidden: bool = False
    number: bool = False
    canonical: Callable[[str], str] = str

    def check(self, value: object, where: str) -> None:
        if not self.accepts(value):
            raise OptionError(where, Unsaid.VALUE if self.hidden else value, self.allowed)

    def text(self, value: object) -> str:
        """The value as it stands in the configuration."""
        return self.canonical(str(value))


def integer(low: int, high: int) -> Kind:
    def accepts(value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    return Kind(f"an integer from {low} to {high}", accepts, number=True)


def choice(*values: str) -> Kind:
    return Kind(" or ".join(values), lambda value: value in values)


def printable(high: int, *, low: int = 1, hidden: bool = False) -> Kind:
    def accepts(value: object) -> bool:
        if not isinstance(value, str):
            return False
        return low <= len(value) <= high and value.isprintable() and value == value.strip()

    return Kind(f"{low} to {high} printable characters, no line break, no space at either end", accepts, hidden)


def matching(pattern: str, allowed: str) -> Kind:
    compiled = re.compile(pattern)
    return Kind(allowed, lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None)


def _is_host(value: object) -> bool:
    return isinstance(value, str) and (_address(value) is not None or _HOST_NAME.fullmatch(value) is not None)


def _canonical_host(value: str) -> str:
    return _address(value) or value


def _address(text: str) -> str | None:
    try:
        return None if "%" in text else str(ipaddress.ip_address(text))
    except ValueError:
        return None


# All but the last label may be numeric, so that a broken IPv4 address is no host name.
_LABEL = r"[A-Za-z0-9](?:[-A-Za-z0-9_]{0,61}[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*(?!\d+\Z){_LABEL}")

BOOLEAN = Kind("true or false", lambda value: isinstance(value, bool))
PORT = integer(1, 65535)
COUNT = integer(1, 4294967295)
HOST = Kind("an IPv4 or IPv6 address without brackets, or a host name", _is_host, canonical=_canonical_host)
NAME = matching(r"[^\s\"<>\x00-\x1f\x7f]{1,255}", "1 to 255 characters, no space, quote, < or >")
USER_NAME = matching(r"[A-Za-z0-9_][-A-Za-z0-9_.@]{0,63}", "1 to 64 letters, digits or _ - . @, the first no - . or @")
LOGIN_NAME = Kind(
    f"{USER_NAME.allowed}; root is not one of them: user_authentication sets [edit system root-authentication]",
    lambda value: USER_NAME.accepts(value) and value != "root",
)
DEVICE_PATH = matching(r"/[^\s\"\\\x00-\x1f\x7f]{1,1022}", "an absolute path on the device, without spaces or quotes")
REGULAR_EXPRESSION = printable(1024)
