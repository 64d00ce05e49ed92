# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device tells of itself. Each answer is asked for once, and only when somebody wants it."""

from __future__ import annotations

from functools import cached_property

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import (
    Node,
    read_configuration,
    with_inactive,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.release import Release
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.rpc import JunosError, Rpc

try:
    from lxml import etree
    from lxml.builder import E
except ImportError:
    pass  # told by _libraries before any of this is used

HOST_KEY_FILES = {
    "ssh-ed25519": "/etc/ssh/ssh_host_ed25519_key.pub",
    "ssh-rsa": "/etc/ssh/ssh_host_rsa_key.pub",
    "ecdsa-sha2-nistp256": "/etc/ssh/ssh_host_ecdsa_key.pub",
    "ecdsa-sha2-nistp384": "/etc/ssh/ssh_host_ecdsa_key.pub",
    "ecdsa-sha2-nistp521": "/etc/ssh/ssh_host_ecdsa_key.pub",
}


class Device:
    """A device behind a NETCONF session; every method raises JunosError and ChannelLost."""

    def __init__(self, rpc: Rpc) -> None:
        self.rpc = rpc

    @cached_property
    def configuration(self) -> Node:
        """``[edit system]`` as committed: with what groups bring, and with what is inactive. Two requests."""
        inherited, plain = (
            read_configuration(
                self.rpc(E("get-configuration", E.configuration(E.system()), database="committed", **attributes))
            )
            for attributes in ({"inherit": "inherit", "groups": "groups"}, {})
        )
        return with_inactive(inherited, plain)

    @cached_property
    def software(self) -> etree._Element:
        """The answer to get-software-information; several routing engines answer one by one."""
        return self.rpc(E("get-software-information"))

    @cached_property
    def release(self) -> Release:
        """Raises ValueError where the device names none."""
        return Release.parse(self.software.findtext(".//junos-version") or "")

    @cached_property
    def routing_engines(self) -> tuple[str, ...]:
        """Their names, such as re0; empty where there is only one."""
        return tuple(name.text or "" for name in self.software.iter("re-name"))

    @cached_property
    def clock(self) -> int:
        """The device's time, in seconds since the epoch."""
        time = self.rpc(E("get-system-uptime-information")).find(".//current-time/date-time")
        if time is None or not (time.get("seconds") or "").isdigit():
            raise ValueError("the device did not tell its time")
        return int(time.attrib["seconds"])

    def host_key(self, key_type: str) -> str | None:
        """The device's public host key of a type, as OpenSSH writes it; None where it has none."""
        try:
            reply = self.rpc(E("file-show", E.filename(HOST_KEY_FILES[key_type]), E.encoding("raw")))
        except JunosError:
            return None
        return (reply.findtext(".//file-content") or "").strip() or None

    @cached_property
    def commits(self) -> etree._Element:
        """The answer to get-commit-information, newest commit first."""
        return self.rpc(E("get-commit-information"))

    @property
    def commit_pending(self) -> bool:
        """Whether the newest commit waits for its confirmation."""
        newest = self.commits.find(".//commit-history")
        return newest is not None and newest.find("commit-confirmed") is not None
