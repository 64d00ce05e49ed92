# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host certificate of a device."""

from __future__ import annotations

from ansible_collections.callhome.junos.plugins.modules.host_certificate import DOCUMENTATION
from ansible_collections.callhome.junos.plugins.plugin_utils._action.configure import SectionAction


class ActionModule(SectionAction):
    """The section host_certificate."""

    section = "host_certificate"
    documentation = DOCUMENTATION
