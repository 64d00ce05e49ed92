# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What befalls one device, and how it is over before the second run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.callhome.junos.tests.simulator import Control

DAY = 24 * 3600.0


def _reboot(device: Control) -> None:
    device.reboot(0.2)


def _set_clock(off_by: float) -> Callable[[Control], None]:
    def deed(device: Control) -> None:
        device.set_clock(off_by)
        device.let_go()

    return deed


def _fall_silent(device: Control) -> None:
    device.stop_calling()
    device.drop_connections()


def _be_another(device: Control) -> None:
    device.replace_host_keys("ed25519")
    device.drop_connections()


@dataclass(frozen=True)
class DeviceFault:
    """``strike`` comes while a request is under way, which is lost with its session, or let go; ``end`` after the run."""

    strike: Callable[[Control], None]
    end: Callable[[Control, str], None] = lambda device, host_key: None


DEVICE_FAULTS: dict[str, DeviceFault] = {
    "device rebooted": DeviceFault(_reboot),
    "line dropped": DeviceFault(Control.drop_connections),
    "clock a day ahead": DeviceFault(_set_clock(DAY), lambda device, _key: device.set_clock(0)),
    "clock a day behind": DeviceFault(_set_clock(-DAY), lambda device, _key: device.set_clock(0)),
    "never calls again": DeviceFault(_fall_silent, lambda device, _key: device.resume_calling()),
    "another host key": DeviceFault(_be_another, Control.replace_host_keys),
}
