# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: authorized_principals
author: The callhome.junos authors (@callhome-junos)
short_description: Principals that may log in to a Junos device with a certificate
version_added: 1.0.0
description:
  - Configures which principals of user certificates are accepted, from Junos 22.3R1 on.
extends_documentation_fragment:
  - callhome.junos.candidate
options:
  state:
    description:
      - With V(absent), what is named is removed; everything, where nothing is named.
    type: str
    choices: [present, absent]
    default: present
  principals:
    description:
      - Principals that any user may log in with. A certificate with one of them is good for every account.
    type: list
    elements: str
  inline:
    description:
      - Keep principals in the configuration. With V(false) they are put into files on the device that hold exactly
        these.
    type: bool
    default: true
  file:
    description:
      - The path of a file with principals that is on the device already.
    type: str
  exclusive:
    description:
      - Remove principals in the configuration that are not in O(principals).
    type: bool
    default: false
  users:
    description:
      - Principals of single users, from Junos 24.4R1 on. Excludes O(principals).
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The user's name.
        type: str
        required: true
      principals:
        description:
          - Principals that this user may log in with.
        type: list
        elements: str
      file:
        description:
          - The path of a file with principals that is on the device already.
        type: str
      exclusive:
        description:
          - Remove principals of the user that are not in O(users[].principals).
        type: bool
        default: false
"""

EXAMPLES = r"""
- name: Only this principal, and only as this user
  callhome.junos.authorized_principals:
    users:
      - name: robot
        principals: [automation]
        exclusive: true
"""

RETURN = r"""
committed:
  description: Whether something was committed.
  returned: success
  type: bool
confirm_within:
  description: The minutes within which the commit has to be confirmed.
  returned: with O(confirm_timeout), when something was committed
  type: int
files:
  description: The files that were put on the device.
  returned: success
  type: list
  elements: str
junos_errors:
  description: What Junos said, with V(severity), V(message), V(path), V(bad_element) and V(tag).
  returned: when Junos refused a request
  type: list
  elements: dict
sent:
  description: The request that Junos refused, with secrets masked.
  returned: when Junos refused a request
  type: str
"""
