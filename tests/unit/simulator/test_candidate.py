# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The candidate: locks, private copies, loading and reading, over real sessions."""

from __future__ import annotations

import json

import pytest
from lxml import etree
from simulator import Control, DeviceSpec, Simulator, UserSpec
from simulator_harness import PASSWORD, USER, Connect, compared, load_set, message, ok, rpc, session


def test_a_lock_keeps_others_out_and_says_who_has_it(device: Control, connect: Connect) -> None:
    holder, other = connect(), connect(username="other")
    assert ok(rpc(holder, "<lock-configuration/>"))
    assert device.locked_by == USER
    refused = rpc(other, "<lock-configuration/>")
    assert (message(refused) or "").startswith(f"configuration database locked by:\n  {USER} terminal")
    assert refused.findtext(".//error-info/session-id") == holder.session_id
    assert refused.find(".//database-status/exclusive") is not None
    for request in (
        "<commit-configuration/>",
        "<discard-changes/>",
        "<open-configuration><private/></open-configuration>",
        "<load-configuration rollback='0'/>",
    ):
        assert "locked by" in (message(rpc(other, request)) or ""), request
    assert "locked by" in (message(load_set(other, "set system host-name x")) or "")
    status = rpc(other, "<get-configuration-database-status/>")
    assert status.findtext(".//database-status/user") == USER
    assert ok(rpc(holder, "<unlock-configuration/>")) and ok(rpc(other, "<lock-configuration/>"))


def test_what_others_left_in_the_candidate_forbids_the_lock_and_names_them(device: Control, connect: Connect) -> None:
    device.edit("set system host-name half-done", user="admin")
    refused = rpc(connect(), "<lock-configuration/>")
    assert message(refused) == "configuration database modified"
    assert refused.findtext(".//database-status/user") == "admin"


@pytest.mark.parametrize("end", ["unlock", "close", "break"])
def test_the_end_of_a_lock_discards_what_was_not_committed(device: Control, connect: Connect, end: str) -> None:
    connection = connect()
    rpc(connection, "<lock-configuration/>")
    load_set(connection, "set system host-name r2")
    assert device.candidate_modified
    if end == "unlock":
        rpc(connection, "<unlock-configuration/>")
    elif end == "close":
        connection.close_session()
    else:
        connection._session.transport.sock.close()
    device.wait("unlock")
    assert not device.candidate_modified and device.locked_by is None


def test_without_a_lock_changes_outlive_the_session(device: Control, connect: Connect) -> None:
    connection = connect()
    load_set(connection, "set system host-name r2")
    connection.close_session()
    device.wait("session-end")
    assert device.candidate_modified
    assert "host-name r2" in compared(connect())


def test_a_private_candidate_is_nobody_elses(device: Control, connect: Connect) -> None:
    mine, theirs = connect(), connect(username="other")
    for connection in (mine, theirs):
        assert ok(rpc(connection, "<open-configuration><private/></open-configuration>"))
    load_set(mine, "set system host-name r2")
    assert compared(theirs) == "" and not device.candidate_modified
    load_set(theirs, "set snmp location here")
    assert ok(rpc(mine, "<commit-configuration/>")) and ok(rpc(theirs, "<commit-configuration/>"))
    assert "<host-name>r2<" in device.committed and "<location>here<" in device.committed


def test_two_private_changes_of_one_value_do_not_go_together(device: Control, connect: Connect) -> None:
    mine, theirs = connect(), connect(username="other")
    for connection, name in ((mine, "r2"), (theirs, "r3")):
        rpc(connection, "<open-configuration><private/></open-configuration>")
        load_set(connection, f"set system host-name {name}")
    assert ok(rpc(mine, "<commit-configuration/>"))
    assert not ok(rpc(theirs, "<commit-configuration/>"))
    assert "<host-name>r2<" in device.committed


def test_load_reports_every_error_and_counts_them(device: Control, connect: Connect) -> None:
    reply = load_set(connect(), "set system nonsense\nset system host-name r2\nset system login user u uid 99")
    assert reply.findtext("load-configuration-results/load-error-count") == "2"
    assert [node.text for node in reply.iter("bad-element")] == ["nonsense", "99"]
    assert device.candidate_modified, "what could be loaded was"


def test_deleting_what_is_not_there_is_a_warning(connect: Connect) -> None:
    reply = load_set(connect(), "delete system domain-name")
    assert reply.findtext(".//rpc-error/error-severity") == "warning"
    assert reply.find("load-configuration-results/ok") is not None


@pytest.mark.parametrize("action, kept", [("merge", True), ("update", False), ("override", False)])
def test_actions_of_load_configuration(connect: Connect, action: str, kept: bool) -> None:
    connection = connect()
    body = "<configuration><system><domain-name>example.net</domain-name></system></configuration>"
    assert ok(rpc(connection, f'<load-configuration action="{action}">{body}</load-configuration>'))
    text = rpc(connection, '<get-configuration format="text"/>').findtext("configuration-text") or ""
    assert ("host-name r1;" in text) == kept and "domain-name example.net;" in text


def test_a_file_of_the_device_can_be_loaded(device: Control, connect: Connect) -> None:
    device.write_file("/var/tmp/more.conf", "snmp { location here; }")
    connection = connect()
    assert ok(rpc(connection, '<load-configuration url="/var/tmp/more.conf" action="merge" format="text"/>'))
    assert "location here" in compared(connection)
    assert not ok(rpc(connection, '<load-configuration url="/var/tmp/none.conf" format="text"/>'))


def test_get_configuration_shows_what_is_asked_for(device: Control, connect: Connect) -> None:
    connection = connect()
    load_set(connection, "set system host-name r2\ndeactivate system login user other")
    named = "<configuration><system><login><user><name>other</name></user></login></system></configuration>"
    reply = rpc(connection, f"<get-configuration>{named}</get-configuration>")
    assert [user.findtext("name") for user in reply.iter("user")] == ["other"]
    assert reply.find(".//user").get("inactive") == "inactive" and reply.find(".//host-name") is None
    committed = rpc(connection, '<get-configuration database="committed"/>')
    assert committed.findtext(".//host-name") == "r1"
    changed = rpc(connection, '<get-configuration changed="changed"/>')
    marked = {
        node.tag
        for node in changed.iter()
        if any("changed" in name and value == "changed" for name, value in node.attrib.items())
    }
    assert marked == {"system", "host-name", "login", "user"}
    unknown = "<configuration><system><nonsense/></system></configuration>"
    assert not ok(rpc(connection, f"<get-configuration>{unknown}</get-configuration>"))


def test_a_user_without_the_secret_permission_reads_no_secret(sim: Simulator) -> None:
    device = sim.add_device(
        DeviceSpec(
            "s",
            users={USER: UserSpec(PASSWORD, login_class="tight")},
            listen="127.0.0.1",
            configuration="set system login class tight permissions [ configure view ]\n"
            "set system services outbound-ssh client c device-id s secret sesame",
        )
    )
    connection = session(host="127.0.0.1", port=device.direct_port)
    for form in ("xml", "text", "set"):
        shown = etree.tostring(rpc(connection, f'<get-configuration format="{form}"/>')).decode()
        assert "$9$" not in shown and "$6$" not in shown and "/* SECRET-DATA */" in shown, form


def test_shared_and_private_edits_keep_out_of_each_others_way(device: Control, connect: Connect) -> None:
    shared, private = connect(), connect(username="other")
    assert ok(rpc(private, "<open-configuration><private/></open-configuration>"))
    assert "private edits in use" in (message(load_set(shared, "set system host-name r2")) or "")
    assert ok(rpc(shared, "<lock-configuration/>")) and ok(load_set(shared, "set system host-name r2"))
    load_set(private, "set snmp location here")
    assert "locked by" in (message(rpc(private, "<commit-configuration/>")) or "")
    assert ok(rpc(shared, "<unlock-configuration/>")) and ok(rpc(private, "<commit-configuration/>"))
    rpc(private, "<close-configuration/>")
    assert ok(load_set(shared, "set system host-name r3"))
    assert message(rpc(private, "<open-configuration><private/></open-configuration>")) == (
        "configuration database modified"
    )


def test_json_is_written_and_read(device: Control, connect: Connect) -> None:
    connection = connect()
    reply = rpc(connection, '<get-configuration format="json" database="committed"/>')
    written = json.loads(reply.text or "")
    assert written["configuration"]["system"]["host-name"] == "r1"
    assert [user["name"] for user in written["configuration"]["system"]["login"]["user"]] == [USER, "other"]
    change = {
        "configuration": {
            "system": {
                "host-name": "r2",
                "login": {"user": [{"name": "other", "@": {"operation": "delete"}}]},
                "services": {"ftp": [None], "ssh": {"root-login": "deny", "@root-login": {"inactive": True}}},
            }
        }
    }
    load = f"<load-configuration format='json'><configuration-json>{json.dumps(change)}</configuration-json>"
    assert ok(rpc(connection, f"{load}</load-configuration>"))
    shown = rpc(connection, '<get-configuration format="set"/>').findtext("configuration-set") or ""
    assert "set system host-name r2" in shown and "user other" not in shown and "set system services ftp" in shown
    assert "deactivate system services ssh root-login" in shown
    again = rpc(connection, '<get-configuration format="json"/>').text
    assert ok(
        rpc(
            connection,
            f"<load-configuration action='override' format='json'><configuration-json>{again}"
            "</configuration-json></load-configuration>",
        )
    )
    assert (rpc(connection, '<get-configuration format="set"/>').findtext("configuration-set") or "") == shown
