# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a section refuses, before a device is touched."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Unsaid(Enum):
    """Stands for a value that no message may hold."""

    VALUE = "(not shown)"


class OptionError(ValueError):
    """An option holds what Junos would refuse, or what contradicts the present configuration.

    option: its name with the way to it, such as ``clients[0].servers[1].port``.
    value: what was given; ``Unsaid.VALUE`` for a secret or a private key.
    allowed: what is allowed, or what to do instead.
    """

    def __init__(self, option: str, value: object, allowed: str) -> None:
        self.option = option
        self.value = value
        self.allowed = allowed
        super().__init__(f"{option}: {_shown(value)} is not allowed; allowed: {allowed}")


class ReleaseError(ValueError):
    """The device's release does not have statements that the options ask for.

    found: the device's release. needs: statement -> the first release that has it.
    """

    def __init__(self, found: str, needs: Mapping[str, str]) -> None:
        self.found = found
        self.needs = dict(needs)
        wanted = "; ".join(f"{statement} needs {first} or later" for statement, first in needs.items())
        super().__init__(f"the device runs Junos {found}: {wanted}. Nothing was loaded.")


def _shown(value: object) -> str:
    if value is Unsaid.VALUE:
        return "the value given (not shown)"
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
