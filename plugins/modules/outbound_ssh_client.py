# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: outbound_ssh_client
author: The callhome.junos authors (@callhome-junos)
short_description: Outbound SSH clients of a Junos device, by which it calls home
version_added: 1.0.0
description:
  - Configures C([edit system services outbound-ssh]).
extends_documentation_fragment:
  - callhome.junos.candidate
options:
  clients:
    description:
      - The C(client) statements, one for each network management system.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The client's name.
        type: str
        required: true
      state:
        description:
          - Whether the client is there, and active. The device calls only for active clients.
        type: str
        choices: [present, absent, inactive]
        default: present
      device_id:
        description:
          - What the device announces itself as. Required for a new client. No white space or commas, as it becomes a
            principal.
        type: str
      secret:
        description:
          - The secret that proves the announced host key, in clear text or as a C($9$) string; 128 random bits or more.
        type: str
      update_password:
        description:
          - V(changed) sets a secret that is not the one on the device, V(on_create) only where there is none.
          - V(always) sets also one that cannot be compared, since it is hidden from this user, each time.
        type: str
        choices: [changed, on_create, always]
        default: changed
      keep_alive:
        description:
          - Messages by which the device finds out that a connection is dead.
        type: dict
        suboptions:
          state:
            description:
              - Whether they are sent.
            type: str
            choices: [present, absent, inactive]
            default: present
          retry:
            description:
              - How many messages may stay without an answer. Junos takes 3 where none is set.
            type: int
          timeout:
            description:
              - Seconds between messages. Junos takes 15 where none is set.
            type: int
      reconnect_strategy:
        description:
          - Whether the device goes back to the server it had last, or begins with the first.
        type: str
        choices: [sticky, in-order]
      services:
        description:
          - The service that is offered. Set for a new client.
        type: str
        choices: [netconf]
      servers:
        description:
          - Where the device calls, in the order in which it tries them. Required for a new client.
        type: list
        elements: dict
        suboptions:
          address:
            description:
              - An IPv4 or IPv6 address, or a host name.
            type: str
            required: true
          state:
            description:
              - Whether the server is there, and active.
            type: str
            choices: [present, absent, inactive]
            default: present
          port:
            description:
              - The TCP port, from 1 to 65535. V(4334) for a new server where none is given.
            type: int
          retry:
            description:
              - How often it is tried before the next server. Junos takes 3 where none is set.
            type: int
          timeout:
            description:
              - Seconds that an attempt may take. Junos takes 15 where none is set.
            type: int
      exclusive:
        description:
          - Remove servers that are not in O(clients[].servers).
        type: bool
        default: false
      proxy_server:
        description:
          - A proxy on the way to the servers, from Junos 23.4R1 on.
        type: dict
        suboptions:
          state:
            description:
              - Whether it is used.
            type: str
            choices: [present, absent, inactive]
            default: present
          dhcp:
            description:
              - Use the proxy that DHCP names.
            type: bool
          host:
            description:
              - The proxy's address or host name.
            type: str
          port:
            description:
              - The proxy's port, from 1 to 65535. Junos takes 8080 where none is set.
            type: int
          user:
            description:
              - The user to log in to the proxy as.
            type: str
          password:
            description:
              - The password for the proxy.
            type: str
          update_password:
            description:
              - When to set the password, as for the client's secret.
            type: str
            choices: [changed, on_create, always]
            default: changed
  routing_instance:
    description:
      - The routing instance by which all clients call, from Junos 19.3R1 on.
    type: str
  exclusive:
    description:
      - Remove clients that are not in O(clients).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Call two controllers, the first one first
  callhome.junos.outbound_ssh_client:
    clients:
      - name: nms
        device_id: "{{ call_home_device_id }}"
        secret: "{{ call_home_secret }}"
        keep_alive:
          retry: 3
          timeout: 5
        servers:
          - address: nms1.example.net
          - address: nms2.example.net
            port: 4335
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
