# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an unknown peer may cost: every bound of the agent's front door, in one place."""

from __future__ import annotations

import resource
from dataclasses import dataclass, field, fields, replace

OTHER_DESCRIPTORS = 512
"""Descriptors left for everything that is no waiting call: sessions, playbooks, listeners, files."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds; the ``help`` in each field's metadata is its one-line meaning. All are greater than zero.

    A *source* is an IPv4 address, or the /64 of an IPv6 address.
    """

    unfinished_calls: int = field(
        default=1024, metadata={"help": "calls whose announcement is still being read, in all"}
    )
    unfinished_calls_per_source: int = field(
        default=128, metadata={"help": "calls of one source whose announcement is still being read"}
    )
    announcement_seconds: float = field(
        default=10.0, metadata={"help": "seconds a caller has to send its announcement and SSH version line"}
    )
    announcement_bytes: int = field(default=8192, metadata={"help": "bytes an announcement may have"})
    announcement_lines: int = field(default=32, metadata={"help": "lines an announcement may have"})
    announcement_line_bytes: int = field(
        default=4096, metadata={"help": "bytes one line of an announcement may have, line end included"}
    )
    device_id_length: int = field(default=255, metadata={"help": "characters an announced device id may have"})
    parked_calls: int = field(default=4096, metadata={"help": "parked calls in all"})
    parked_calls_per_source: int = field(default=512, metadata={"help": "parked calls of one source"})
    parked_calls_per_key: int = field(
        default=4, metadata={"help": "parked calls of one device id, source and announced host key"}
    )
    parked_seconds: float = field(
        default=300.0, metadata={"help": "seconds a call stays parked when no playbook asks for it"}
    )
    parked_bytes: int = field(default=16384, metadata={"help": "unread bytes after which a parked call is closed"})
    protected_calls_per_device: int = field(
        default=16, metadata={"help": "parked calls kept longest for one device id that a host waits for"}
    )
    failures_before_block: int = field(
        default=5, metadata={"help": "failures of one (source, device id) before its new calls are refused"}
    )
    failure_seconds: float = field(default=60.0, metadata={"help": "seconds within which these failures count"})
    block_seconds: float = field(default=60.0, metadata={"help": "seconds for which new calls are then refused"})
    remembered_pairs: int = field(
        default=4096, metadata={"help": "(source, device id) pairs whose failures or proofs are remembered"}
    )
    refusals: int = field(default=1024, metadata={"help": "entries of the log of refusals"})
    refusals_per_source: int = field(default=32, metadata={"help": "entries of one source in the log of refusals"})

    def __post_init__(self) -> None:
        for limit in fields(self):
            if not getattr(self, limit.name) > 0:
                raise ValueError(f"{limit.name} ({limit.metadata['help']}) must be greater than 0")

    @property
    def descriptors(self) -> int:
        """Open files a process needs to live up to these limits."""
        return self.unfinished_calls + self.parked_calls + OTHER_DESCRIPTORS


def fit_to_descriptors(limits: Limits) -> Limits:
    """Raise this process's soft limit of open files as far as ``limits`` need, and return the limits that fit.

    The usual soft limit is 1024, which strangers could fill with parked calls until the agent cannot even open its own
    control connection. Where the hard limit is too low as well, waiting calls get half of it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.descriptors
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return limits
    granted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (granted, hard))
    if granted == wanted:
        return limits
    waiting = limits.unfinished_calls + limits.parked_calls
    share = min(1.0, granted / 2 / waiting)
    return replace(
        limits,
        unfinished_calls=max(1, int(limits.unfinished_calls * share)),
        parked_calls=max(1, int(limits.parked_calls * share)),
    )
