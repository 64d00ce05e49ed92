#!/usr/bin/python
# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_register_info
author: The callhome.junos authors (@callhome-junos)
short_description: Tell which certificates were issued, to whom, and until when
version_added: 1.0.0
description:
  - Returns the list that M(callhome.junos.certificate_register) keeps on the CA host.
options:
  path:
    description:
      - The list. Where there is no such file, nothing was issued.
    type: path
    required: true
attributes:
  check_mode:
    description: Can run in check mode, as it changes nothing.
    support: full
  diff_mode:
    description: Returns details on what has changed.
    support: none
seealso:
  - module: callhome.junos.certificate_register
"""

EXAMPLES = r"""
- name: What was issued?
  callhome.junos.certificate_register_info:
    path: /root/ca/issued
  delegate_to: ca.example.net
  register: certificates

- name: Show the serial numbers that are valid a week from now
  ansible.builtin.debug:
    msg: "{{ certificates.entries | selectattr('valid_to', 'gt', now().timestamp() + 604800) | map(attribute='serial') }}"
"""

RETURN = r"""
entries:
  description:
    - The certificates, oldest first, with C(serial), C(type), C(identity), C(principals), C(options), C(public_key),
      C(authority) and C(revoked). C(issued), C(valid_from) and C(valid_to) are seconds since the epoch.
  returned: success
  type: list
  elements: dict
"""

import dataclasses

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.callhome.junos.plugins.module_utils._certificate_register import read_register


def main() -> None:
    module = AnsibleModule(argument_spec={"path": {"type": "path", "required": True}}, supports_check_mode=True)
    try:
        entries = read_register(module.params["path"])
    except (OSError, ValueError) as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, entries=[dataclasses.asdict(entry) for entry in entries])


if __name__ == "__main__":
    main()
