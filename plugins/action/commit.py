# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commit what waits in the candidate, confirm a commit, or go back to an earlier one."""

from __future__ import annotations

import typing as t

from ansible_collections.callhome.junos.plugins.modules.commit import DOCUMENTATION
from ansible_collections.callhome.junos.plugins.plugin_utils._action.configure import DeviceAction, Result, shown_diff
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.candidate import Candidate
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.device import Device
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.kinds import integer
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.manner import Manner

ROLLBACK = integer(0, 49)

# RFC 6241 section 8.4 lets a device take the confirmation from the session alone that made the commit.
STILL_PENDING = (
    "the device took the commit, and still waits for the confirmation of the one before: it was made by another NETCONF "
    "session, and this device wants it confirmed over that one. Do so, or let the device roll it back"
)


class ActionModule(DeviceAction):
    """One commit at most."""

    documentation = DOCUMENTATION

    def perform(self, arguments: dict[str, t.Any], task_vars: dict[str, t.Any]) -> Result:
        """Commit where something waits for it."""
        rollback = arguments["rollback"]
        if rollback is not None:
            ROLLBACK.check(rollback, "rollback")
        log = self.log_text(arguments["comment"], task_vars)
        manner = Manner(log, confirm_minutes=arguments["confirm_timeout"], synchronize=arguments["synchronize"])
        manner.refuse()
        netconf, rpc = self.connect()
        pending = rollback is None and Device(rpc).commit_pending
        with Candidate(rpc, netconf.session_id) as candidate:
            if rollback is not None:
                self._load(candidate, rollback)
            diff = candidate.compare()
            if self._task.check_mode:
                self._try(candidate, diff)
            elif diff or pending:
                candidate.commit(log, confirm_minutes=manner.confirm_minutes, synchronize=manner.synchronize)
        if pending and not manner.confirm_minutes and not self._task.check_mode and Device(rpc).commit_pending:
            return {"failed": True, "changed": bool(diff), "msg": STILL_PENDING}
        committed = bool(diff or pending) and not self._task.check_mode
        return {
            "changed": bool(diff or pending),
            "committed": committed,
            "confirmed": committed and pending,
            "confirm_within": manner.confirm_minutes if committed else None,
            "diff": shown_diff(diff),
            "warnings": rpc.warnings,
        }

    def _load(self, candidate: Candidate, rollback: int) -> None:
        if candidate.taken_over and self._task.check_mode:
            candidate.keep()
            raise OptionError(
                "rollback", rollback, "no check mode while changes of an earlier task wait in the candidate"
            )
        candidate.roll_back(rollback)

    @staticmethod
    def _try(candidate: Candidate, diff: str) -> None:
        if candidate.taken_over:
            candidate.keep()
        if diff:
            candidate.check()
