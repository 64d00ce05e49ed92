# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's own habits, on devices that call: one playbook of many plays, and what becomes of it on a second run."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import configure, load, local, play, read, rpc
from ansible_collections.callhome.junos.tests.simulator import Control

NAMES = ("core", "edge1", "edge2", "edge3")
GET_SNMP = "<configuration><snmp/></configuration>"
SHARED_ADDRESS = "192.0.2.7"
"""Of a router whose NAT stands before several devices; nothing is ever sent there."""

PLAYS = [
    play(
        read("software"),
        configure("locate", "<snmp><location>rack {{ inventory_hostname }}</location></snmp>"),
        rpc("located", "get-configuration", GET_SNMP),
    ),
    play(
        read("read the delegate", delegate_to="edge2"),
        configure("configure the delegate", "<snmp><contact>by delegation</contact></snmp>", delegate_to="edge2"),
        load("load on the delegate", "<snmp><description>loaded</description></snmp>", delegate_to="edge3"),
        rpc("commit on the delegate", "commit-configuration", delegate_to="edge3"),
        hosts="core",
    ),
    play(
        rpc("lock", "lock-configuration"),
        local("fresh", "ansible.builtin.meta", "reset_connection"),
        rpc("lock again", "lock-configuration"),
        hosts="edge1",
    ),
    play(read("free"), strategy="free"),
    play(read("serial"), serial=1),
    play(local("role", "ansible.builtin.include_role", {"name": "site_reader"})),
]


@dataclass(frozen=True)
class Scene:
    """Devices, and a playbook that has run on them."""

    site: Site
    devices: dict[str, Control]
    run: Run


@pytest.fixture(scope="module")
def scene(site: Site) -> Scene:
    # core's device id is not its name, so that a delegate's id taken from the wrong host would show
    specs = [site.spec("core", device_id="SN-1", listen="127.0.0.1"), *(site.spec(name) for name in NAMES[1:])]
    devices = {device.name: device for device in site.add_all(specs)}
    del site.hosts["edge3"]["call_home_device_id"]  # the name is the device id where nothing else is said
    for name in ("edge1", "edge2"):
        site.hosts[name]["ansible_host"] = SHARED_ADDRESS
    tasks = site.controller.home / ".ansible" / "roles" / "site_reader" / "tasks"
    tasks.mkdir(parents=True)
    (tasks / "main.yml").write_text(json.dumps([read("by role")]))
    run = site.controller.run(PLAYS, site.hosts, "--diff", "-vvvv", "--forks", "2")
    return Scene(site, devices, run.check())


def host_name(reply: Any) -> str:
    """The name that a device gave in its software information."""
    found = re.search("<host-name>(.*?)</host-name>", reply)
    assert found, reply
    return found[1]


@pytest.mark.parametrize("task", ["software", "free", "serial", "by role"])
def test_each_host_reads_its_own_device(scene: Scene, task: str) -> None:
    """Under the linear and the free strategy, in batches, with few forks, from a role; two hosts share an address."""
    assert {name: host_name(scene.run.result(task, name)["stdout"]) for name in NAMES} == {name: name for name in NAMES}


def test_what_was_configured_is_shown_as_a_diff_committed_and_read_back(scene: Scene) -> None:
    for name in NAMES:
        configured = scene.run.result("locate", name)
        assert configured["changed"]
        assert f"rack {name}" not in configured["diff"]["before"]
        assert f"rack {name}" in configured["diff"]["after"]
        assert f"<location>rack {name}</location>" in scene.run.result("located", name)["stdout"]
        assert f"<location>rack {name}</location>" in scene.devices[name].committed
    assert "--- before" in scene.run.stdout


def test_delegate_to_reads_and_configures_the_delegate_and_not_the_host(scene: Scene) -> None:
    assert host_name(scene.run.result("read the delegate", "core")["stdout"]) == "edge2"
    assert "<contact>by delegation</contact>" in scene.devices["edge2"].committed
    assert "<description>loaded</description>" in scene.devices["edge3"].committed
    others = [scene.devices[name].committed for name in ("core", "edge1")]
    assert not any(mark in text for text in others for mark in ("by delegation", "loaded"))


def test_reset_connection_gives_a_fresh_netconf_session_on_the_same_ssh_session(scene: Scene) -> None:
    edge = scene.devices["edge1"]
    first, second = (event.details["session_id"] for event in edge.log.of("rpc", name="lock-configuration"))
    assert first != second
    assert edge.log.of("session-end", session_id=first)
    assert not edge.log.of("rpc-error")  # the lock of the first would have been in the second's way
    assert edge.log.counts["login"] == 1


def test_the_end_of_a_playbook_frees_what_it_had_locked(scene: Scene) -> None:
    scene.devices["edge1"].wait_until(lambda: scene.devices["edge1"].locked_by is None)


def test_verbose_output_shows_announcement_trust_verdict_and_ssh_algorithms(scene: Scene) -> None:
    lines = [line for line in scene.run.stdout.splitlines() if line.startswith("<core> call home")]
    fingerprint = "SHA256:[A-Za-z0-9+/]{43}"
    listen = re.escape(scene.site.controller.listen)
    for pattern in (
        rf"device id SN-1 from 127\.0\.0\.1 port \d+ called {listen} and announced host key {fingerprint} with an HMAC",
        rf"host key {fingerprint} trusted \(secret\)",
        r"user netops let in by password",
        r"kex \S+, host key ssh-ed25519, cipher \S+, mac \S+",
    ):
        assert any(re.search(pattern, line) for line in lines), f"{pattern} is not in\n" + "\n".join(lines)


def test_no_secret_is_shown_at_any_verbosity(scene: Scene) -> None:
    assert "battery staple" not in scene.run.output
    assert "correct horse" not in scene.run.output
    assert "battery staple" not in scene.site.controller.agent_log


def test_a_second_run_uses_the_sessions_and_its_check_mode_changes_nothing(scene: Scene) -> None:
    before = {name: device.committed for name, device in scene.devices.items()}
    tasks = [read("software"), configure("move", "<snmp><location>elsewhere</location></snmp>")]
    run = scene.site.controller.run([play(*tasks)], scene.site.hosts, "--check", "--diff").check()
    for name, device in scene.devices.items():
        assert run.result("move", name)["changed"]
        assert "elsewhere" in run.result("move", name)["diff"]["after"]
        assert device.committed == before[name]
        assert not device.candidate_modified
        assert device.locked_by is None
        assert device.log.counts["login"] == 1


def test_the_stock_connection_gives_the_same_results_for_the_same_playbook(scene: Scene) -> None:
    core = scene.devices["core"]
    plays = [play(
        read("software"),
        configure("name", "<snmp><name>central</name></snmp>"),
        rpc("named", "get-configuration", GET_SNMP),
    )]  # fmt: skip
    hosts = scene.site.inventory("core", ansible_host="127.0.0.1", ansible_port=core.direct_port)
    environment = {"ANSIBLE_HOST_KEY_CHECKING": "False"}  # the stock connection knows no key of it
    outcomes = []
    for connection in ("callhome.junos.netconf", "ansible.netcommon.netconf"):
        variables = {"ansible_connection": connection}
        run = scene.site.controller.run(plays, hosts, "--diff", variables=variables, environment=environment).check()
        outcomes.append([comparable(run.result(task)) for task in ("software", "name", "named")])
        core.configure("delete snmp name")
    assert core.log.of("accepted")  # the second one really came in by the port
    assert outcomes[0] == outcomes[1]


def comparable(result: Any) -> Any:
    """A result without what no two requests have in common: message ids and dates."""
    text = json.dumps(dict(result.values), sort_keys=True, default=str)
    return re.sub(r'urn:uuid:[-0-9a-f]+|changed-(seconds|localtime)=\\"[^"]*\\"', "", text)
