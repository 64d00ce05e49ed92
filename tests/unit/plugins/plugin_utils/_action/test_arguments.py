# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What action plugins bring about in the parent of the workers as they are loaded."""

from __future__ import annotations

import gc
import multiprocessing

from ansible_collections.callhome.junos.plugins.plugin_utils._action import arguments


def test_a_worker_looks_for_no_garbage_in_what_it_shares_with_its_parent() -> None:
    assert arguments.argument_spec  # loaded, as any action plugin loads it
    forking = multiprocessing.get_context("fork")
    answers = forking.SimpleQueue()
    worker = forking.Process(target=lambda: answers.put(gc.get_freeze_count()))
    shared = len(gc.get_objects())
    worker.start()
    assert answers.get() > 0.9 * shared  # some come and go meanwhile
    worker.join()
    assert gc.get_freeze_count() == 0
