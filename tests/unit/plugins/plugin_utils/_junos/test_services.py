"""The NETCONF service and the outbound-ssh clients."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from ansible_collections.callhome.junos.plugins.plugin_utils._junos import secrets
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import EMPTY, Node, read_configuration
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections.outbound_ssh_client import (
    active_clients,
    certificates_missing,
    reregistration,
)
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.loading import (
    configuration,
    loaded,
    system,
)

STRONG = "0f" * 16
CLIENT: dict[str, Any] = {
    "name": "nms1",
    "device_id": "r1",
    "secret": STRONG,
    "servers": [{"address": "198.51.100.2"}, {"address": "nms.example.net", "port": 2200}],
}


def outbound(**client: Any) -> dict[str, Any]:
    return {"clients": [{"name": "nms1", **client}]}


def plan(options: dict[str, Any], present: Node = EMPTY) -> Change:
    return SECTIONS["outbound_ssh_client"].plan(options, present)


def clients(text: str, mark: str = "") -> Node:
    return system(f"<services><outbound-ssh{mark}>{text}</outbound-ssh></services>")


def client(text: str, mark: str = "") -> Node:
    return clients(f"<client{mark}><name>nms1</name><device-id>r1</device-id>{text}</client>")


def text_of(tree: etree._Element | None) -> str:
    assert tree is not None
    return etree.tostring(tree, encoding="unicode")


def servers_after(present: str, *wanted: dict[str, Any], exclusive: bool = False) -> list[str | None]:
    """The addresses in order, once both loads are made on a device."""
    text = "".join(f"<servers><name>{address}</name></servers>" for address in present.split())
    before = configuration(
        f"<services><outbound-ssh><client><name>nms1</name>{text}</client></outbound-ssh></services>"
    )
    options = outbound(servers=list(wanted), exclusive=exclusive)
    after = loaded(before, plan(options, read_configuration(before)))
    assert not plan(options, read_configuration(after))
    return [entry.findtext("name") for entry in after.iter("servers")]


def test_netconf_over_ssh_is_enabled_by_naming_the_section() -> None:
    change = SECTIONS["netconf_service"].plan({}, EMPTY)
    assert "<netconf><ssh/></netconf>" in text_of(change.configuration)
    assert not SECTIONS["netconf_service"].plan({}, system("<services><netconf><ssh/></netconf></services>"))


def test_a_deactivated_netconf_service_is_activated() -> None:
    present = system("<services><netconf><ssh inactive='inactive'/></netconf></services>")
    assert '<ssh active="active"/>' in text_of(SECTIONS["netconf_service"].plan({}, present).configuration)
    assert not SECTIONS["netconf_service"].plan({"state": "inactive"}, present)


def test_a_deactivated_value_is_activated_as_it_is() -> None:
    present = system("<services><netconf><ssh><port inactive='inactive'>830</port></ssh></netconf></services>")
    text = text_of(SECTIONS["netconf_service"].plan({"port": 830}, present).configuration)
    assert '<port active="active">830</port>' in text
    hidden = client("<secret inactive='inactive'>/* SECRET-DATA */</secret>")
    assert not plan(outbound(device_id="r1"), hidden)
    stored = client(f"<secret inactive='inactive'>{secrets.encode(STRONG)}</secret>")
    assert secrets.encode(STRONG) in text_of(plan(outbound(secret=STRONG), stored).configuration)


def test_both_kinds_of_readable_trace_file_are_read_back() -> None:
    for statement, value in (("world-readable", True), ("no-world-readable", False)):
        trace = f"<traceoptions><file><filename>nc</filename><{statement}/></file></traceoptions>"
        read = SECTIONS["netconf_service"].read(system(f"<services><netconf><ssh/>{trace}</netconf></services>"))
        assert read == {"traceoptions": {"file": "nc", "world_readable": value}}


def test_an_inherited_service_is_not_duplicated() -> None:
    present = system("<services><netconf group='base'><ssh><port>830</port></ssh></netconf></services>")
    assert not SECTIONS["netconf_service"].plan({"port": 830}, present)
    text = text_of(SECTIONS["netconf_service"].plan({"port": 22830, "rate_limit": None}, present).configuration)
    assert "<ssh><port>22830</port></ssh>" in text


def test_an_inherited_statement_cannot_be_removed_and_is_told() -> None:
    present = system("<services><netconf><ssh/><rfc-compliant group='base'/></netconf></services>")
    change = SECTIONS["netconf_service"].plan({"rfc_compliant": False}, present)
    assert not change
    assert "group 'base'" in change.warnings[0]


def test_a_client_is_made_whole_with_the_call_home_port() -> None:
    change = plan({"clients": [CLIENT], "routing_instance": "mgmt_junos"})
    assert change.configuration is not None
    entry = change.configuration.find("system/services/outbound-ssh/client")
    assert entry is not None
    assert [child.tag for child in entry] == ["name", "device-id", "secret", "services", "servers", "servers"]
    assert [port.text for port in entry.iter("port")] == ["4334", "2200"]
    assert secrets.decode(entry.findtext("secret") or "") == STRONG
    assert change.needs == {"system services outbound-ssh routing-instance": "19.3R1"}
    assert not change.warnings


@pytest.mark.parametrize("missing", ["device_id", "servers"])
def test_a_new_client_needs_a_device_id_and_a_server(missing: str) -> None:
    with pytest.raises(OptionError, match=rf"clients\[0\]\.{missing}"):
        plan({"clients": [{**CLIENT, missing: None}]})


@pytest.mark.parametrize("stored", [STRONG, secrets.encode(STRONG), "$9$-pV24JGDkmf"])
def test_the_secret_that_is_there_is_known_in_any_form(stored: str) -> None:
    present = client(f"<secret>{stored}</secret>")
    assert bool(plan(outbound(secret=STRONG), present)) is (stored == "$9$-pV24JGDkmf")
    assert not plan(outbound(secret=stored), present)


@pytest.mark.parametrize("hidden", ["/* SECRET-DATA */", "$8$aes256-gcm$hmac-sha2-256$100$abc"])
def test_a_secret_that_cannot_be_read_is_told_and_set_only_when_always_is_said(hidden: str) -> None:
    present = client(f"<secret>{hidden}</secret>")
    change = plan(outbound(secret=STRONG), present)
    assert not change
    assert "cannot be read" in change.warnings[0]
    assert plan(outbound(secret=STRONG, update_password="always"), present)
    assert not plan(outbound(secret=STRONG, update_password="on_create"), present).warnings


def test_a_weak_secret_is_warned_about_without_being_shown() -> None:
    (warning,) = plan({"clients": [{**CLIENT, "secret": "Juniper123"}]}).warnings
    assert "59 bits" in warning
    assert "Juniper123" not in warning


@pytest.mark.parametrize(
    ("present", "wanted", "after"),
    [
        ("192.0.2.1 192.0.2.2", "192.0.2.2 192.0.2.1", "192.0.2.2 192.0.2.1"),
        ("192.0.2.1", "192.0.2.2 192.0.2.1", "192.0.2.2 192.0.2.1"),
        ("192.0.2.9 192.0.2.1", "192.0.2.1 192.0.2.2", "192.0.2.9 192.0.2.1 192.0.2.2"),
        ("a b c d", "d c b a", "d c b a"),
        ("a x b y", "b a", "x b a y"),
        ("2001:DB8:0::1", "2001:db8::1", "2001:DB8:0::1"),
    ],
)
def test_servers_are_in_the_order_they_are_named(present: str, wanted: str, after: str) -> None:
    assert servers_after(present, *({"address": address} for address in wanted.split())) == after.split()


def test_exclusive_leaves_exactly_the_servers_named() -> None:
    assert servers_after("a b c", {"address": "c"}, {"address": "d"}, exclusive=True) == ["c", "d"]


def test_servers_in_order_already_are_not_moved() -> None:
    present = client(
        "<servers><name>a</name></servers><servers><name>x</name></servers><servers><name>b</name></servers>"
    )
    assert not plan(outbound(servers=[{"address": "a"}, {"address": "b"}]), present)


def test_a_client_is_deactivated_activated_and_deleted() -> None:
    active, inactive = client(""), client("", " inactive='inactive'")
    assert '<client inactive="inactive"><name>nms1</name></client>' in text_of(
        plan(outbound(state="inactive"), active).configuration
    )
    assert '<client active="active"><name>nms1</name></client>' in text_of(plan(outbound(), inactive).configuration)
    assert '<client delete="delete"><name>nms1</name></client>' in text_of(
        plan(outbound(state="absent"), inactive).configuration
    )
    assert not plan(outbound(state="inactive"), inactive)
    assert not plan(outbound(state="absent"), EMPTY)


def test_a_client_of_a_group_that_is_to_go_is_told() -> None:
    present = clients("<client group='base'><name>nms1</name></client>")
    for state in ("absent", "inactive"):
        change = plan(outbound(state=state), present)
        assert not change
        assert "'base'" in change.warnings[0]


def test_a_deactivated_level_above_is_told() -> None:
    present = clients("<client><name>nms1</name><device-id>r1</device-id></client>", " inactive='inactive'")
    change = plan(outbound(), present)
    assert "inactive as a whole" in change.warnings[0]
    assert active_clients(present) == ()


def test_exclusive_deletes_clients_not_named() -> None:
    present = clients("<client><name>nms1</name></client><client><name>old</name></client>")
    text = text_of(plan({**outbound(), "exclusive": True}, present).configuration)
    assert '<client delete="delete"><name>old</name></client>' in text
    assert "nms1" not in text


def test_one_kind_of_proxy_takes_the_place_of_the_other() -> None:
    present = client("<proxy-server><static><host>p</host></static></proxy-server>")
    change = plan(outbound(proxy_server={"dhcp": True}), present)
    assert '<host delete="delete"/>' in text_of(change.configuration)
    assert "<dhcp/>" in text_of(change.configuration)
    assert change.needs == {"system services outbound-ssh client proxy-server": "23.4R1"}


def test_a_text_option_that_is_empty_removes_its_statement() -> None:
    present = client("<secret>x</secret><reconnect-strategy>sticky</reconnect-strategy>")
    text = text_of(plan(outbound(secret="", reconnect_strategy=""), present).configuration)
    assert '<secret delete="delete"/>' in text
    assert '<reconnect-strategy delete="delete"/>' in text


WHOLE = (
    "<services><ssh><trusted-user-ca-key-file>/c</trusted-user-ca-key-file>"
    "<host-certificate-file>/h</host-certificate-file><authorized-principals>lab</authorized-principals></ssh></services>"
)


def test_what_a_client_could_not_register_is_named() -> None:
    assert certificates_missing(system(WHOLE)) == ()
    assert certificates_missing(system(WHOLE.replace("host-certificate-file", "x"))) == ("host certificate",)
    assert len(certificates_missing(EMPTY)) == 3
    users = "<login><user><name>lab</name><authorized-principals>lab</authorized-principals></user></login>"
    assert "authorized principals" not in certificates_missing(system(users))


def test_clients_register_anew_by_two_loads() -> None:
    before = configuration("<services><outbound-ssh><client><name>nms1</name></client></outbound-ssh></services>")
    assert active_clients(read_configuration(before)) == ("nms1",)
    off, on = reregistration(["nms1"])
    between = loaded(before, off)
    assert active_clients(read_configuration(between)) == ()
    assert etree.tostring(loaded(between, on)) == etree.tostring(before)


def test_no_secret_is_read_back() -> None:
    present = client(f"<secret>{secrets.encode(STRONG)}</secret>")
    read = SECTIONS["outbound_ssh_client"].read(present)
    assert read == {"clients": [{"name": "nms1", "device_id": "r1", "has_secret": True}]}
    hidden = SECTIONS["user_authentication"].read(
        system("<root-authentication><encrypted-password>$5$a$b</encrypted-password></root-authentication>")
    )
    assert "$5$" not in str(hidden)


def test_read_names_groups_and_inactive_entries() -> None:
    present = clients("<client group='g'><name>a</name></client><client inactive='inactive'><name>b</name></client>")
    a, b = SECTIONS["outbound_ssh_client"].read(present)["clients"]
    assert (a["group"], b["state"]) == ("g", "inactive")
