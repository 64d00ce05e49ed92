# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device's NETCONF session as a task's connection offers it, over call home and over direct SSH alike."""

from __future__ import annotations

import json
import typing as t

from ansible.errors import AnsibleActionFail
from ansible.module_utils.connection import Connection, ConnectionError

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.rpc import ChannelLost

try:
    from lxml import etree
except ImportError:
    pass  # told by _libraries before any of this is used

CALL_HOME = "callhome.junos.netconf"
CONNECTIONS = (CALL_HOME, "ansible.netcommon.netconf")


class NetconfDevice:
    """Sends requests through Ansible's socket; `send` is what ``_junos`` asks for."""

    def __init__(self, connection: t.Any) -> None:
        """Raises AnsibleActionFail where the connection carries no NETCONF, AnsibleConnectionFailure."""
        name = connection.ansible_name or connection.transport
        if name not in CONNECTIONS and connection.transport not in CONNECTIONS:
            raise AnsibleActionFail(
                f"the connection {name!r} carries no NETCONF: set ansible_connection to one of {', '.join(CONNECTIONS)}"
            )
        self._socket = Connection(connection.socket_path)

    def send(self, request: etree._Element) -> etree._Element:
        """The reply, rpc-errors among it; raises ChannelLost."""
        try:
            reply = self._socket.rpc(etree.tostring(request, encoding="unicode"))
        except ConnectionError as exc:
            # ncclient raises for warnings as well as for errors, and what it raises is the XML that Junos sent
            return _read(str(exc))
        return _read(reply)

    def session_id(self) -> str:
        """The id of the NETCONF session; on Junos it is the process that serves it."""
        return str(json.loads(self._socket.get_capabilities())["session_id"])


def _read(text: str) -> etree._Element:
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True)
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        raise ChannelLost(text) from None
