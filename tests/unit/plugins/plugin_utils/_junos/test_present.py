"""The present configuration, read from whatever get-configuration returned."""

from __future__ import annotations

from lxml import etree

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import (
    EMPTY,
    read_configuration,
    with_inactive,
)

REPLY = """
<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" xmlns:junos="http://xml.juniper.net/junos/23.4R1/junos">
 <configuration xmlns="http://xml.juniper.net/xnm/1.1/xnm" junos:commit-seconds="1" junos:commit-user="lab">
  <system><!-- a comment -->
   <services>
    <netconf junos:group="base"><ssh><port>830</port></ssh></netconf>
    <outbound-ssh><client inactive="inactive"><name>nms1</name>
      <device-id>r1</device-id><secret junos:group="base">$9$LbHX-wg4Z</secret></client></outbound-ssh>
   </services>
  </system>
 </configuration>
</rpc-reply>
"""


def test_namespaces_groups_and_inactive_marks_are_read() -> None:
    services = read_configuration(etree.fromstring(REPLY)).at("system", "services")
    client = services.child("outbound-ssh").entry("client", "nms1")
    assert (client.inactive, client.group, client.child("device-id").text) == (True, None, "r1")
    assert client.child("secret").group == "base"
    assert services.at("netconf", "ssh", "port").group == "base"


def test_yang_namespaces_are_read_alike() -> None:
    text = (
        '<data><configuration xmlns="http://yang.juniper.net/junos/conf/root">'
        '<system xmlns="http://yang.juniper.net/junos/conf/system"><host-name>r1</host-name></system>'
        "</configuration></data>"
    )
    assert read_configuration(etree.fromstring(text)).at("system", "host-name").text == "r1"


def test_a_reply_without_configuration_is_an_empty_one() -> None:
    assert read_configuration(etree.fromstring("<data/>")) == EMPTY
    assert not EMPTY.at("system", "services").exists


def test_inactive_statements_are_joined_with_what_groups_bring() -> None:
    plain = "<configuration><system><a inactive='inactive'><name>x</name><l>1</l></a><v>1</v></system></configuration>"
    inherited = (
        "<configuration><system><a group='g'><name>y</name></a>"
        "<v>1</v><v group='g'>2</v><w group='g'/></system></configuration>"
    )
    both = with_inactive(*(read_configuration(etree.fromstring(text)) for text in (inherited, plain))).child("system")
    assert both.entry("a", "x").inactive
    assert both.entry("a", "y").group == "g"
    assert [node.text for node in both.all("v")] == ["1", "2"]
    assert both.child("w").exists
