# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NETCONF as a simulated device speaks it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from lxml import etree
from ncclient import manager
from ncclient.operations import RPCError
from ncclient.operations.errors import TimeoutExpiredError
from ncclient.transport.session import SessionListener
from simulator import Control, DeviceSpec, Simulator
from simulator.framing import BadFraming, Framer
from simulator_harness import PASSWORD, USER, rpc, session


@pytest.fixture(params=[False, True], ids=["base-1.0", "base-1.1"])
def device(request: pytest.FixtureRequest, sim: Simulator) -> Control:
    return sim.add_device(DeviceSpec("r1", users={USER: PASSWORD}, listen="127.0.0.1", netconf_1_1=request.param))


@pytest.fixture
def connection(device: Control) -> Iterator[manager.Manager]:
    made = session(host="127.0.0.1", port=device.direct_port)
    yield made
    made._session.transport.close()


def test_hello_offers_what_junos_offers(device: Control, connection: manager.Manager) -> None:
    capabilities = set(connection.server_capabilities)
    assert {
        "http://xml.juniper.net/netconf/junos/1.0",
        "http://xml.juniper.net/dmi/system/1.0",
        "urn:ietf:params:netconf:capability:candidate:1.0",
        "urn:ietf:params:netconf:capability:confirmed-commit:1.0",
    } <= capabilities
    assert ("urn:ietf:params:netconf:base:1.1" in capabilities) == ("version-1.1" in device.committed)


def test_replies_are_in_order_and_carry_the_message_id(connection: manager.Manager) -> None:
    connection.async_mode = True
    replies = [connection.get_configuration(format="text") for _unused in range(20)]
    for reply in replies:
        assert reply.event.wait(10)
        assert "host-name r1" in reply.reply.xml
    connection.async_mode = False


def test_a_large_reply_and_a_large_request_survive_the_framing(connection: manager.Manager) -> None:
    commands = [f"set interfaces ge-0/0/{port} unit 0 description {'x' * 500}" for port in range(400)]
    connection.load_configuration(action="set", config=commands)
    assert connection.compare_configuration().tostring.decode().count("x" * 500) == 400


def test_system_facts_are_those_of_the_device(connection: manager.Manager) -> None:
    software = rpc(connection, "<get-software-information/>")
    assert software.findtext(".//host-name") == "r1"
    assert software.findtext(".//junos-version") == "24.4R1"
    assert rpc(connection, "<get-system-information/>").findtext(".//os-name") == "junos"
    uptime = rpc(connection, "<get-system-uptime-information/>")
    assert uptime.find(".//system-booted-time/date-time") is not None
    version = connection.command("show version", format="text").tostring.decode()
    assert "Junos: 24.4R1" in version


def test_an_unknown_request_is_a_syntax_error_that_names_it(connection: manager.Manager) -> None:
    reply = rpc(connection, "<get-weather-information/>")
    assert reply.findtext(".//error-message") == "syntax error"
    assert reply.findtext(".//bad-element") == "get-weather-information"


def test_malformed_xml_is_answered_and_the_session_lives(connection: manager.Manager) -> None:
    answers: list[str] = []

    class Ear(SessionListener):
        def callback(self, root: object, raw: str) -> None:
            answers.append(raw)

        def errback(self, error: Exception) -> None:
            raise error

    connection._session.add_listener(Ear())
    connection._session.send("<rpc><unclosed></rpc>")
    deadline = time.monotonic() + 10
    while not answers and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "malformed-message" in answers[0]
    assert rpc(connection, "<get-system-information/>").findtext(".//host-name") == "r1"


def test_close_session_ends_the_session(device: Control, connection: manager.Manager) -> None:
    connection.close_session()
    device.wait("session-end", user=USER)


def test_kill_session_ends_the_other_one(device: Control, connection: manager.Manager) -> None:
    other = session(host="127.0.0.1", port=device.direct_port)
    connection.kill_session(other.session_id)
    device.wait("session-end", session_id=int(other.session_id))
    assert rpc(connection, "<kill-session><session-id>1</session-id></kill-session>").find(".//rpc-error") is not None


def test_without_netconf_ssh_the_subsystem_is_refused(device: Control) -> None:
    device.configure("delete system services netconf ssh")
    with pytest.raises(Exception, match=r"(?i)subsystem|channel|request"):
        session(host="127.0.0.1", port=device.direct_port)


def test_read_only_users_may_read_and_not_configure(sim: Simulator) -> None:
    from simulator import UserSpec

    device = sim.add_device(
        DeviceSpec("ro", users={USER: UserSpec(PASSWORD, login_class="read-only")}, listen="127.0.0.1")
    )
    connection = session(host="127.0.0.1", port=device.direct_port)
    shown = etree.tostring(rpc(connection, "<get-configuration/>")).decode()
    assert "/* SECRET-DATA */" in shown and "$6$" not in shown
    assert rpc(connection, "<lock-configuration/>").findtext(".//error-message") == "permission denied"


def test_a_stalled_device_answers_later(device: Control, connection: manager.Manager) -> None:
    connection.timeout = 1
    device.stall()
    with pytest.raises(TimeoutExpiredError):
        connection.get_configuration()
    device.stall(False)
    assert rpc(connection, "<get-system-information/>").findtext(".//host-name") == "r1"


def test_a_delayed_request_holds_up_those_behind_it(device: Control, connection: manager.Manager) -> None:
    device.delay(0.5, "get-system-information")
    began = time.monotonic()
    rpc(connection, "<get-system-information/>")
    assert time.monotonic() - began > 0.4
    began = time.monotonic()
    connection.async_mode = True
    slow, quick = connection.rpc(etree.Element("get-system-information")), connection.get_configuration()
    assert quick.event.wait(10) and slow.event.is_set()
    connection.async_mode = False
    assert time.monotonic() - began > 0.4


@pytest.mark.parametrize("done", [False, True])
def test_one_request_is_kept_back_until_it_is_let_go_carried_out_or_not(
    device: Control, connection: manager.Manager, done: bool
) -> None:
    device.hold("commit-configuration", "by hand", nth=2, done=done)
    device.edit("set system host-name other")
    rpc(connection, "<commit-configuration><log>by hand</log></commit-configuration>")
    rpc(connection, "<commit-configuration><log>not meant</log></commit-configuration>")
    connection.async_mode = True
    kept = connection.rpc(etree.fromstring("<commit-configuration><log>by hand</log></commit-configuration>"))
    device.wait("held", name="commit-configuration")
    assert len(device.log.of("commit")) == (3 if done else 2)
    assert not kept.event.is_set()
    device.let_go()
    assert kept.event.wait(10) and len(device.log.of("commit")) == 3
    connection.async_mode = False
    rpc(connection, "<commit-configuration><log>by hand</log></commit-configuration>")


def test_chunks_are_put_together_however_they_arrive() -> None:
    framer = Framer()
    framer.chunked = True
    stream = b"\n#4\n<rpc\n#2\n/>\n##\n\n#1\nx\n##\n"
    messages = []
    for byte in stream:
        framer.feed(bytes([byte]))
        while (message := framer.next()) is not None:
            messages.append(message)
    assert messages == [b"<rpc/>", b"x"]


@pytest.mark.parametrize("garbage", [b"<rpc/>", b"\n#0\n", b"\n##\n", b"\n#99999999999\n"])
def test_what_is_no_chunk_is_refused(garbage: bytes) -> None:
    framer = Framer()
    framer.chunked = True
    with pytest.raises(BadFraming):
        framer.feed(garbage + b"x" * 20)
        framer.next()


def test_errors_of_edit_config_are_raised_by_ncclient(connection: manager.Manager) -> None:
    config = "<config><configuration><system><foo/></system></configuration></config>"
    with pytest.raises(RPCError, match="syntax error"):
        connection.edit_config(target="candidate", config=config)
