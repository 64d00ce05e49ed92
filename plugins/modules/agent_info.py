# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: agent_info
author: The callhome.junos authors (@callhome-junos)
short_description: Tell what the call home agent knows
version_added: 1.0.0
description:
  - Returns the calls that are parked, the sessions, the hosts that wait for their device, and who was refused and why.
  - Runs on the controller. No device is contacted, and no agent is started.
options:
  agent_socket:
    description:
      - The agent's control socket. Defaults to that of P(callhome.junos.netconf#connection).
    type: path
attributes:
  check_mode:
    description: Can run in check mode, as it changes nothing.
    support: full
  diff_mode:
    description: Returns details on what has changed.
    support: none
seealso:
  - plugin: callhome.junos.netconf
    plugin_type: connection
"""

EXAMPLES = r"""
- name: Who has called, and who was refused?
  callhome.junos.agent_info:
  run_once: true
  register: call_home

- name: Show the device ids that wait for a playbook
  ansible.builtin.debug:
    msg: "{{ call_home.agent.parking.calls | map(attribute='device_id') }}"
"""

RETURN = r"""
running:
  description: Whether an agent answers at the socket.
  returned: always
  type: bool
agent:
  description: The agent's account of itself; empty where none answers.
  returned: always
  type: dict
  contains:
    pid:
      description: Its process id.
      type: int
      returned: when an agent runs
    started:
      description: When it was started, in seconds since the epoch.
      type: float
      returned: when an agent runs
    running:
      description: The ansible-core and the collection that it runs.
      type: dict
      returned: when an agent runs
    waiting:
      description: The device ids and addresses that hosts wait for now.
      type: list
      elements: str
      returned: when an agent runs
    playbooks:
      description: Process ids of the playbooks that hold a NETCONF channel.
      type: list
      elements: int
      returned: when an agent runs
    sessions:
      description: The SSH sessions, with device id, user, authentication method, the proof of the device, and their playbooks.
      type: list
      elements: dict
      returned: when an agent runs
    seen:
      description: The last call of each device id, the newest first. The C(serial) of a later call is higher.
      type: list
      elements: dict
      returned: when an agent runs
    reception:
      description: The listeners, and counts of calls since the start.
      type: dict
      returned: when an agent runs
    parking:
      description: The calls that are parked until a host asks for them. What they announce is not proved.
      type: dict
      returned: when an agent runs
    refusals:
      description: The calls that were refused, counted by source, device id and reason.
      type: list
      elements: dict
      returned: when an agent runs
    blocks:
      description: The pairs of source and device id whose calls are refused for a while after several failures, with the seconds left.
      type: list
      elements: dict
      returned: when an agent runs
"""
