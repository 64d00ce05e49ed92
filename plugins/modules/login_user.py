# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: login_user
author: The callhome.junos authors (@callhome-junos)
short_description: Users and login classes of a Junos device
version_added: 1.0.0
description:
  - Configures C([edit system login]).
extends_documentation_fragment:
  - callhome.junos.candidate
options:
  classes:
    description:
      - Login classes.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the class; none of the classes that Junos has itself.
        type: str
        required: true
      state:
        description:
          - Whether the class is there, and active.
        type: str
        choices: [present, absent, inactive]
        default: present
      exclusive:
        description:
          - Remove permissions and expressions that are not in the lists given.
        type: bool
        default: false
      idle_timeout:
        description:
          - Minutes after which an idle user of the class is logged out.
        type: int
      permissions:
        description:
          - Permissions as Junos names them.
        type: list
        elements: str
      allow_commands:
        description:
          - A regular expression of commands that are allowed besides.
        type: str
      deny_commands:
        description:
          - A regular expression of commands that are denied.
        type: str
      allow_configuration:
        description:
          - A regular expression of statements that are allowed besides.
        type: str
      deny_configuration:
        description:
          - A regular expression of statements that are denied.
        type: str
      allow_commands_regexps:
        description:
          - Regular expressions of commands that are allowed besides.
        type: list
        elements: str
      deny_commands_regexps:
        description:
          - Regular expressions of commands that are denied.
        type: list
        elements: str
      allow_configuration_regexps:
        description:
          - Regular expressions of statements that are allowed besides.
        type: list
        elements: str
      deny_configuration_regexps:
        description:
          - Regular expressions of statements that are denied.
        type: list
        elements: str
  users:
    description:
      - Local accounts. One that remote authentication takes as its template, such as C(remote), is a user as well.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The user's name. V(root) is always there, and not configured here.
        type: str
        required: true
      state:
        description:
          - Whether the user is there, and active.
        type: str
        choices: [present, absent, inactive]
        default: present
      class:
        description:
          - The login class. Required for a new user.
        type: str
      uid:
        description:
          - The numerical user id, from 100 to 64000. Junos chooses one where none is given.
        type: int
      full_name:
        description:
          - The full name, without colons or commas.
        type: str
"""

EXAMPLES = r"""
- name: An account for automation
  callhome.junos.login_user:
    classes:
      - name: automation
        permissions: [view, configure, maintenance, secret]
    users:
      - name: robot
        class: automation
        full_name: Playbooks
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
