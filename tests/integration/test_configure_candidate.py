# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The candidate: whoever else has it is named, whatever fails is discarded, what waits is committed or confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.configuring import (
    NO_HOST_KEYS,
    SECRET,
    WAYS,
    client,
    requests,
    task,
    variables,
)
from ansible_collections.callhome.junos.tests.integration.harness.results import Result, Run
from ansible_collections.callhome.junos.tests.integration.harness.site import PASSWORD, Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import Task, play, rpc
from ansible_collections.callhome.junos.tests.simulator import Control, UserSpec

LIMIT = {"connection_limit": 77}


class Scene:
    """A device that is there before a test and as it was after it, and the way to it."""

    def __init__(self, site: Site, device: Control, way: str) -> None:
        self.site = site
        self.device = device
        self.way = way

    def run(self, *tasks: Task, arguments: tuple[str, ...] = (), **keywords: Any) -> Run:
        """One play on the device."""
        hosts = self.site.inventory(self.device.name, **variables(self.device, self.way))
        self.device.log.clear()
        return self.site.controller.run([play(*tasks, **keywords)], hosts, *arguments, environment=NO_HOST_KEYS)

    def result(self, module: str, options: dict[str, Any] | None = None, *arguments: str) -> Result:
        """What became of one task."""
        return self.run(task("it", module, options), arguments=arguments).result("it")

    def assert_untouched(self, before: str) -> None:
        """Nothing was committed, nothing is left in the candidate, nobody holds it."""
        assert self.device.committed == before
        self.device.wait_until(lambda: self.device.locked_by is None)
        assert not self.device.candidate_modified


@pytest.fixture(scope="module")
def devices(site: Site) -> dict[str, Control]:
    return {way: site.add(f"r-{way}", listen="127.0.0.1") for way in WAYS}


@pytest.fixture(params=WAYS)
def scene(request: pytest.FixtureRequest, site: Site, devices: dict[str, Control]) -> Iterator[Scene]:
    device = devices[request.param]
    before = device.committed_set
    yield Scene(site, device, request.param)
    for line in set(device.committed_set.splitlines()) - set(before.splitlines()):
        device.configure(line.replace("set ", "delete ", 1))


@pytest.fixture
def home(site: Site, devices: dict[str, Control]) -> Scene:
    return Scene(site, devices["home"], "home")


def test_what_somebody_else_left_in_the_candidate_stays_there_and_they_are_named(scene: Scene) -> None:
    before = scene.device.committed
    scene.device.edit("set snmp location somewhere", user="mallory")
    try:
        result = scene.result("netconf_service", LIMIT)
        assert result.status == "failed"
        assert "configuration database modified" in result.message
        assert "mallory (process 0) since 20" in result.message
        assert "Nothing was touched" in result.message
        assert scene.device.candidate_modified
        assert scene.device.committed == before
    finally:
        scene.device.edit("delete snmp", user="mallory")


def test_somebody_elses_lock_is_named_with_its_time(site: Site, scene: Scene) -> None:
    before = scene.device.committed
    hold = [rpc("lock", "lock-configuration"), {"name": "hold", "ansible.builtin.pause": {"seconds": 30}}]
    other = site.controller.start([play(*hold)], site.inventory(scene.device.name))
    other.wait_for("hold")
    result = scene.result("netconf_service", LIMIT)
    other.interrupt()
    other.finish()
    assert result.status == "failed"
    assert "netops (process" in result.message
    assert "who has locked it" in result.message
    scene.assert_untouched(before)


def test_what_junos_refuses_is_discarded_and_told_in_its_words(scene: Scene) -> None:
    before = scene.device.committed
    outbound = {"routing_instance": "nowhere", "clients": [client()]}
    result = scene.result("outbound_ssh_client", outbound)
    assert result.status == "failed"
    assert result["junos_errors"][0]["severity"] == "error"
    assert result["junos_errors"][0]["message"] in result.message
    scene.assert_untouched(before)


def test_a_commit_check_that_fails_is_discarded_in_check_mode_and_without(scene: Scene) -> None:
    before = scene.device.committed
    for arguments in ((), ("--check",)):
        result = scene.result("trusted_user_ca", {"file": "/var/tmp/not-there.pub"}, *arguments)
        assert result.status == "failed"
        assert "/var/tmp/not-there.pub: No such file or directory (error, [edit system services ssh]" in result.message
        assert "[edit system services ssh]" in result.message
        assert "<trusted-user-ca-key-file>/var/tmp/not-there.pub<" in result.message
        scene.assert_untouched(before)


def test_a_session_that_breaks_leaves_nothing_and_the_host_unreachable(scene: Scene) -> None:
    before = scene.device.committed
    scene.device.delay(3.0, "load-configuration")
    hosts = scene.site.inventory(scene.device.name, **variables(scene.device, scene.way))
    running = scene.site.controller.start([play(task("it", "netconf_service", LIMIT))], hosts, environment=NO_HOST_KEYS)
    scene.device.log.clear()
    try:
        scene.device.wait("rpc", name="lock-configuration", timeout=30)
        scene.device.drop_connections()
        result = running.finish().result("it")
    finally:
        scene.device.delay(0.0, "load-configuration")
    assert result.status == "unreachable"
    scene.assert_untouched(before)


def test_ctrl_c_leaves_nothing(home: Scene) -> None:
    before = home.device.committed
    home.device.delay(3.0, "load-configuration")
    running = home.site.controller.start(
        [play(task("it", "netconf_service", LIMIT))], home.site.inventory(home.device.name)
    )
    home.device.log.clear()
    try:
        home.device.wait("rpc", name="lock-configuration", timeout=30)
        running.interrupt()
        running.finish()
    finally:
        home.device.delay(0.0, "load-configuration")
    home.assert_untouched(before)


def test_with_commit_false_later_tasks_go_on_and_the_commit_module_commits_all(scene: Scene) -> None:
    run = scene.run(
        task("first", "netconf_service", {**LIMIT, "commit": False}),
        task("second", "netconf_service", {"rate_limit": 78, "commit": False}),
        task("commit", "commit", {"comment": "both of them"}),
        task("again", "commit"),
    ).check()
    assert not run.result("first")["committed"]
    assert "rate-limit 78" in run.result("second")["diff"]["prepared"]
    assert "connection-limit 77" in run.result("second")["diff"]["prepared"]
    assert run.result("commit")["committed"]
    assert not run.result("again")["changed"]
    assert [event.details["comment"] for event in scene.device.log.of("commit")] == ["both of them"]
    assert "<connection-limit>77<" in scene.device.committed
    assert "<rate-limit>78<" in scene.device.committed
    assert scene.device.locked_by is None


def test_what_no_task_commits_is_gone_when_the_play_ends(home: Scene) -> None:
    before = home.device.committed
    home.run(task("first", "netconf_service", {**LIMIT, "commit": False})).check()
    home.assert_untouched(before)


def test_over_the_stock_connection_it_is_gone_once_that_has_been_idle(site: Site, devices: dict[str, Control]) -> None:
    """The process that holds such a connection outlives the play, and so do lock and changes."""
    stock = Scene(site, devices["direct"], "direct")
    before = stock.device.committed
    idle = {"ansible_connect_timeout": 5}
    stock.run(task("first", "netconf_service", {**LIMIT, "commit": False}), vars=idle).check()
    assert stock.device.locked_by is not None
    assert stock.device.candidate_modified
    stock.device.wait_until(lambda: stock.device.locked_by is None, 30)
    stock.assert_untouched(before)


def test_check_mode_does_not_touch_what_an_earlier_task_left(scene: Scene) -> None:
    run = scene.run(
        task("first", "netconf_service", {**LIMIT, "commit": False}),
        task("tried", "netconf_service", {"rate_limit": 78}, check_mode=True, ignore_errors=True),
        task("commit", "commit"),
    ).check()
    assert "earlier task" in run.result("tried").message
    assert "<connection-limit>77<" in scene.device.committed
    assert "<rate-limit>" not in scene.device.committed


def test_rollback_0_throws_away_what_earlier_tasks_left(scene: Scene) -> None:
    before = scene.device.committed
    run = scene.run(
        task("first", "netconf_service", {**LIMIT, "commit": False}), task("throw away", "commit", {"rollback": 0})
    ).check()
    assert not run.result("throw away")["committed"]
    scene.assert_untouched(before)


def test_a_confirmed_commit_stays_once_it_is_confirmed(scene: Scene) -> None:
    run = scene.run(
        task("change", "netconf_service", {**LIMIT, "confirm_timeout": 5}),
        task("look", "call_home_info", {"gather": ["commits"]}),
        task("confirm", "commit"),
        task("again", "commit"),
    ).check()
    assert run.result("change")["confirm_within"] == 5
    assert run.result("look")["commit_pending"]
    assert run.result("confirm")["confirmed"]
    assert not run.result("again")["changed"]
    assert scene.device.log.of("commit")[0].details["confirmed_minutes"] == 5
    assert not scene.device.commit_pending
    assert "<connection-limit>77<" in scene.device.committed


def test_a_confirmed_commit_that_nobody_confirms_is_rolled_back(home: Scene) -> None:
    before = home.device.committed
    home.run(task("change", "netconf_service", {**LIMIT, "confirm_timeout": 1})).check()
    assert "<connection-limit>77<" in home.device.committed
    home.device.wait("rollback")
    assert home.device.committed == before


def test_the_commit_module_goes_back_to_an_earlier_configuration(scene: Scene) -> None:
    before = scene.device.committed
    run = scene.run(
        task("change", "netconf_service", LIMIT),
        task("try to go back", "commit", {"rollback": 1}, check_mode=True),
        task("go back", "commit", {"rollback": 1}),
    ).check()
    assert run.result("try to go back")["diff"] == run.result("go back")["diff"]
    assert "-     connection-limit 77;" in run.result("go back")["diff"]["prepared"]
    assert scene.device.committed == before


def test_a_private_copy_is_opened_committed_and_closed(scene: Scene) -> None:
    run = scene.run(task("it", "netconf_service", {**LIMIT, "lock": "private"})).check()
    assert requests(scene.device, run, "it")[2:] == [
        "open-configuration",
        "load-configuration",
        "get-configuration",
        "commit-configuration",
        "close-configuration",
    ]
    assert "<connection-limit>77<" in scene.device.committed


@pytest.mark.parametrize(
    "options",
    [
        {"lock": "private", "confirm_timeout": 5},
        {"lock": "private", "commit": False},
        {"confirm_timeout": 5, "commit": False},
        {"confirm_timeout": 0},
        {"directory": "config"},
        {"port": 0},
        {"port": "many"},
        {"prot": 830},
    ],
    ids=str,
)
def test_bad_input_is_refused_before_the_device_is_asked_anything(home: Scene, options: dict[str, Any]) -> None:
    result = home.result("netconf_service", {**LIMIT, **options})
    assert result.status == "failed"
    assert next(iter(set(options) - {"lock"})) in result.message
    assert not home.device.log.of("rpc")


def test_a_release_that_lacks_a_statement_is_told_before_anything_is_loaded(site: Site) -> None:
    device = site.add("old", release="21.4R1")
    run = site.controller.run(
        [play(task("it", "authorized_principals", {"users": [{"name": "netops", "principals": ["one"]}]}))],
        site.inventory("old"),
    )
    assert "runs Junos 21.4R1" in run.result("it").message
    assert "24.4R1" in run.result("it").message
    assert not device.log.of("lock")


def test_a_user_who_may_not_configure_is_told_so(site: Site) -> None:
    site.add("watched", users={"netops": UserSpec(PASSWORD, login_class="operator")})
    run = site.controller.run([play(task("it", "netconf_service", LIMIT))], site.inventory("watched"))
    assert run.result("it").status == "failed"
    assert "permission denied" in run.result("it").message
    assert "not free" not in run.result("it").message


def test_no_secret_is_shown_anywhere(scene: Scene) -> None:
    password = "a pass word 9"
    proxy = {"host": "192.0.2.1", "user": "proxy", "password": "proxy word 9"}
    tasks = [
        task("client", "outbound_ssh_client", {"clients": [client(proxy_server=proxy)]}),
        task("user", "user_authentication", {"users": [{"name": "netops", "password": password}]}, check_mode=True),
        task("bad", "outbound_ssh_client", {"clients": [client(device_id="a b")]}, ignore_errors=True),
        task("worse", "outbound_ssh_client", {"clients": SECRET, "routing_instance": "x"}, ignore_errors=True),
        task(
            "refused",
            "outbound_ssh_client",
            {"routing_instance": "nowhere", "clients": [client("third")]},
            ignore_errors=True,
        ),
    ]
    run = scene.run(*tasks, arguments=("--diff", "-vvvv")).check()
    scene.device.configure("delete system services outbound-ssh client nms2")
    results = str([result.values for result in run.results])
    for secret in (SECRET, password, "proxy word 9", "$9$", "$6$"):
        assert secret not in results.replace(str({"clients": SECRET}), "")
    assert "********" in results
