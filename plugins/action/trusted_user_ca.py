# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user CAs that a device trusts."""

from __future__ import annotations

from ansible_collections.callhome.junos.plugins.modules.trusted_user_ca import DOCUMENTATION
from ansible_collections.callhome.junos.plugins.plugin_utils._action.configure import SectionAction


class ActionModule(SectionAction):
    """The section trusted_user_ca."""

    section = "trusted_user_ca"
    documentation = DOCUMENTATION
