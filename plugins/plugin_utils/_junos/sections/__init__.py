# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every section by its name, in the order in which the manual takes them."""

from __future__ import annotations

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.section import Section
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections.login_user import LOGIN_USER
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections.netconf_service import NETCONF_SERVICE
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections.outbound_ssh_client import (
    OUTBOUND_SSH_CLIENT,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections.ssh_certificates import (
    AUTHORIZED_PRINCIPALS,
    HOST_CERTIFICATE,
    TRUSTED_USER_CA,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections.user_authentication import (
    USER_AUTHENTICATION,
)

SECTIONS: dict[str, Section] = {
    section.name: section
    for section in (
        LOGIN_USER,
        USER_AUTHENTICATION,
        TRUSTED_USER_CA,
        HOST_CERTIFICATE,
        AUTHORIZED_PRINCIPALS,
        NETCONF_SERVICE,
        OUTBOUND_SSH_CLIENT,
    )
}
