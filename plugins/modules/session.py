# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: session
author: The callhome.junos authors (@callhome-junos)
short_description: Close a device's session, wait for its next call, or stop the call home agent
version_added: 1.0.0
description:
  - With O(state=closed), the SSH sessions of a device are closed. The device dials again.
  - With O(state=called), waits for a call of the device that is newer than O(newer_than).
  - With O(state=agent_stopped), ends the agent with all of its sessions.
  - Runs on the controller.
options:
  state:
    description:
      - What to bring about.
    type: str
    required: true
    choices: [closed, called, agent_stopped]
  device_id:
    description:
      - The device. Defaults to the host's, as in P(callhome.junos.netconf#connection).
    type: str
  newer_than:
    description:
      - With O(state=called), the serial number of the last call that does not count, such as RV(ignore:serial) of an earlier task.
    type: int
    default: 0
  timeout:
    description:
      - With O(state=called), seconds to wait.
    type: int
    default: 120
  force:
    description:
      - Close a session, or stop an agent, that another playbook is using.
    type: bool
    default: false
  listen:
    description:
      - Where the device's calls are taken. Defaults to that of P(callhome.junos.netconf#connection).
    type: str
  agent_socket:
    description:
      - The agent's control socket. Defaults to that of P(callhome.junos.netconf#connection).
    type: path
attributes:
  check_mode:
    description: Tells what would be closed or stopped, and does not wait.
    support: full
  diff_mode:
    description: Returns details on what has changed.
    support: none
seealso:
  - module: callhome.junos.agent_info
  - module: callhome.junos.wait_for_calls
"""

EXAMPLES = r"""
- name: The last call so far
  callhome.junos.session:
    state: called
  register: last

- name: After the reboot, wait for the next one
  callhome.junos.session:
    state: called
    newer_than: "{{ last.serial }}"
    timeout: 900

- name: Log in anew with the next task
  callhome.junos.session:
    state: closed
"""

RETURN = r"""
device_id:
  description: The device id.
  returned: with O(state=closed) and O(state=called)
  type: str
closed:
  description: How many sessions were closed.
  returned: with O(state=closed)
  type: int
serial:
  description: The serial number of the newest call.
  returned: with O(state=called)
  type: int
address:
  description: Where that call came from.
  returned: with O(state=called)
  type: str
"""
