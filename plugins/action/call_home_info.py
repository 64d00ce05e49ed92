# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell what a device has and says."""

from __future__ import annotations

import typing as t

from ansible_collections.callhome.junos.plugins.modules.call_home_info import DOCUMENTATION
from ansible_collections.callhome.junos.plugins.plugin_utils._action.configure import DeviceAction, Result
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.account import SUBJECTS
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.device import Device
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import ReleaseError


class ActionModule(DeviceAction):
    """Reads, and locks nothing."""

    documentation = DOCUMENTATION

    def perform(self, arguments: dict[str, t.Any], task_vars: dict[str, t.Any]) -> Result:
        """Each subject that is asked for; one that the release cannot tell of is left out, with a warning."""
        _netconf, rpc = self.connect()
        device = Device(rpc)
        result: Result = {"changed": False}
        for subject in arguments["gather"]:
            try:
                result |= SUBJECTS[subject](device)
            except ReleaseError as exc:
                needed = " and ".join(f"{request} from {first} on" for request, first in exc.needs.items())
                rpc.warnings.append(f"{subject} was left out: Junos has {needed}, and this device runs {exc.found}.")
        return {**result, "warnings": rpc.warnings}
