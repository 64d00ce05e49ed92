# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell what the agent knows."""

from __future__ import annotations

import typing as t

from ansible_collections.callhome.junos.plugins.modules.agent_info import DOCUMENTATION
from ansible_collections.callhome.junos.plugins.plugin_utils._action.agent import AgentAction
from ansible_collections.callhome.junos.plugins.plugin_utils._action.arguments import checked_arguments
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.client import NoAgent


class ActionModule(AgentAction):
    """Asks the agent that is there, and starts none."""

    documentation = DOCUMENTATION

    def perform(self, task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        """The agent's account of itself, or that there is none."""
        agent = self.agent(checked_arguments(self, self.documentation))
        try:
            return {"changed": False, "running": True, "agent": agent.ask("info", {}, start=False)}
        except NoAgent:
            return {"changed": False, "running": False, "agent": {}}
