# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: junos
author: The callhome.junos authors (@callhome-junos)
short_description: Junos RPCs by name
version_added: 1.0.0
description:
  - Gives modules the RPCs of Junos' own XML protocol beside those of NETCONF.
  - Set C(ansible_network_os) to C(callhome.junos.junos). It works over P(callhome.junos.netconf#connection) and over
    P(ansible.netcommon.netconf#connection).
options:
  ncclient_device_handler:
    type: str
    default: junos
    description:
      - Name of ncclient's device handler for this network_os.
"""

import json
import typing as t

from ansible.module_utils.connection import ConnectionError
from ansible_collections.ansible.netcommon.plugins.plugin_utils.netconf_base import NetconfBase, ensure_ncclient

try:
    from lxml import etree
    from ncclient.operations import RPCError
    from ncclient.xml_ import to_ele, to_xml
except ImportError:
    pass  # ensure_ncclient says so, where it matters

JUNOS_RPCS = (
    "execute_rpc",
    "load_configuration",
    "get_configuration",
    "compare_configuration",
    "command",
    "reboot",
    "halt",
)


class Netconf(NetconfBase):
    """The NETCONF operations of the base class, and those of Junos (``<load-configuration>`` and its kin)."""

    def get_device_info(self) -> dict[str, t.Any]:
        """Host name, model and release, from ``get-software-information``."""
        software = etree.fromstring(self.execute_rpc("<get-software-information/>").encode())
        info = {"network_os": "junos"}
        for key, element in (
            ("network_os_version", "junos-version"),
            ("network_os_hostname", "host-name"),
            ("network_os_model", "product-model"),
        ):
            # a device with several routing engines answers for each of them
            found = software.find(f".//{element}")
            if found is not None and found.text:
                info[key] = found.text.strip()
        return info

    @ensure_ncclient  # type: ignore[untyped-decorator]
    def execute_rpc(self, name: str) -> str:
        """Send one RPC, given as the XML text of its element; returns the reply as XML text."""
        return self._text(self.m.rpc, to_ele(name))

    @ensure_ncclient  # type: ignore[untyped-decorator]
    def load_configuration(
        self, format: str = "xml", action: str = "merge", target: str = "candidate", config: t.Any = None
    ) -> str:
        """``<load-configuration>`` into the candidate: XML, text or JSON, or set commands with ``action='set'``.

        Raises ConnectionError where there is nothing to load.
        """
        if not config:
            raise ConnectionError("load_configuration needs a config to load")
        if isinstance(config, list):
            config = "\n".join(config)
        tree = to_ele(config) if format == "xml" and action != "set" else config
        return self._text(self.m.load_configuration, format=format, action=action, target=target, config=tree)

    @ensure_ncclient  # type: ignore[untyped-decorator]
    def get_configuration(self, format: str = "xml", filter: str | None = None) -> str:
        """``<get-configuration>``: the candidate, or the part of it that ``filter`` (XML text) names."""
        return self._text(self.m.get_configuration, format=format, filter=to_ele(filter) if filter else None)

    @ensure_ncclient  # type: ignore[untyped-decorator]
    def compare_configuration(self, rollback: int = 0) -> str:
        """What the candidate would change, in Junos' own notation; empty where that is nothing."""
        reply = self.m.compare_configuration(rollback=rollback)
        output = reply.find(".//configuration-output")
        return (output.text or "").strip("\n") if output is not None else ""

    @ensure_ncclient  # type: ignore[untyped-decorator]
    def command(self, command: str, format: str = "text") -> str:
        """Run an operational mode command; returns the reply as XML text."""
        return self._text(self.m.command, command=command, format=format)

    @ensure_ncclient  # type: ignore[untyped-decorator]
    def commit(
        self,
        confirmed: bool = False,
        timeout: int | None = None,
        persist: str | None = None,
        check: bool = False,
        comment: str | None = None,
        synchronize: bool = False,
        at_time: str | None = None,
    ) -> str:
        """``<commit-configuration>``. ``timeout`` is in seconds, as in NETCONF; Junos is told whole minutes, rounded up.

        Raises ConnectionError for ``persist``, which Junos' own commit does not have.
        """
        if persist is not None:
            raise ConnectionError(
                "Junos' commit-configuration has no persist: confirm in the same session, or roll back"
            )
        return self._text(
            self.m.commit,
            confirmed=confirmed,
            check=check,
            timeout=timeout,
            comment=comment,
            synchronize=synchronize,
            at_time=at_time,
        )

    @ensure_ncclient  # type: ignore[untyped-decorator]
    def validate(self, source: str = "candidate") -> str:
        """Check the candidate as a commit would (``commit check``)."""
        return t.cast(str, self.commit(check=True))

    @ensure_ncclient  # type: ignore[untyped-decorator]
    def reboot(self) -> str:
        """``<request-reboot>``."""
        return self._text(self.m.reboot)

    @ensure_ncclient  # type: ignore[untyped-decorator]
    def halt(self) -> str:
        """``<request-halt>``."""
        return self._text(self.m.halt)

    @ensure_ncclient  # type: ignore[untyped-decorator]
    def get_capabilities(self) -> str:
        """What modules ask first: RPCs, capabilities and facts of the device, as JSON text."""
        server_capabilities = list(self.m.server_capabilities)
        operations = self.get_device_operations(server_capabilities)
        # Junos locks and loads the candidate; its running datastore is not written to
        operations["lock_datastore"] = ["candidate"]
        operations["supports_lock"] = True
        return json.dumps({
            "rpc": [*self.get_base_rpc(), *JUNOS_RPCS],
            "network_api": "netconf",
            "device_info": self.get_device_info(),
            "server_capabilities": server_capabilities,
            "client_capabilities": list(self.m.client_capabilities),
            "session_id": self.m.session_id,
            "device_operations": operations,
        })  # fmt: skip

    @staticmethod
    def guess_network_os(obj: t.Any) -> None:
        """Nothing is guessed: to find out, this would have to dial the host."""

    def _text(self, operation: t.Callable[..., t.Any], *args: t.Any, **kwargs: t.Any) -> str:
        """Run an ncclient operation; raises Junos' own rpc-error, as XML text, for modules to read."""
        try:
            reply = operation(*args, **kwargs)
        except RPCError as exc:
            raise ConnectionError(to_xml(exc.xml), code=1) from exc
        return t.cast(str, reply.data_xml if hasattr(reply, "data_xml") else reply.xml)
