# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of every section, below its name: those that its own module documents, with references to match."""

from __future__ import annotations

import re
from textwrap import indent
from typing import ClassVar

from ansible_collections.callhome.junos.plugins.modules import (
    authorized_principals,
    host_certificate,
    login_user,
    netconf_service,
    outbound_ssh_client,
    trusted_user_ca,
    user_authentication,
)

_HEADER = """\
{name}:
  description:
    - {what}, as in M(callhome.junos.{name}).
  type: dict
  suboptions:
"""


def _section(name: str, what: str, documentation: str) -> str:
    """One option of the modules over all sections. The options stand last in the documentation of a section's module."""
    options = re.sub(r"\bO\(", f"O({name}.", documentation.partition("\noptions:\n")[2])
    return indent(_HEADER.format(name=name, what=what) + indent(options, "  "), "  ")


class ModuleDocFragment:
    """What the modules over all sections share."""

    # the annotation keeps ansible-test's yamllint away, which fails on a text that is put together
    DOCUMENTATION: ClassVar[str] = "options:\n" + "".join(
        (
            _section("login_user", "Users and login classes", login_user.DOCUMENTATION),
            _section("user_authentication", "Passwords and SSH keys of users", user_authentication.DOCUMENTATION),
            _section("trusted_user_ca", "The user CAs that the device trusts", trusted_user_ca.DOCUMENTATION),
            _section("host_certificate", "The host certificate", host_certificate.DOCUMENTATION),
            _section(
                "authorized_principals",
                "The principals that may log in with a certificate",
                authorized_principals.DOCUMENTATION,
            ),
            _section("netconf_service", "The NETCONF service", netconf_service.DOCUMENTATION),
            _section(
                "outbound_ssh_client", "The clients by which the device calls home", outbound_ssh_client.DOCUMENTATION
            ),
        )
    )
