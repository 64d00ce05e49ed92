# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: known_hosts
author: The callhome.junos authors (@callhome-junos)
short_description: Say which host CAs and host keys devices are known by
version_added: 1.0.0
description:
  - Keeps lines of a file in OpenSSH's known_hosts format, C(@cert-authority) and C(@revoked) lines among them.
  - Lines that say something else stay as they are, and where they are. The file is replaced as a whole, under a lock, so that
    any number of hosts of a play may change it at the same time.
  - Runs on the controller.
options:
  path:
    description:
      - The file. Defaults to that of P(callhome.junos.netconf#connection). Made with mode V(0644) where it is not there.
      - A line with a marker in C(~/.ssh/known_hosts) breaks every other connection of paramiko, ncclient's among them. There is a
        warning where one is put there.
    type: path
  state:
    description:
      - Whether there are such lines.
    type: str
    choices: [present, absent]
    default: present
  marker:
    description:
      - V(cert-authority) for the public key of a host CA, V(revoked) for a key that is to be believed no more, a host's or a
        CA's, and nothing for the host key of a device.
    type: str
    choices: [cert-authority, revoked]
  names:
    description:
      - Device ids, or patterns of them. With O(state=absent), every name where this is not set.
    type: list
    elements: str
  key:
    description:
      - A public key as OpenSSH writes it. With O(state=absent), every key where this is not set.
    type: str
attributes:
  check_mode:
    description: Tells what would be changed, and changes nothing.
    support: full
  diff_mode:
    description: Shows the lines that come and go.
    support: full
notes:
  - Names that are hashed (C(HashKnownHosts)) are not changed, as nobody can tell whose they are.
seealso:
  - plugin: callhome.junos.netconf
    plugin_type: connection
  - module: ansible.builtin.known_hosts
"""

EXAMPLES = r"""
- name: Trust a host CA for the devices of the branches
  callhome.junos.known_hosts:
    marker: cert-authority
    names: ["branch-*"]
    key: "{{ lookup('ansible.builtin.file', 'host_ca.pub') }}"
  run_once: true

- name: A device was stolen
  callhome.junos.known_hosts:
    marker: revoked
    names: ["*"]
    key: "{{ stolen_host_key }}"

- name: Forget a device
  callhome.junos.known_hosts:
    state: absent
    names: [branch-7]
"""

RETURN = r"""
path:
  description: The file.
  returned: success
  type: str
"""
