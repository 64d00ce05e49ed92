# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until devices have called."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail

from ansible_collections.callhome.junos.plugins.modules.wait_for_calls import DOCUMENTATION
from ansible_collections.callhome.junos.plugins.plugin_utils._action.agent import AgentAction
from ansible_collections.callhome.junos.plugins.plugin_utils._action.arguments import checked_arguments
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.addresses import canonical_address
from ansible_collections.callhome.junos.plugins.plugin_utils._terminal import FleetAwaited


class ActionModule(AgentAction):
    """One wait for any number of devices, so that one worker is enough for a fleet."""

    documentation = DOCUMENTATION

    def perform(self, task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        """Who has called, who has not, and who was refused."""
        arguments = checked_arguments(self, self.documentation)
        listen = arguments["listen"] or self._connection_options.get_option("listen")
        by_host = {} if arguments["device_ids"] else _of_hosts(arguments["hosts"], task_vars, listen)
        devices = _given(arguments["device_ids"], listen) or list(by_host.values())
        timeout = 0 if self._task.check_mode else arguments["timeout"]
        at_least = arguments["at_least"]
        request = {
            "devices": devices,
            "timeout": float(timeout),
            "newer_than": arguments["newer_than"],
            "at_least": at_least,
        }
        answer = self.agent(arguments).ask("wait", request, timeout=float(timeout), progress=FleetAwaited(timeout))
        answer["hosts"] = _whose(answer["called"], by_host)
        enough = not answer["missing"] or (at_least is not None and len(answer["called"]) >= at_least)
        if enough or not arguments["require_all"] or self._task.check_mode:
            return {"changed": False, **answer}
        return {"changed": False, "failed": True, "msg": _message(answer, timeout), **answer}


def _given(device_ids: list[str] | None, listen: str) -> list[dict[str, t.Any]]:
    return [_device(device_id, device_id, listen) for device_id in dict.fromkeys(device_ids or ())]


def _of_hosts(names: list[str] | None, task_vars: dict[str, t.Any], listen: str) -> dict[str, dict[str, t.Any]]:
    """The device of each host, found as its connection would find it; by default of those that are still in the play."""
    devices = {}
    for host in task_vars["ansible_play_hosts"] if names is None else names:
        if host not in task_vars["hostvars"]:
            raise AnsibleActionFail(f"hosts: {host!r} is not in the inventory")
        variables = task_vars["hostvars"][host]
        address = variables.get("ansible_host") or host
        device_id = variables.get("call_home_device_id") or address
        devices[host] = _device(device_id, address, variables.get("call_home_listen") or listen)
    return devices


def _whose(called: list[dict[str, t.Any]], by_host: dict[str, dict[str, t.Any]]) -> list[str]:
    """The hosts whose devices have called."""
    ids = {call["device_id"] for call in called}
    return [host for host, device in by_host.items() if device["device_id"] in ids]


def _device(device_id: str, address: str, listen: str) -> dict[str, t.Any]:
    return {"device_id": str(device_id), "address": canonical_address(str(address)), "listen": str(listen)}


def _message(answer: dict[str, t.Any], timeout: float) -> str:
    refused = [f"{entry['device_id']} from {entry['address']}: {entry['reason']}" for entry in answer["refused"][:5]]
    parts = [
        f"no call of {', '.join(answer['missing'])} within {timeout} s",
        f"refused: {'; '.join(refused)}" if refused else "",
        f"others that called: {', '.join(answer['others'][:10])}" if answer["others"] else "nobody else called",
    ]
    return ". ".join(part for part in parts if part)
