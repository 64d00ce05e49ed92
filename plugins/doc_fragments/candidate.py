# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How every module that configures a device goes about it."""

from __future__ import annotations


class ModuleDocFragment:
    """The options that are not about what is configured."""

    DOCUMENTATION = r"""
options:
  lock:
    description:
      - Whether the candidate configuration is locked, or a private copy of it is changed and committed.
      - Where somebody else has it locked or has left changes in it, the task fails with their name, and nothing is
        touched.
    type: str
    choices: [exclusive, private]
    default: exclusive
  commit:
    description:
      - With V(false), lock and changes stay with this playbook's NETCONF session. Later tasks go on with them, and
        M(callhome.junos.commit) commits them. Without that they are gone when the play ends; over
        P(ansible.netcommon.netconf#connection), when that connection has been idle for its timeout.
      - Check mode does not look at what earlier tasks have left there, and fails.
      - Needs O(lock=exclusive).
    type: bool
    default: true
  confirm_timeout:
    description:
      - Minutes, from 1 to 65535, after which the device rolls the commit back unless M(callhome.junos.commit) confirms
        it.
      - Needs O(lock=exclusive).
    type: int
  comment:
    description:
      - What the device's commit log says. The names of play and task, where this is not set.
    type: str
  synchronize:
    description:
      - Commit on both routing engines, and put files on both.
    type: bool
    default: false
  directory:
    description:
      - The folder on the device for files that are put there. Their names hold a digest of their content, and files
        that
        are no longer named stay, as a rollback may need them.
      - C(request system storage cleanup) empties C(/var/tmp), so that is no good place.
    type: str
    default: /config
attributes:
  check_mode:
    description: Loads, compares, runs C(commit check), and leaves candidate and device as they were.
    support: full
  diff_mode:
    description: Shows the device's own comparison, with secrets masked.
    support: full
notes:
  - Works over P(callhome.junos.netconf#connection) and over P(ansible.netcommon.netconf#connection).
  - What is named is compared with the committed configuration. An option that is not given leaves its statement alone,
    and an
    empty string removes it.
"""
