# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: call_home_info
author: The callhome.junos authors (@callhome-junos)
short_description: Tell how a Junos device calls home, and who may log in to it
version_added: 1.0.0
description:
  - Reads back what M(callhome.junos.call_home) configures, in the shape of its options, and how the device is doing.
  - A secret is never returned, only whether there is one.
options:
  gather:
    description:
      - What to read. Each takes one request, V(configuration) two and V(host_keys) three.
      - V(clients) needs Junos 23.4R1. On an older release it is left out, with a warning.
    type: list
    elements: str
    choices: [configuration, software, clients, host_keys, commits, clock]
    default: [configuration, software, clients, host_keys, commits, clock]
attributes:
  check_mode:
    description: Can run in check mode, as it changes nothing.
    support: full
  diff_mode:
    description: Returns details on what has changed.
    support: none
notes:
  - Works over P(callhome.junos.netconf#connection) and over P(ansible.netcommon.netconf#connection).
seealso:
  - module: callhome.junos.call_home
"""

EXAMPLES = r"""
- name: Which host keys can be certified?
  callhome.junos.call_home_info:
    gather: [host_keys]
  register: device

- name: Is the device's clock right? Certificates depend on it
  callhome.junos.call_home_info:
    gather: [clock]
  register: device
  failed_when: (device.clock - now().timestamp()) | abs > 60
"""

RETURN = r"""
configuration:
  description: The committed configuration by section, as the options of M(callhome.junos.call_home) would say it.
  returned: when gathered
  type: dict
certificates_missing:
  description:
    - What of host certificate, user CA and authorized principals is not configured. A client that is committed while
      anything is missing uses no certificates.
  returned: when C(configuration) is gathered
  type: list
  elements: str
software:
  description: Host name, model, release and packages, as the device names them.
  returned: when gathered
  type: dict
release:
  description: The Junos release.
  returned: when C(software) is gathered
  type: str
routing_engines:
  description: The names of the routing engines, where there are several.
  returned: when C(software) is gathered
  type: list
  elements: str
clients:
  description: The state of each C(outbound-ssh) client, as the device tells it.
  returned: when gathered, from Junos 23.4R1 on
  type: list
  elements: dict
host_keys:
  description: The device's public host keys.
  returned: when gathered
  type: list
  elements: dict
  contains:
    type:
      description: The type, such as V(ssh-ed25519).
      type: str
      returned: always
    key:
      description: The key as OpenSSH writes it.
      type: str
      returned: always
    fingerprint:
      description: Its SHA256 fingerprint.
      type: str
      returned: always
commit_pending:
  description: Whether the last commit is rolled back unless it is confirmed.
  returned: when C(commits) is gathered
  type: bool
last_commit:
  description: User, client, date and log of the last commit, as the device tells them.
  returned: when C(commits) is gathered
  type: dict
clock:
  description: The device's time, in seconds since the epoch.
  returned: when gathered
  type: int
"""
