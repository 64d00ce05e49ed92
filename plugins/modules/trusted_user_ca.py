# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: trusted_user_ca
author: The callhome.junos authors (@callhome-junos)
short_description: User CAs that a Junos device trusts
version_added: 1.0.0
description:
  - Configures whose user certificates the device accepts, from Junos 22.3R1 on. No file transfer besides NETCONF is
    needed.
extends_documentation_fragment:
  - callhome.junos.candidate
options:
  state:
    description:
      - With V(absent), what is named is removed; everything, where nothing is named.
    type: str
    choices: [present, absent]
    default: present
  keys:
    description:
      - Public keys of the user CAs, as OpenSSH writes them.
      - They are put into a file on the device that holds exactly these, or with O(inline=true) into the configuration.
    type: list
    elements: str
  inline:
    description:
      - Keep the keys in the configuration (C(cert-based-auth)), and no file on the device.
    type: bool
    default: false
  file:
    description:
      - The path of a file with CA keys that is on the device already. Excludes O(keys) unless O(inline=true).
    type: str
  exclusive:
    description:
      - Remove keys in the configuration that are not in O(keys).
    type: bool
    default: false
  update_comments:
    description:
      - With O(inline=true), give a key that is there with another comment the comment in O(keys).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Trust our user CA
  callhome.junos.trusted_user_ca:
    keys:
      - "{{ lookup('ansible.builtin.file', 'ca/user_ca.pub') }}"
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
