# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration groups: what a configuration inherits."""

from __future__ import annotations

from simulator import Control, DeviceSpec, Simulator, load, render_text
from simulator.edit import apply
from simulator.groups import inherited
from simulator.release import Release
from simulator.tree import Node
from simulator_harness import PASSWORD, USER, Listener, rpc, session

GROUPS = """
set groups base system domain-name example.net
set groups base system login message "from base"
set groups base interfaces <ge-*> mtu 9000
set groups home system services outbound-ssh client nms device-id r1
set groups home system domain-name home.example
set groups users system login user lab class operator
"""


def expanded(text: str) -> list[str]:
    tree = Node.root()
    for edit in load.read(GROUPS + text, Release(24, 4)):
        assert apply(edit, tree) == []
    return list(render_text.set_commands(inherited(tree)))


def test_what_is_applied_is_inherited_and_the_groups_are_gone() -> None:
    assert expanded("set apply-groups home") == [
        "set system domain-name home.example",
        "set system services outbound-ssh client nms device-id r1",
    ]


def test_the_configuration_wins_over_groups_and_the_first_group_over_the_next() -> None:
    text = "set apply-groups [ base home ]\nset system login message mine"
    assert "set system domain-name example.net" in expanded(text)
    assert "set system login message mine" in expanded(text)


def test_a_group_can_be_applied_further_down() -> None:
    assert expanded("set system login apply-groups users\nset system login class c permissions view") == [
        "set system login class c permissions view",
        "set system login user lab class operator",
    ]


def test_an_exception_keeps_a_group_out_below() -> None:
    text = "set apply-groups base\nset system apply-groups-except base\nset system host-name r1"
    assert expanded(text) == ["set system host-name r1"]


def test_a_wildcard_holds_for_the_entries_that_exist() -> None:
    text = "set apply-groups base\nset interfaces ge-0/0/0 description x\nset interfaces lo0 description y"
    mtu = [line for line in expanded(text) if "mtu" in line]
    assert mtu == ["set interfaces ge-0/0/0 mtu 9000"]


def test_inactive_groups_and_apply_groups_bring_nothing() -> None:
    assert expanded("set apply-groups home\ndeactivate apply-groups home") == []
    assert expanded("set apply-groups home\ndeactivate groups home") == []


def device_with_groups(sim: Simulator, **options: object) -> Control:
    return sim.add_device(DeviceSpec(**{"name": "r1", "users": {USER: PASSWORD}, "listen": "127.0.0.1", **options}))


def test_an_inherited_client_calls_home(sim: Simulator, listener: Listener) -> None:
    host, port = listener.address
    device_with_groups(
        sim,
        configuration=f"set groups g system services outbound-ssh client nms device-id edge\n"
        f"set groups g system services outbound-ssh client nms {host} port {port}\n"
        "set apply-groups g",
    )
    assert b"DEVICE-ID: edge" in listener.accept().announcement()


def test_get_configuration_shows_groups_or_what_they_bring(sim: Simulator) -> None:
    device = device_with_groups(sim, configuration=GROUPS + "set apply-groups base")
    connection = session(host="127.0.0.1", port=device.direct_port)
    plain = rpc(connection, "<get-configuration/>")
    assert (
        plain.find(".//configuration/groups") is not None and plain.find(".//configuration/system/domain-name") is None
    )
    whole = rpc(connection, '<get-configuration inherit="inherit" groups="groups"/>')
    domain = whole.find(".//configuration/system/domain-name")
    assert domain.text == "example.net" and "base" in domain.attrib.values()
    assert whole.find(".//configuration/groups") is None
