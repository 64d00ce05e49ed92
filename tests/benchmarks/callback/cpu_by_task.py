# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import multiprocessing
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: cpu_by_task
type: notification
short_description: Writes what CPU time the playbook's processes took for each task, as JSON
description:
  - The linear strategy begins a task when the one before has ended on every host, so the time between is the task's.
  - Processes that stay, as an agent does, are not part of it.
options:
  path:
    description: The file, with a list of objects that have C(file), C(task) and C(cpu) in seconds.
    type: path
    required: true
    env:
      - name: CPU_BY_TASK_PATH
"""


class CallbackModule(CallbackBase):
    """CPU time from one task's start to the next one's."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "cpu_by_task"

    def __init__(self) -> None:
        super().__init__()
        self._begun: list[tuple[str, str, float]] = []

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._begin(task.get_path().rpartition(":")[0], task.get_name())

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._begin("", "")
        tasks = [
            {"file": file, "task": name, "cpu": after - before}
            for (file, name, before), (_file, _name, after) in zip(self._begun, self._begun[1:], strict=False)
        ]
        with open(self.get_option("path"), "w", encoding="utf-8") as file:
            json.dump(tasks, file)

    def _begin(self, file: str, name: str) -> None:
        multiprocessing.active_children()  # waits for workers that have ended, whose time then counts
        self._begun.append((file, name, sum(os.times()[:4])))
