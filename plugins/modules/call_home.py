# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: call_home
author: The callhome.junos authors (@callhome-junos)
short_description: All that a Junos device needs to call home, in one commit
version_added: 1.0.0
description:
  - Configures users and how they log in, certificates, the NETCONF service and the clients by which the device calls
    home, with one
    lock, one comparison and one commit.
  - A client registers host certificate, user CA and principals when it is committed. Committed together, they take
    effect at once.
extends_documentation_fragment:
  - callhome.junos.sections
  - callhome.junos.candidate
options:
  reregister:
    description:
      - Deactivate and activate clients that were committed before the certificates that this task adds, so that they
        use them.
      - Over P(ansible.netcommon.netconf#connection) this takes two further commits. Over
        P(callhome.junos.netconf#connection) it would
        cut its own session. There the clients are deactivated by a commit that nobody confirms, and the device rolls
        it back after a
        minute; the next task waits for its call.
      - Needs O(lock=exclusive), and no O(confirm_timeout).
    type: bool
    default: false
seealso:
  - module: callhome.junos.call_home_info
  - module: callhome.junos.commit
"""

EXAMPLES = r"""
- name: From passwords to certificates only, in one commit
  callhome.junos.call_home:
    login_user:
      users:
        - name: robot
          class: super-user
    trusted_user_ca:
      keys:
        - "{{ lookup('ansible.builtin.file', 'ca/user_ca.pub') }}"
    host_certificate:
      certificate: "{{ lookup('ansible.builtin.file', 'certificates/' ~ inventory_hostname ~ '-cert.pub') }}"
    authorized_principals:
      users:
        - name: robot
          principals: [automation]
    netconf_service:
      state: present
    outbound_ssh_client:
      clients:
        - name: nms
          device_id: "{{ inventory_hostname }}"
          servers:
            - address: nms1.example.net
            - address: nms2.example.net
    confirm_timeout: 10
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
