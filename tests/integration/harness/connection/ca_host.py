# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection import local

DOCUMENTATION = r"""
name: ca_host
short_description: A CA host of its own, which goes away while it carries out a module
description:
  - It is this machine, by another connection.
  - C(CUT_AWAY_AT) in the environment is a word of the module whose answer is lost. From then on nothing reaches the host, and there
    is the file C(CUT_MARK).
options: {}
"""


class Connection(local.Connection):
    """The local connection, until its line goes."""

    transport = "ca_host"

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        cut_at, mark = os.environ.get("CUT_AWAY_AT"), Path(os.environ.get("CUT_MARK", "/"))
        if cut_at is None:
            return self._carried_out(cmd, in_data, sudoable)
        if not mark.exists():
            answer = self._carried_out(cmd, in_data, sudoable)
            if cut_at.encode() not in (in_data or b""):
                return answer
            mark.touch()
        raise AnsibleConnectionFailure("the CA host is away: no route to host")

    def _carried_out(self, *command: Any) -> tuple[int, bytes, bytes]:
        answer: tuple[int, bytes, bytes] = super().exec_command(*command)
        return answer
