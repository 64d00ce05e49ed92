# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests call_home makes: all sections at once on a fresh device, and on one where nothing changes."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from bench import CHECKOUT, PASSWORD, SECRET, USER, Bench, BenchError, Task
from figures import Figure

sys.path[:0] = [str(CHECKOUT / "tests"), str(CHECKOUT / "tests" / "interop")]

from openssh_keys import KeyPair, new_key  # noqa: E402
from simulator import Control, DeviceSpec, Simulator  # noqa: E402

DEVICE = "fresh"
FILES = 2
"""User CA and host certificate are put on the device."""
FRESH = 9 + 2 * FILES + 1
"""Two more for each file, and one for the host key that the certificate is held against."""
UNCHANGED = 2 + FILES


def measure(bench: Bench) -> list[Figure]:
    """The same task twice, on a device that had nothing but a user and its client."""
    with tempfile.TemporaryDirectory() as folder, Simulator() as simulator, bench.agent() as agent:
        host_key, user_ca = (new_key(Path(folder) / name) for name in ("host_key", "user_ca"))
        new_key(Path(folder) / "host_ca").sign(host_key, DEVICE, host=True)
        device = simulator.add_device(
            DeviceSpec(DEVICE, servers=[_address(bench)], users={USER: PASSWORD}, secret=SECRET,
                       host_keys=(host_key.path.read_text(),))
        )  # fmt: skip
        agent.wait_for([DEVICE])
        task = _task(host_key, user_ca)
        fresh, unchanged = (_requests(bench, device, task, changed) for changed in (1, 0))
    return [
        Figure("requests of call_home, all sections, fresh device", ours=fresh.total(), unit="", at_most=FRESH),
        Figure("... commits among them", ours=fresh["commit-configuration"], unit="", at_most=1),
        Figure("... once nothing changes", ours=unchanged.total(), unit="", at_most=UNCHANGED),
        Figure("... locks among these", ours=unchanged["lock-configuration"], unit="", at_most=0),
    ]


def _task(host_key: KeyPair, user_ca: KeyPair) -> Task:
    client = {"name": "second", "device_id": DEVICE, "secret": "0" * 64, "servers": [{"address": "192.0.2.1"}]}
    sections = {
        "login_user": {"users": [{"name": "robot", "class": "super-user"}]},
        "user_authentication": {"users": [{"name": "robot", "public_keys": [{"key": user_ca.text}]}]},
        "trusted_user_ca": {"keys": [user_ca.text]},
        "host_certificate": {"certificate": host_key.certificate.read_text()},
        "authorized_principals": {"users": [{"name": "robot", "principals": ["automation"]}]},
        "netconf_service": {"connection_limit": 20},
        "outbound_ssh_client": {"clients": [client]},
    }
    return {"callhome.junos.call_home": sections}


def _requests(bench: Bench, device: Control, task: Task, changed: int) -> Counter[str]:
    """The names of the requests that the task made; raises BenchError where it changed another number of hosts."""
    device.log.clear()
    if bench.ours([DEVICE], [task]).changed != changed:
        raise BenchError(f"call_home did not change {changed} devices")
    counted = Counter(str(event.details["name"]) for event in device.log.of("rpc"))
    del counted["close-session"]  # the channel's end
    return counted


def _address(bench: Bench) -> tuple[str, int]:
    host, port = bench.listen.split(":")
    return host, int(port)
