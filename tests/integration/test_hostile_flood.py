# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strangers call under a device's id, a hundred times a second from twenty addresses, and repeat its own announcement.

Half of the harm is done by callers that then fall silent in the key exchange, half by those that go through with it and
present a key of their own. The device is found among them, and a session that is up does not notice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.caller import VERSION_LINE
from ansible_collections.callhome.junos.tests.integration.harness.keyring import Keyring
from ansible_collections.callhome.junos.tests.integration.harness.site import SECRET, Site, host_of
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play, read
from ansible_collections.callhome.junos.tests.simulator import AnnouncementStyle, ClientSpec
from ansible_collections.callhome.junos.tests.simulator.announcement import announcement

STRANGERS = [f"127.0.1.{number}" for number in range(1, 21)]
DEVICES_OWN = "127.0.2.1"
RATE = 100.0
FLOOD_SECONDS = 22.0
BEFORE_THE_DEVICE_CALLS = 3.0
"""Seconds for which the host already tries the strangers' calls."""
FOUND_WITHIN = 10.0
UNDISTURBED = 5.0
"""Seconds that one RPC may take while the machine is busy with the flood; its own command timeout is 30."""
RPCS = 8


def _fall_silent(site: Site, name: str, said: bytes) -> None:
    site.simulator.hostile.flood(
        ("127.0.0.1", site.controller.port), said + VERSION_LINE, STRANGERS, RATE, FLOOD_SECONDS
    )


def _present_another_key(site: Site, name: str, said: bytes) -> None:
    """Each stranger has as many calls parked as it can, and dials again as soon as it is hung up on."""
    further = [ClientSpec(f"further{number}", [("127.0.0.1", site.controller.port)]) for number in range(3)]
    site.simulator.add_devices([
        site.spec(f"{name}-stranger{number}", announcement=AnnouncementStyle(verbatim=said), source_address=source,
                  clients=further, redial_pause=1)
        for number, source in enumerate(STRANGERS)
    ])  # fmt: skip


@pytest.mark.parametrize("strangers", [_fall_silent, _present_another_key], ids=["silent", "other-key"])
def test_a_device_is_found_among_strangers_who_use_its_id_and_a_session_that_is_up_is_not_disturbed(
    own_site: Site, strangers: Callable[[Site, str, bytes], None]
) -> None:
    site, keys = own_site, Keyring(own_site.controller.home)
    steady = site.add("steady", **keys.plain())
    site.controller.run([play(read("read"))], site.inventory("steady")).check()
    host_key = keys.new("victim")
    strangers(site, "victim", announcement("victim", host_key.text, SECRET, AnnouncementStyle()))
    strangers(site, "steady", steady.announcement())
    rpcs = site.controller.start([play(*(read(f"read {number}") for number in range(RPCS)))], site.inventory("steady"))
    spec = site.spec("victim", source_address=DEVICES_OWN, **keys.plain(host_key))
    searching = site.controller.start([play(read("read"))], {"victim": {**host_of(spec), "call_home_timeout": 30}})
    searching.wait_for("read")
    time.sleep(BEFORE_THE_DEVICE_CALLS)
    victim = site.simulator.add_device(spec)
    found = searching.finish().check().result("read").time
    _was_found(found - victim.log.of("announced")[0].time, victim, site.controller.agent_info())
    undisturbed = rpcs.finish().check()
    assert max(undisturbed.seconds(f"read {number}") for number in range(RPCS)) < UNDISTURBED
    assert len(steady.log.of("login")) == 1


def _was_found(seconds: float, victim: Any, info: dict[str, Any]) -> None:
    assert seconds < FOUND_WITHIN
    assert len(victim.log.of("login")) == 1
    assert DEVICES_OWN in [session["address"] for session in info["sessions"]]
    assert info["reception"]["accepted"] > RATE, "the flood did not take place"
