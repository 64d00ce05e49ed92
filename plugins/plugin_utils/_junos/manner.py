# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a change is made, whatever it is."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.kinds import DEVICE_PATH, integer

_MINUTES = integer(1, 65535)


@dataclass(frozen=True)
class Manner:
    """log: for the commit. directory: where files are put on the device. private: a private copy instead of a lock.

    confirm_minutes: after them Junos rolls back, unless another commit confirms. commit: otherwise lock and changes are
    left to the NETCONF session. synchronize: both routing engines. check: nothing is to change. reregister: clients that
    were committed without certificates are deactivated and activated again. by_client: the NETCONF session may be one
    that this would cut.
    """

    log: str
    directory: str = "/config"
    private: bool = False
    confirm_minutes: int | None = None
    commit: bool = True
    synchronize: bool = False
    check: bool = False
    reregister: bool = False
    by_client: bool = False

    def refuse(self) -> None:
        """Raise OptionError for what Junos would refuse, or what no later task could go on with."""
        DEVICE_PATH.check(self.directory, "directory")
        if self.private and not self.commit:
            raise OptionError("commit", False, "true with lock private: a later task would not find the private copy")
        if self.reregister and (self.private or self.confirm_minutes or not self.commit):
            raise OptionError("reregister", True, "it with lock exclusive, commit true and no confirm_timeout")
        if self.confirm_minutes is None:
            return
        _MINUTES.check(self.confirm_minutes, "confirm_timeout")
        if self.private:
            raise OptionError("confirm_timeout", self.confirm_minutes, "none with lock private, as Junos has it")
        if not self.commit:
            raise OptionError("confirm_timeout", self.confirm_minutes, "none with commit false: give it to the commit")
