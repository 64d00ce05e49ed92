# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `[edit system services netconf]` and the release change of how a device speaks."""

from __future__ import annotations

import pytest
from lxml import etree
from ncclient import manager
from simulator import ClientSpec, Control, DeviceSpec, Simulator
from simulator_harness import PASSWORD, USER, Listener, rpc, session

NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"


def device_with(sim: Simulator, configuration: str = "", **options: object) -> Control:
    return sim.add_device(
        DeviceSpec(
            **{
                "name": "r1",
                "users": {USER: PASSWORD},
                "listen": "127.0.0.1",
                "configuration": configuration,
                **options,
            }
        )
    )


def connected(device: Control) -> manager.Manager:
    return session(host="127.0.0.1", port=device.direct_port, device_name="default")


def raw(connection: manager.Manager, request: str) -> str:
    """The reply as it came."""
    connection.raise_mode = 0
    reply = connection.dispatch(etree.fromstring(request))
    return str(reply.xml)


def test_rfc_compliant_names_the_namespace_and_answers_a_commit_with_ok_alone(sim: Simulator) -> None:
    connection = connected(device_with(sim, "set system services netconf rfc-compliant"))
    reply = raw(connection, "<commit-configuration/>")
    root = etree.fromstring(reply.encode())
    assert root.tag == f"{{{NETCONF}}}rpc-reply" and root.prefix == "nc" and None not in root.nsmap
    assert [child.tag for child in root] == [f"{{{NETCONF}}}ok"]
    error = etree.fromstring(raw(connection, "<nonsense/>").encode())
    assert error.find(f"{{{NETCONF}}}rpc-error/{{{NETCONF}}}error-info/{{{NETCONF}}}bad-element").text == "nonsense"


def test_rfc_compliant_says_no_warning_beside_ok(sim: Simulator) -> None:
    load = (
        '<load-configuration action="set"><configuration-set>delete system domain-name</configuration-set>'
        "</load-configuration>"
    )
    assert "<rpc-error>" in raw(connected(device_with(sim, name="plain")), load)
    strict = raw(connected(device_with(sim, "set system services netconf rfc-compliant", name="strict")), load)
    assert "rpc-error" not in strict and "nc:ok" in strict


def test_yang_compliant_puts_each_hierarchy_into_its_namespace(sim: Simulator) -> None:
    connection = connected(device_with(sim, "set system services netconf yang-compliant\nset snmp location here"))
    root = etree.fromstring(raw(connection, "<get-configuration/>").encode())
    configuration = root[0]
    assert configuration.tag == "{http://yang.juniper.net/junos/conf/root}configuration"
    assert [child.tag for child in configuration] == [
        "{http://yang.juniper.net/junos/conf/system}system",
        "{http://yang.juniper.net/junos/conf/snmp}snmp",
    ]


def test_flatten_commit_results_leaves_ok(sim: Simulator) -> None:
    connection = connected(device_with(sim, "set system services netconf flatten-commit-results"))
    assert [child.tag for child in rpc(connection, "<commit-configuration/>")] == ["ok"]


@pytest.mark.parametrize("form", ["<get-configuration/>", "<get-system-uptime-information/>"])
def test_plain_sessions_use_junos_own_namespaces(sim: Simulator, form: str) -> None:
    root = etree.fromstring(raw(connected(device_with(sim)), form).encode())
    assert root.nsmap["junos"] == "http://xml.juniper.net/junos/24.4R1/junos"
    assert etree.QName(root[0]).namespace.startswith("http://xml.juniper.net/")


def test_outbound_ssh_status_tells_what_is_connected(sim: Simulator, listener: Listener) -> None:
    with_two = ClientSpec("second", [("127.0.0.2", 9)])
    device_with(sim, servers=[listener.address], clients=[with_two], device_id="edge")
    connection = listener.accept().session()
    reply = rpc(connection, "<get-outbound-ssh-service-information/>")
    states = {
        node.findtext("outbound-ssh-client-name"): node.findtext("outbound-ssh-connection-status")
        for node in reply.iter("outbound-ssh-client")
    }
    assert states == {"nms": "Connected", "second": "Connecting"}
    one = rpc(
        connection,
        "<get-outbound-ssh-service-information><client-id>nms</client-id></get-outbound-ssh-service-information>",
    )
    assert [node.text for node in one.iter("outbound-ssh-server-info")] == ["{}:{}".format(*listener.address)]
    assert one.findtext(".//outbound-ssh-device-id") == "edge"


def test_outbound_ssh_status_is_unknown_before_23_4(sim: Simulator) -> None:
    connection = connected(device_with(sim, release="23.2R2"))
    reply = rpc(connection, "<get-outbound-ssh-service-information/>")
    assert reply.findtext(".//error-message") == "syntax error"


def test_two_routing_engines_answer_for_themselves(sim: Simulator) -> None:
    connection = connected(device_with(sim, dual_re=True))
    reply = rpc(connection, "<get-software-information/>")
    assert [node.text for node in reply.iter("re-name")] == ["re0", "re1"]
