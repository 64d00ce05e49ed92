# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: commit
author: The callhome.junos authors (@callhome-junos)
short_description: Commit, confirm a commit, or go back to an earlier one on a Junos device
version_added: 1.0.0
description:
  - Commits what tasks with C(commit=false) have left in the candidate configuration.
  - Confirms a commit that would be rolled back otherwise.
  - With O(rollback), goes back to an earlier configuration.
  - Where there is nothing of that kind, nothing is committed.
options:
  rollback:
    description:
      - The number of an earlier configuration, from 1 to 49, which is loaded and committed.
      - With V(0), throws away what earlier tasks have left in the candidate. A commit that waits for its confirmation
        is left alone.
    type: int
  confirm_timeout:
    description:
      - Minutes, from 1 to 65535, after which the device rolls the commit back unless it is confirmed.
    type: int
  comment:
    description:
      - What the device's commit log says. The names of play and task, where this is not set.
    type: str
  synchronize:
    description:
      - Commit on both routing engines.
    type: bool
    default: false
attributes:
  check_mode:
    description: Loads, compares, runs C(commit check), and leaves candidate and device as they were.
    support: full
  diff_mode:
    description: Shows the device's own comparison, with secrets masked.
    support: full
notes:
  - Works over P(callhome.junos.netconf#connection) and over P(ansible.netcommon.netconf#connection).
  - Where somebody else has locked the candidate or has left changes in it, the task fails with their name, and nothing
    is touched.
seealso:
  - module: callhome.junos.call_home
"""

EXAMPLES = r"""
- name: The last call so far
  callhome.junos.session:
    state: called
  register: last

- name: Add a way in, and go back to the old one unless the new one works
  callhome.junos.outbound_ssh_client:
    clients:
      - name: second
        device_id: "{{ inventory_hostname }}"
        servers:
          - address: 198.51.100.7
    confirm_timeout: 5

- name: It works, as the device has called by it
  callhome.junos.commit:
  vars:
    call_home_newer_than: "{{ last.serial }}"

- name: Go back to the configuration before the last commit
  callhome.junos.commit:
    rollback: 1
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
confirmed:
  description: Whether a commit was confirmed by this one.
  returned: success
  type: bool
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
