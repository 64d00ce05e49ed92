# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files with which a device begins, one of them a secret, on a disk that does not take them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ansible_collections.callhome.junos.plugins.action import day0_config


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int, *_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    kept = tmp_path / "branch-7.conf"
    kept.write_text("as it was")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        day0_config._write(kept, "a secret")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("branch-7.conf", "as it was")]
