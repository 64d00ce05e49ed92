# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a device lets the NMS in, asked of the agent without any playbook."""

from __future__ import annotations

import os
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.client import AgentClient
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.errors import AgentError
from ansible_collections.callhome.junos.tests.integration.harness.fleet import (
    BOOTSTRAP,
    BOOTSTRAP_PASSWORD,
    USER,
    Fleet,
)

CERTIFICATE, DAY0 = "certificate", "day 0"
SECONDS = 5.0
AT_ONCE = 12
AGENT_ARGUMENTS = ("--block-seconds", "3")
"""The devices' clocks run twenty times as fast, and so they dial: whoever fails is blocked for that much less."""


def agent(fleet: Fleet) -> AgentClient:
    """The agent, started if it was killed."""
    return AgentClient(str(fleet.site.controller.socket), command=AGENT_ARGUMENTS)


def ways_in(fleet: Fleet, names: Collection[str]) -> dict[str, str | None]:
    """By which of the two ways each lets us in over a call that is newer than this question; None where it does not."""
    seen = agent(fleet).ask("info", {})["seen"]
    newer_than = max((call["serial"] for call in seen), default=0)
    for name in names:
        fleet.devices[name].drop_connections()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(names, pool.map(lambda name: _way_in(fleet, name, newer_than), names), strict=True))


def _way_in(fleet: Fleet, name: str, newer_than: int) -> str | None:
    return next((way for way in (CERTIFICATE, DAY0) if _lets_in(fleet, name, way, newer_than)), None)


def _lets_in(fleet: Fleet, name: str, way: str, newer_than: int) -> bool:
    listen = fleet.site.controller.listen
    request = {
        "host": name,
        "device": {"device_id": name, "address": None, "listen": listen},
        **_credentials(fleet, name)[way],
        "network_os": "callhome.junos.junos",
        "owner": os.getpid(),
        "timeout": SECONDS,
        "newer_than": newer_than,
    }
    try:
        agent(fleet).ask("session", request, timeout=SECONDS)
    except AgentError:
        return False
    agent(fleet).ask("close", {"device_id": name, "force": True})
    return True


def _credentials(fleet: Fleet, name: str) -> dict[str, dict[str, Any]]:
    secret = (fleet.nms / "secrets" / name).read_text().strip()
    known_hosts = str(fleet.home / "known_hosts")
    return {
        CERTIFICATE: {
            "trust": {"proofs": ["certificate"], "known_hosts": known_hosts},
            "login": {"user": USER, "authentications": ["certificate"], "key_file": str(fleet.nms / USER)},
        },
        DAY0: {
            "trust": {"proofs": ["secret"], "secret": secret, "known_hosts": known_hosts},
            "login": {"user": BOOTSTRAP, "authentications": ["password"], "password": BOOTSTRAP_PASSWORD},
        },
    }
