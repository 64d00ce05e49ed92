# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give out the serial numbers of certificates: in the worker, where the CA host is the controller itself."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.callhome.junos.plugins.module_utils._certificate_registering import REQUIRED_IF, perform
from ansible_collections.callhome.junos.plugins.modules.certificate_register import DOCUMENTATION
from ansible_collections.callhome.junos.plugins.plugin_utils._action.arguments import argument_spec, checked_arguments

argument_spec(DOCUMENTATION)  # in the parent of the forked workers, once for all of them


class ActionModule(ActionBase):
    """The module, without the process that it costs where another host or user does not ask for one."""

    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """The module's result; raises AnsibleActionFail."""
        super().run(tmp, task_vars)
        if self._connection.transport != "local" or self._connection.become:
            return t.cast("dict[str, t.Any]", self._execute_module(task_vars=task_vars))
        arguments = checked_arguments(self, DOCUMENTATION, required_if=REQUIRED_IF)
        try:
            return perform(arguments, dry=bool(self._task.check_mode))
        except (OSError, ValueError) as error:
            raise AnsibleActionFail(str(error)) from None
