# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: wait_for_calls
author: The callhome.junos authors (@callhome-junos)
short_description: Wait until devices have called home
version_added: 1.0.0
description:
  - Waits in one task until each of a number of devices has called, or the time is up. The terminal shows how many have called.
  - A device has called when a call under its device id is parked, or a session with it is up. Nothing of a parked call is proved;
    the first task that uses the device proves it.
  - Runs on the controller. Starts the agent where none answers.
options:
  device_ids:
    description:
      - The devices to wait for. Defaults to those of O(hosts).
    type: list
    elements: str
  hosts:
    description:
      - The inventory's hosts whose devices to wait for. Defaults to the hosts of the play. Use it with C(run_once).
    type: list
    elements: str
  timeout:
    description:
      - Seconds to wait for all of them together.
    type: int
    default: 120
  at_least:
    description:
      - How many of the devices suffice. The task ends as soon as so many have called.
      - All of them, where this is not set.
    type: int
  newer_than:
    description:
      - Only calls with a serial number above this one count. Every earlier call of a device has a lower one.
      - V(0) takes a call or session that is there.
    type: int
    default: 0
  require_all:
    description:
      - Fail when a device has not called in time, or with O(at_least) when fewer have.
    type: bool
    default: true
  listen:
    description:
      - Where the calls are taken. Defaults to that of P(callhome.junos.netconf#connection).
    type: str
  agent_socket:
    description:
      - The agent's control socket. Defaults to that of P(callhome.junos.netconf#connection).
    type: path
attributes:
  check_mode:
    description: Tells who has called, without waiting.
    support: full
  diff_mode:
    description: Returns details on what has changed.
    support: none
seealso:
  - module: callhome.junos.agent_info
  - module: callhome.junos.session
"""

EXAMPLES = r"""
- name: Give the devices of this play ten minutes to call, and go on with those that did
  callhome.junos.wait_for_calls:
    timeout: 600
    require_all: false
  run_once: true
  register: calls

- name: Leave out the devices that did not call
  ansible.builtin.meta: end_host
  when: (call_home_device_id | default(ansible_host | default(inventory_hostname))) in calls.missing
"""

RETURN = r"""
called:
  description: The devices that have called.
  returned: always
  type: list
  elements: dict
  contains:
    device_id:
      description: The device id.
      type: str
      returned: always
    serial:
      description: The serial number of its newest call.
      type: int
      returned: always
    address:
      description: Where that call came from.
      type: str
      returned: always
  sample:
    - device_id: branch-7
      serial: 42
      address: 192.0.2.7
hosts:
  description: The hosts whose devices have called; empty with O(device_ids).
  returned: always
  type: list
  elements: str
missing:
  description: The device ids that have not called.
  returned: always
  type: list
  elements: str
refused:
  description: Calls under missing device ids that were refused, with the reason.
  returned: always
  type: list
  elements: dict
others:
  description: Where devices are missing, the other names under which calls came to the same listeners.
  returned: always
  type: list
  elements: str
"""
