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
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.client import AgentClient
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
        self._connection_options = self._resolve(task_vars or {})
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

    def _resolve(self, task_vars: dict[str, t.Any]) -> t.Any:
        """The call home connection of the task's host (of the delegate under ``delegate_to``), with its options."""
        if self._connection.transport == CONNECTION:
            return self._connection
        # an action runs in a worker, which is the playbook's child
        connection = connection_loader.get(CONNECTION, self._play_context, ansible_playbook_pid=os.getppid())
        own = task_vars.get("ansible_delegated_vars", {}).get(self._task.delegate_to, task_vars)
        variables = connection._resolve_option_variables(own, self._templar)
        connection.set_options(task_keys=self._task.dump_attrs(), var_options=variables)
        return connection
