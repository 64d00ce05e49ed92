# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that demands a call newer than another one: how a new way in is proved while the old one stands."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.configuring import task
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import PASSWORD, SECRET, USER, Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import local, play, read
from ansible_collections.callhome.junos.tests.simulator import Control

LAST = "{{ last.serial }}"
SESSION = "callhome.junos.session"
WAIT = "callhome.junos.wait_for_calls"


class Played:
    """A device that gets a second client while its first session is up, and one that gets none."""

    def __init__(self, site: Site) -> None:

        self.grows = site.add("grows")
        self.stays = site.add("stays")
        second = {"name": "second", "device_id": "grows", "secret": SECRET, "servers": [_server(site)]}
        newer: dict[str, Any] = {"call_home_newer_than": LAST, "call_home_timeout": 4}
        self.run = site.controller.run(
            [
                play(
                    read("first session"),
                    local("last", SESSION, {"state": "called"}, register="last"),
                    task(
                        "second client",
                        "outbound_ssh_client",
                        {"clients": [second]},
                        when="inventory_hostname == 'grows'",
                    ),
                    read("by a newer call", vars=newer, ignore_unreachable=True),
                    read("by any call"),
                )
            ],
            site.inventory("grows", "stays"),
        )


def _server(site: Site) -> dict[str, Any]:
    return {"address": "127.0.0.1", "port": site.controller.port}


@pytest.fixture(scope="module")
def played(site: Site) -> Played:
    return Played(site)


def test_a_newer_call_is_waited_for_though_a_session_is_up(played: Played) -> None:
    assert "<host-name>grows</host-name>" in played.run.result("by a newer call", "grows").values["stdout"]
    clients = [event.details["client"] for event in played.grows.log.of("login")]
    assert clients == ["nms", "second"]


def test_without_a_newer_call_the_host_is_unreachable_and_the_serial_number_is_named(played: Played) -> None:
    result = played.run.result("by a newer call", "stays")
    assert result.status == "unreachable"
    assert "call_home_newer_than" in result.message


def test_the_older_session_is_left_alone(played: Played) -> None:
    for device, name in ((played.grows, "grows"), (played.stays, "stays")):
        assert played.run.result("by any call", name).status == "ok"
        assert not device.log.of("call-down")
    assert len(played.stays.log.of("login")) == 1


def test_what_is_bound_to_the_older_session_outlives_the_newer_call(site: Site) -> None:
    """A commit that waits for its confirmation, on a device that takes it back with the session that made it."""
    device = site.add("bound", confirmed_outlives_session=False)
    second = {"name": "second", "device_id": "bound", "secret": SECRET, "servers": [_server(site)]}
    tasks = [
        local("last", SESSION, {"state": "called"}, register="last"),
        task("pending", "outbound_ssh_client", {"clients": [second], "confirm_timeout": 600}),
        read("proof", vars={"call_home_newer_than": LAST}),
        task("confirmed", "commit"),
    ]
    run = site.controller.run([play(*tasks)], site.inventory("bound")).check()
    assert [event.details["client"] for event in device.log.of("login")] == ["nms", "second"]
    assert run.result("confirmed")["confirmed"]
    assert not device.log.of("rollback")


def _waited(site: Site, at_least: int) -> Run:
    ids = {"device_ids": ["here", "away"], "timeout": 6, "at_least": at_least}
    return site.controller.run([play(local("wait", WAIT, ids, ignore_errors=True))], site.inventory("here"))


def test_a_wait_ends_as_soon_as_enough_devices_have_called(site: Site) -> None:
    device: Control = site.add("here")
    device.wait("announced")
    one, two = (_waited(site, at_least).result("wait") for at_least in (1, 2))
    assert one.status == "ok"
    assert [call["device_id"] for call in one["called"]] == ["here"]
    assert one["missing"] == ["away"]
    assert two.status == "failed"


def test_serial_numbers_go_on_when_the_agent_is_started_anew(site: Site) -> None:
    site.add("again", users={USER: PASSWORD})
    tasks = [
        read("session"),
        local("before", SESSION, {"state": "called"}, register="before"),
        local("stop", SESSION, {"state": "agent_stopped", "force": True}),
        local("after", SESSION, {"state": "called", "newer_than": "{{ before.serial }}", "timeout": 20}),
    ]
    run = site.controller.run([play(*tasks)], site.inventory("again")).check()
    assert run.result("after")["serial"] > run.result("before")["serial"]
