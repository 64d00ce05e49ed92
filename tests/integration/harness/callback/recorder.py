# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: recorder
type: notification
short_description: Writes each result to a file as it comes, one JSON object a line
description:
  - The terminal's output stays what a user sees.
options:
  path:
    description: The file.
    type: path
    required: true
    env:
      - name: RECORDER_PATH
"""


class CallbackModule(CallbackBase):
    """Tasks as they start and end on each host, loop items and retries among them."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"

    def _write(self, status: str, task: Any, host: Any, result: Any = None) -> None:
        record = {
            "status": status,
            "task": task.get_name().strip().rpartition(" : ")[2],
            "host": host.get_name(),
            "time": time.time(),
            "values": result or {},
        }
        with open(self.get_option("path"), "a", encoding="utf-8") as file:
            file.write(json.dumps(record, default=str) + "\n")

    def _ended(self, status: str, result: Any) -> None:
        self._write(status, result.task, result.host, dict(result.result))

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        self._write("started", task, host)

    def v2_runner_on_ok(self, result: Any) -> None:
        self._ended("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._ended("failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._ended("unreachable", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._ended("skipped", result)

    def v2_runner_retry(self, result: Any) -> None:
        self._ended("retry", result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._ended("item-ok", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._ended("item-failed", result)
