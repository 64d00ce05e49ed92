# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Junos device for people who have none at hand: it calls home, and speaks NETCONF as Junos does.

Everything that tests and the demo need is named here; ``README.md`` shows how it is used.
"""

from __future__ import annotations

from .announcement import AnnouncementStyle
from .clock import Clock
from .control import Control
from .events import Event
from .ports import free_port
from .simulator import Simulator
from .spec import ClientSpec, DeviceSpec, UserSpec

__all__ = [
    "AnnouncementStyle",
    "ClientSpec",
    "Clock",
    "Control",
    "DeviceSpec",
    "Event",
    "Simulator",
    "UserSpec",
    "free_port",
]
