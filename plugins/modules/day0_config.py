# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: day0_config
author: The callhome.junos authors (@callhome-junos)
short_description: Write the configuration with which a Junos device begins to call home
version_added: 1.0.0
description:
  - Writes what M(callhome.junos.call_home) would configure into a file, for zero touch provisioning, a USB stick or
    the console of
    a device that has never called.
  - Runs on the controller. No device is contacted.
  - The same options make the same bytes. The file has mode V(0600), as it holds secrets.
  - What needs a file on the device, or its host keys, is refused. User CAs and principals can stand in the
    configuration; a host
    certificate is given to the device once it has called.
extends_documentation_fragment:
  - callhome.junos.sections
options:
  dest:
    description:
      - The file to write, on the controller.
    type: path
    required: true
  format:
    description:
      - Set commands, text in braces as C(show configuration) prints it, or Junos XML.
    type: str
    choices: [set, text, xml]
    default: set
  base:
    description:
      - Your own statements, in the form that O(format) says, such as management interface, route, DNS and NTP.
      - What the other options set does not belong here as well.
      - Has to set C(root-authentication) unless O(user_authentication) does, as Junos commits nothing without it.
    type: str
    default: ""
  secret_file:
    description:
      - A file on the controller with the secret of clients that are given none. Where it does not exist, it is made,
        with 256 random
        bits and mode V(0600).
    type: path
attributes:
  check_mode:
    description: Tells what would be written, and writes nothing.
    support: full
  diff_mode:
    description: Shows the file before and after, with secrets masked.
    support: full
seealso:
  - module: callhome.junos.call_home
"""

EXAMPLES = r"""
- name: The first configuration of each device, made on the controller
  callhome.junos.day0_config:
    dest: "day0/{{ inventory_hostname }}.conf"
    secret_file: "secrets/{{ inventory_hostname }}"
    base: |
      set system host-name {{ inventory_hostname }}
      set interfaces fxp0 unit 0 family inet dhcp
    user_authentication:
      users:
        - name: root
          encrypted_password: "{{ vault_root_hash }}"
        - name: robot
          public_keys:
            - key: "{{ lookup('ansible.builtin.file', 'keys/robot.pub') }}"
    login_user:
      users:
        - name: robot
          class: super-user
    netconf_service:
      state: present
    outbound_ssh_client:
      clients:
        - name: nms
          device_id: "{{ inventory_hostname }}"
          servers:
            - address: nms1.example.net
"""

RETURN = r"""
dest:
  description: The file.
  returned: success
  type: str
"""
