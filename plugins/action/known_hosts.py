# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep lines of a known_hosts file."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

from ansible.errors import AnsibleActionFail

from ansible_collections.callhome.junos.plugins.module_utils._shared_files import locked, replace_file
from ansible_collections.callhome.junos.plugins.modules.known_hosts import DOCUMENTATION
from ansible_collections.callhome.junos.plugins.plugin_utils._action.agent import AgentAction
from ansible_collections.callhome.junos.plugins.plugin_utils._action.arguments import checked_arguments
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.known_hosts_lines import Lines, Statement

FILE_MODE = 0o644
PARAMIKO_READS = ("known_hosts", "ssh_known_hosts")
"""Names of the files that other SSH libraries read too."""


class ActionModule(AgentAction):
    """One statement about keys and names, made or taken back. The agent itself is not asked."""

    documentation = DOCUMENTATION

    def perform(self, task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        """The file as it is to be."""
        required = {"required_if": [("state", "present", ["names", "key"])], "required_one_of": [("names", "key")]}
        arguments = checked_arguments(self, self.documentation, **required)
        path = _followed(arguments["path"] or self._connection_options.get_option("known_hosts"))
        try:
            statement = Statement.checked(arguments["marker"], arguments["names"], arguments["key"])
            if self._task.check_mode:
                before, after = _changed(path, statement, arguments["state"])
            else:
                before, after = _change(path, statement, arguments["state"])
        except (OSError, ValueError) as exc:
            raise AnsibleActionFail(f"{path}: {exc}") from None
        shown = {"before": before, "after": after, "before_header": path, "after_header": path}
        return {"changed": before != after, "path": path, "diff": shown, "warnings": _warnings(path, arguments)}


def _followed(path: str) -> str:
    """The file itself: a link to it is to stay one."""
    return os.path.realpath(os.path.expanduser(path))


def _warnings(path: str, arguments: dict[str, t.Any]) -> list[str]:
    if arguments["state"] != "present" or arguments["marker"] is None or os.path.basename(path) not in PARAMIKO_READS:
        return []
    warning = (
        f"{path}: a line with @{arguments['marker']} breaks the connections of every program that reads this file with "
        "paramiko, such as ansible.netcommon.netconf. A file of its own, as call_home_known_hosts is, does not."
    )
    return [warning]


def _change(path: str, statement: Statement, state: str) -> tuple[str, str]:
    Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(path):
        before, after = _changed(path, statement, state)
        if before != after:
            replace_file(path, after, FILE_MODE)
    return before, after


def _changed(path: str, statement: Statement, state: str) -> tuple[str, str]:
    """The text before and after."""
    before = Path(path).read_bytes().decode("utf-8") if Path(path).exists() else ""
    lines = Lines(before)
    deed = lines.with_statement if state == "present" else lines.without
    return before, deed(statement)
