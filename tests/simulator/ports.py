# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A port for somebody who listens a little later."""

from __future__ import annotations

import random
import socket

# Kernels give ports from 32768 on to connections by themselves (`ip_local_port_range`), so that one of these could be taken
# before it is listened at.
_OURS = range(10000, 32768)


def free_port() -> int:
    """A TCP port at which nobody listens now, and which no connection is given by chance."""
    chance = random.SystemRandom()
    while True:
        port = chance.choice(_OURS)
        if _can_be_had(port):
            return port


def _can_be_had(port: int) -> bool:
    try:
        with socket.create_server(("", port)):
            return True
    except OSError:
        return False
