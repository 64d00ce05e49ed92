# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every section at once."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.callhome.junos.plugins.modules.call_home import DOCUMENTATION
from ansible_collections.callhome.junos.plugins.plugin_utils._action.configure import ConfigureAction
from ansible_collections.callhome.junos.plugins.plugin_utils._action.netconf_device import CALL_HOME
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.configuring import Job
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.manner import Manner
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS


class ActionModule(ConfigureAction):
    """All that is named, in one commit."""

    documentation = DOCUMENTATION

    def job(self, arguments: dict[str, t.Any], manner: Manner) -> Job:
        """The sections that are named, each with its options."""
        wanted = self.with_keys_read({name: arguments[name] for name in SECTIONS if arguments[name] is not None})
        by_client = self._connection.transport == CALL_HOME
        return Job(wanted, replace(manner, reregister=arguments["reregister"], by_client=by_client), nested=True)
