# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: user_authentication
author: The callhome.junos authors (@callhome-junos)
short_description: Passwords and SSH keys of users of a Junos device
version_added: 1.0.0
description:
  - Configures how users log in, at C([edit system login user * authentication]) and C([edit system
    root-authentication]).
extends_documentation_fragment:
  - callhome.junos.candidate
options:
  users:
    description:
      - Users, V(root) among them.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The user's name.
        type: str
        required: true
      password:
        description:
          - The password in plain text. It is hashed on the controller (SHA-512), and compared with the hash on the
            device.
        type: str
      encrypted_password:
        description:
          - The password as a C(crypt) hash.
          - An empty string removes the password, except that of V(root), without which Junos does not commit.
        type: str
      update_password:
        description:
          - V(changed) sets a password that is not the one on the device, V(on_create) only where there is none.
          - V(always) sets also one that cannot be compared, since it is hidden from this user, each time.
        type: str
        choices: [changed, on_create, always]
        default: changed
      public_keys:
        description:
          - SSH public keys. DSA keys are refused.
        type: list
        elements: dict
        suboptions:
          key:
            description:
              - The key as OpenSSH writes it, as in a C(.pub) file.
            type: str
            required: true
          state:
            description:
              - Whether the key is there.
            type: str
            choices: [present, absent]
            default: present
          from:
            description:
              - Hosts from which the key may be used, patterns with commas between them.
            type: str
          key_options:
            description:
              - Options of the key as in C(authorized_keys), from Junos 24.4R1 on. Excludes
                O(users[].public_keys[].from).
            type: str
      key_files:
        description:
          - Files or URLs, read on the controller, with further public keys, one a line.
          - For what C(load-key-file) does on the command line of Junos, see O(users[].load_key_files).
        type: list
        elements: str
      load_key_files:
        description:
          - URLs or paths, read by the device, with further public keys, one a line. The device copies each of them to a
            file of its own and deletes that again, in check mode too.
          - Takes three requests each, whenever the task runs.
        type: list
        elements: str
      exclusive:
        description:
          - Remove keys that are not in O(users[].public_keys), O(users[].key_files) or
            O(users[].load_key_files).
        type: bool
        default: false
      update_comments:
        description:
          - Give a key that is there with another comment the comment of O(users[].public_keys[].key).
        type: bool
        default: false
      no_public_keys:
        description:
          - Forbid the user to log in with a public key.
        type: bool
"""

EXAMPLES = r"""
- name: One key, and no others
  callhome.junos.user_authentication:
    users:
      - name: robot
        public_keys:
          - key: "{{ lookup('ansible.builtin.file', 'keys/robot.pub') }}"
        exclusive: true

- name: Change a password
  callhome.junos.user_authentication:
    users:
      - name: root
        password: "{{ vault_root_password }}"
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
