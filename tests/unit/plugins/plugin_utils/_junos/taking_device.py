# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device behind a NETCONF session that takes whatever is loaded, and notes it."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.loading import configuration, loaded
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import a_key

_ANSWERS = {
    "get-software-information": "<x><junos-version>24.4R1</junos-version></x>",
    "get-system-uptime-information": "<x><current-time><date-time seconds='1000'>then</date-time></current-time></x>",
    "file-show": f"<file-content>{a_key().public.text}</file-content>",
}


class TakingDevice:
    """Of release 24.4R1, without files. Commits at once what is loaded.

    present: its configuration. loads: every configuration that it was sent, first to last.
    """

    def __init__(self) -> None:
        self.present = configuration()
        self.loads: list[etree._Element] = []

    def __call__(self, request: etree._Element) -> etree._Element:
        reply = etree.Element("rpc-reply")
        if request.tag == "load-configuration":
            self._take(request[0])
        elif request.tag == "get-configuration":
            reply.append(self._told(request))
        else:
            reply.append(etree.fromstring(_ANSWERS.get(str(request.tag), "<ok/>")))
        return reply

    def _take(self, tree: etree._Element) -> None:
        self.loads.append(deepcopy(tree))
        self.present = loaded(self.present, Change(tree))

    def _told(self, request: etree._Element) -> etree._Element:
        if request.get("compare") is None:
            return deepcopy(self.present)
        return etree.fromstring("<x><configuration-output>something</configuration-output></x>")
