# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_certificate
author: The callhome.junos authors (@callhome-junos)
short_description: Host certificate of a Junos device
version_added: 1.0.0
description:
  - Gives the device the certificate by which controllers know it, from Junos 23.2R1 on. It is signed elsewhere.
extends_documentation_fragment:
  - callhome.junos.candidate
options:
  state:
    description:
      - With V(absent), the host certificate is removed.
    type: str
    choices: [present, absent]
    default: present
  certificate:
    description:
      - A host certificate as OpenSSH writes it, of one of the device's own host keys.
      - It is refused before it is put where it is of another key, expired by the device's clock, or does not name the
        device id. The one that is there already is looked at by the controller's clock, and without its key. Where it is
        not valid, or expires within a week, that is a warning.
      - Junos takes one host certificate, in a file on the device, or with O(inline=true) in the configuration.
    type: str
  device_id:
    description:
      - The device id that the certificate has to name. Defaults to those of the C(outbound-ssh) clients.
    type: str
  inline:
    description:
      - Keep the certificate in the configuration (C(cert-based-auth)), and no file on the device.
    type: bool
    default: false
  file:
    description:
      - The path of a file with a host certificate that is on the device already. Excludes O(certificate).
    type: str
"""

EXAMPLES = r"""
- name: Give the device its certificate
  callhome.junos.host_certificate:
    certificate: "{{ lookup('ansible.builtin.file', 'certificates/' ~ inventory_hostname ~ '-cert.pub') }}"
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
