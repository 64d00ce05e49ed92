# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netconf_service
author: The callhome.junos authors (@callhome-junos)
short_description: NETCONF service of a Junos device
version_added: 1.0.0
description:
  - Configures C([edit system services netconf]).
extends_documentation_fragment:
  - callhome.junos.candidate
options:
  state:
    description:
      - Whether NETCONF over SSH is offered. With V(absent), what is named is removed; the whole service, where nothing
        is named.
    type: str
    choices: [present, absent, inactive]
    default: present
  port:
    description:
      - The TCP port, from 1 to 65535. Junos takes 830 where none is set. It says nothing about calls home.
    type: int
  connection_limit:
    description:
      - The most sessions at once, from 1 to 250.
    type: int
  rate_limit:
    description:
      - The most connection attempts a minute, from 1 to 250.
    type: int
  client_alive_count_max:
    description:
      - How many client-alive messages may stay without an answer, from 0 to 255.
    type: int
  client_alive_interval:
    description:
      - Seconds between client-alive messages, from 0 to 65535.
    type: int
  rfc_compliant:
    description:
      - Make NETCONF sessions compliant with RFC 4741.
    type: bool
  yang_compliant:
    description:
      - Make NETCONF sessions compliant with the YANG models.
    type: bool
  traceoptions:
    description:
      - What is traced of NETCONF sessions.
    type: dict
    suboptions:
      state:
        description:
          - Whether it is there, and active.
        type: str
        choices: [present, absent, inactive]
        default: present
      exclusive:
        description:
          - Remove flags that are not in O(traceoptions.flags).
        type: bool
        default: false
      file:
        description:
          - The name of the trace file.
        type: str
      size:
        description:
          - The size at which a new file is begun, such as V(10m).
        type: str
      files:
        description:
          - How many files are kept, from 2 to 1000.
        type: int
      world_readable:
        description:
          - Whether every user may read the file.
        type: bool
      match:
        description:
          - A regular expression of the lines to write.
        type: str
      flags:
        description:
          - What to trace.
        type: list
        elements: str
        choices: [all, incoming, outgoing, debug]
      on_demand:
        description:
          - Trace only when an operator asks for it.
        type: bool
"""

EXAMPLES = r"""
- name: Offer NETCONF, on calls home and on its own port
  callhome.junos.netconf_service:
    connection_limit: 10
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
