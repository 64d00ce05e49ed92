# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clients by which a device calls home."""

from __future__ import annotations

from ansible_collections.callhome.junos.plugins.modules.outbound_ssh_client import DOCUMENTATION
from ansible_collections.callhome.junos.plugins.plugin_utils._action.configure import SectionAction


class ActionModule(SectionAction):
    """The section outbound_ssh_client."""

    section = "outbound_ssh_client"
    documentation = DOCUMENTATION
