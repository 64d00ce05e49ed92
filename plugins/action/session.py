# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Close a device's session, wait for its next call, or stop the agent."""

from __future__ import annotations

import typing as t

from ansible_collections.callhome.junos.plugins.modules.session import DOCUMENTATION
from ansible_collections.callhome.junos.plugins.plugin_utils._action.agent import AgentAction
from ansible_collections.callhome.junos.plugins.plugin_utils._action.arguments import checked_arguments
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.client import AgentClient, NoAgent


class ActionModule(AgentAction):
    """One state of sessions and agent, brought about."""

    documentation = DOCUMENTATION

    def perform(self, task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        """The state that was asked for."""
        arguments = checked_arguments(self, self.documentation)
        deeds = {"closed": self._closed, "called": self._called, "agent_stopped": self._agent_stopped}
        return deeds[arguments["state"]](self.agent(arguments), arguments)

    def _closed(self, agent: AgentClient, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        device_id = self._device(arguments)["device_id"]
        try:
            request = {"device_id": device_id, **self._means(arguments)}
            closed = agent.ask("close", request, start=False)["closed"]
        except NoAgent:
            closed = 0
        return {"changed": bool(closed), "device_id": device_id, "closed": closed}

    def _called(self, agent: AgentClient, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        device = self._device(arguments)
        timeout = 0 if self._task.check_mode else arguments["timeout"]
        request = {"devices": [device], "timeout": float(timeout), "newer_than": arguments["newer_than"]}
        answer = agent.ask("wait", request, timeout=float(timeout))
        if answer["called"]:
            return {"changed": False, **answer["called"][0]}
        result = {"changed": False, "device_id": device["device_id"], "refused": answer["refused"]}
        if self._task.check_mode:
            return result
        newer = f" newer than {arguments['newer_than']}" if arguments["newer_than"] else ""
        message = f"device id {device['device_id']}: no call{newer} came to {device['listen']} within {timeout} s"
        return {**result, "failed": True, "msg": message}

    def _agent_stopped(self, agent: AgentClient, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        try:
            agent.ask("stop", self._means(arguments), start=False)
            if not self._task.check_mode:
                agent.wait_until_gone()
        except NoAgent:
            return {"changed": False}
        return {"changed": True}

    def _means(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        """Whether other playbooks count, which is not another, and whether it is to be done."""
        return {
            "force": arguments["force"],
            "owner": self._connection_options.owner,
            "check": bool(self._task.check_mode),
        }

    def _device(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        device: dict[str, t.Any] = self._connection_options.device
        if arguments["device_id"]:
            device = {**device, "device_id": arguments["device_id"]}
        if arguments["listen"]:
            device = {**device, "listen": arguments["listen"]}
        return device
