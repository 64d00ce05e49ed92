# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules that ask the agent have in common: the connection's options, and the agent they lead to."""

from __future__ import annotations

import os
import typing as t
from abc import abstractmethod

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import connection_loader

from ansible_collections.callhome.junos.plugins.plugin_utils._action.arguments import argument_spec
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.client import AgentClient, NoAgent
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError

CONNECTION = "callhome.junos.netconf"


class AgentAction(ActionBase):
    """An action on the controller. Subclasses check arguments, ask and tell; no connection is made to a device."""

    _requires_connection = False
    _supports_check_mode = True
    documentation: t.ClassVar[str]

    def __init_subclass__(cls) -> None:
        """Read the documentation as the plugin is loaded: in the parent of the forked workers, once for all of them."""
        argument_spec(cls.documentation)

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """The task's result; raises AnsibleActionFail."""
        super().run(tmp, task_vars)
        self._connection_options = call_home_connection(self, task_vars or {})
        try:
            return self.perform(task_vars or {})
        except AgentError as exc:
            raise AnsibleActionFail(str(exc)) from None

    @abstractmethod
    def perform(self, task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        """What the module does."""

    def agent(self, arguments: dict[str, t.Any]) -> AgentClient:
        """The agent of the task's ``agent_socket``, else that of the host's connection."""
        connection = self._connection_options
        return AgentClient(arguments["agent_socket"] or connection.get_option("agent_socket"),
                           command=connection.agent_command)  # fmt: skip


def call_home_connection(action: ActionBase, task_vars: dict[str, t.Any]) -> t.Any:
    """The call home connection of the task's host (of the delegate under ``delegate_to``), with its options."""
    if action._connection.transport == CONNECTION:
        return action._connection
    # an action runs in a worker, which is the playbook's child
    connection = connection_loader.get(CONNECTION, action._play_context, ansible_playbook_pid=os.getppid())
    own = task_vars.get("ansible_delegated_vars", {}).get(action._task.delegate_to, task_vars)
    variables = connection._resolve_option_variables(own, action._templar)
    connection.set_options(task_keys=action._task.dump_attrs(), var_options=variables)
    return connection


def last_call(action: ActionBase, task_vars: dict[str, t.Any]) -> int:
    """The serial number of the newest call of the task's host; 0 where it has not called, or where no agent answers."""
    connection = call_home_connection(action, task_vars)
    request = {"devices": [connection.device], "timeout": 0.0, "newer_than": 0}
    try:
        answer = AgentClient(connection.get_option("agent_socket")).ask("wait", request, start=False)
    except (AgentError, NoAgent):
        return 0
    return max((call["serial"] for call in answer["called"]), default=0)
