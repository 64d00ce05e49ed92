# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients register certificates when they are committed: which were too early for them, and the repair of the manual."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.candidate import Candidate
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.manner import Manner
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import Node
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.rpc import ChannelLost
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections.outbound_ssh_client import (
    active_clients,
    certificates_missing,
    reregistration,
)

BACK_AFTER_MINUTES = 1
"""The shortest time that Junos gives a commit before it is rolled back."""

_CERTIFICATE_SECTIONS = ("trusted_user_ca", "host_certificate", "authorized_principals")


def registered_without(changes: Mapping[str, Change], present: Node) -> tuple[str, ...]:
    """The clients of `present` that do not know of the certificates which `changes` add to it."""
    added = certificates_missing(present) and any(changes.get(name) for name in _CERTIFICATE_SECTIONS)
    return active_clients(present) if added else ()


def reregister(candidate: Candidate, clients: tuple[str, ...], manner: Manner) -> None:
    """Have the clients register anew. Raises JunosError and ChannelLost.

    A session that came by one of them is cut as soon as they are deactivated, so nobody could activate them again: the
    device does, by rolling back a commit that nobody confirms.
    """
    off, on = reregistration(clients)
    candidate.load(off)
    if manner.by_client:
        with suppress(ChannelLost):
            candidate.commit(manner.log, confirm_minutes=BACK_AFTER_MINUTES, synchronize=manner.synchronize)
        candidate.leave()
        return
    candidate.commit(manner.log, synchronize=manner.synchronize)
    candidate.load(on)
    candidate.commit(manner.log, synchronize=manner.synchronize)


def unregistered_advice(clients: tuple[str, ...], present: Node, manner: Manner) -> tuple[str, ...]:
    """What whoever asked should know of those clients."""
    if not clients:
        return ()
    names = ", ".join(clients)
    if not manner.reregister:
        sentence = (
            f"{names} was committed without {', '.join(certificates_missing(present))}. Junos registers certificates when "
            "a client is committed, so they take effect on its calls once it is deactivated, committed, activated and "
            "committed again (reregister in call_home), or with a second client of the same device id."
        )
    elif manner.by_client:
        sentence = (
            f"{names} is deactivated until the device rolls that back, after {BACK_AFTER_MINUTES} minute. This session "
            "ends; the device calls again then, and uses its certificates."
        )
    else:
        return ()
    return (f"[edit system services outbound-ssh] {sentence}",)
