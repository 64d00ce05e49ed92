#!/usr/bin/python
# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_register
author: The callhome.junos authors (@callhome-junos)
short_description: Give out the serial numbers of certificates, and keep the list of them
version_added: 1.0.0
description:
  - Says which certificate a key is to have. It is the newest one that was issued to the identity, where that still serves,
    or else a new one with the next serial number.
  - It signs nothing. M(community.crypto.openssh_cert) does, given the serial number and the validity that are returned here.
    A certificate that was lost is so signed again, the same one.
  - Runs on the CA host and needs nothing but Python there, and no process of its own where that is the controller. Any number of
    tasks may use one list at the same time, and no serial number is given out twice.
options:
  path:
    description:
      - The list, a file on the CA host with one certificate a line, as JSON. Made with mode V(0600) where it is not there.
      - C(.lock) is appended for the file that locks it.
    type: path
    required: true
  state:
    description:
      - V(present) finds or issues a certificate.
      - V(revoked) marks all that O(identity) was issued; of O(public_key) only, where that is given. A key that was revoked
        is issued nothing any more.
    type: str
    choices: [present, revoked]
    default: present
  type:
    description:
      - Whose certificate it is.
    type: str
    choices: [user, host]
    required: true
  identity:
    description:
      - The identity in the certificate, which a server writes into its log. The certificates of one O(type) and identity
        succeed each other.
    type: str
    required: true
  public_key:
    description:
      - The public key to be certified, its text. Required unless O(state=revoked).
    type: str
  public_key_file:
    description:
      - A file to write O(public_key) into, where M(community.crypto.openssh_cert) finds it.
    type: path
  principals:
    description:
      - The names that the certificate is for. At least one unless O(state=revoked), as a certificate without is good for every name.
    type: list
    elements: str
    default: []
  options:
    description:
      - The certificate's options, as for M(community.crypto.openssh_cert).
    type: list
    elements: str
    default: []
  authority:
    description:
      - The public key of the CA that is to sign, its text. Required unless O(state=revoked).
    type: str
  valid_for:
    description:
      - How long a new certificate is valid, such as V(30d) or V(52w6d).
    type: str
    default: 30d
  backdated:
    description:
      - How long before now a new certificate begins to be valid, for clocks that are behind.
    type: str
    default: 1h
  renew_below:
    description:
      - A certificate with at most this share of its life left serves no more, from V(0) for one that has expired to V(1) for any.
    type: float
    default: 0.33
attributes:
  check_mode:
    description: Tells which serial number would be issued, and issues none.
    support: full
  diff_mode:
    description: Shows the lines that are added or changed.
    support: full
seealso:
  - module: callhome.junos.certificate_register_info
  - module: community.crypto.openssh_cert
"""

EXAMPLES = r"""
- name: Which certificate is the device to have?
  callhome.junos.certificate_register:
    path: /root/ca/issued
    type: host
    identity: branch-7
    principals: [branch-7]
    public_key: "{{ host_key }}"
    public_key_file: /root/ca/hosts/branch-7.pub
    authority: "{{ lookup('ansible.builtin.file', 'host_ca.pub') }}"
    valid_for: 52w
  delegate_to: ca.example.net
  register: certificate

- name: Sign it, unless it is there
  community.crypto.openssh_cert:
    path: /root/ca/hosts/branch-7-cert.pub
    public_key: /root/ca/hosts/branch-7.pub
    signing_key: /root/ca/host_ca
    type: host
    identifier: branch-7
    principals: [branch-7]
    serial_number: "{{ certificate.serial }}"
    valid_from: "{{ certificate.valid_from }}"
    valid_to: "{{ certificate.valid_to }}"
    regenerate: full_idempotence
  delegate_to: ca.example.net

- name: A device was stolen
  callhome.junos.certificate_register:
    path: /root/ca/issued
    state: revoked
    type: host
    identity: branch-7
  delegate_to: ca.example.net
"""

RETURN = r"""
issued:
  description: Whether the serial number is a new one.
  returned: when O(state=present)
  type: bool
serial:
  description: The serial number.
  returned: when O(state=present)
  type: int
valid_from:
  description: Since when the certificate is valid, in UTC, as M(community.crypto.openssh_cert) takes it.
  returned: when O(state=present)
  type: str
  sample: "2026-03-01T11:00:00"
valid_to:
  description: When it expires, likewise.
  returned: when O(state=present)
  type: str
  sample: "2026-03-31T12:00:00"
entry:
  description:
    - All that the list says of it. C(issued), C(valid_from) and C(valid_to) are seconds since the epoch, C(authority) is the
      fingerprint of the CA.
  returned: when O(state=present)
  type: dict
  sample:
    serial: 12
    type: host
    identity: branch-7
    public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI...
    principals: [branch-7]
    options: []
    authority: SHA256:Aps80CYHqK8jRaMt2BNkjS1SrJpuEcgF7QTlBoB/ygI
    issued: 1772366400
    valid_from: 1772362800
    valid_to: 1774958400
    revoked: false
entries:
  description: All that are revoked of the identity.
  returned: when O(state=revoked)
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.callhome.junos.plugins.module_utils._certificate_registering import REQUIRED_IF, perform


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "state": {"type": "str", "choices": ["present", "revoked"], "default": "present"},
            "type": {"type": "str", "choices": ["user", "host"], "required": True},
            "identity": {"type": "str", "required": True},
            "public_key": {"type": "str", "no_log": False},
            "public_key_file": {"type": "path"},
            "principals": {"type": "list", "elements": "str", "default": []},
            "options": {"type": "list", "elements": "str", "default": []},
            "authority": {"type": "str"},
            "valid_for": {"type": "str", "default": "30d"},
            "backdated": {"type": "str", "default": "1h"},
            "renew_below": {"type": "float", "default": 0.33},
        },
        required_if=REQUIRED_IF,
        supports_check_mode=True,
    )
    try:
        result = perform(module.params, dry=module.check_mode)
    except (OSError, ValueError) as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
