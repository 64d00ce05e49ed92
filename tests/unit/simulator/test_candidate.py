# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Candidate, lock, commit, confirmed commit and rollback, over real sessions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest
from lxml import etree
from ncclient import manager
from simulator import Control, DeviceSpec, Simulator, UserSpec
from simulator_harness import PASSWORD, USER, rpc, session

Connect = Callable[[], manager.Manager]


@pytest.fixture
def device(sim: Simulator) -> Control:
    return sim.add_device(DeviceSpec("r1", users={USER: PASSWORD, "other": PASSWORD}, listen="127.0.0.1"))


@pytest.fixture
def connect(device: Control) -> Iterator[Connect]:
    made: list[manager.Manager] = []

    def connect(**options: object) -> manager.Manager:
        made.append(session(host="127.0.0.1", port=device.direct_port, **options))
        return made[-1]

    yield connect
    for connection in made:
        connection._session.transport.close()


def load_set(connection: manager.Manager, commands: str) -> etree._Element:
    request = f'<load-configuration action="set" format="text"><configuration-set>{commands}</configuration-set>'
    return rpc(connection, f"{request}</load-configuration>")


def compare(connection: manager.Manager, number: int = 0) -> str:
    reply = rpc(connection, f'<get-configuration compare="rollback" rollback="{number}" format="text"/>')
    return reply.findtext(".//configuration-output") or ""


def message(reply: etree._Element) -> str | None:
    return reply.findtext(".//rpc-error/error-message")


def ok(reply: etree._Element) -> bool:
    return reply.find(".//rpc-error") is None


def test_a_change_is_seen_in_the_candidate_and_takes_effect_with_the_commit(device: Control, connect: Connect) -> None:
    connection = connect()
    assert ok(load_set(connection, "set system host-name r2"))
    assert compare(connection) == "\n[edit system]\n-  host-name r1;\n+  host-name r2;\n"
    assert "<host-name>r1<" in device.committed
    reply = rpc(connection, "<commit-configuration><log>why</log></commit-configuration>")
    assert [node.text for node in reply.iterfind(".//routing-engine/name")] == ["re0"]
    assert reply.find(".//routing-engine/commit-success") is not None and reply.find("ok") is not None
    assert "<host-name>r2<" in device.committed
    assert rpc(connection, "<get-system-information/>").findtext(".//host-name") == "r2"
    assert compare(connection) == "" and "host-name r1" in compare(connection, 1)
    assert rpc(connection, "<get-commit-information/>").findtext(".//commit-history/log") == "why"


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
    assert "host-name r2" in compare(connect())


def test_a_private_candidate_is_nobody_elses(device: Control, connect: Connect) -> None:
    mine, theirs = connect(), connect(username="other")
    for connection in (mine, theirs):
        assert ok(rpc(connection, "<open-configuration><private/></open-configuration>"))
    load_set(mine, "set system host-name r2")
    assert compare(theirs) == "" and not device.candidate_modified
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


def test_a_confirmed_commit_of_a_private_candidate_is_refused(connect: Connect) -> None:
    connection = connect()
    rpc(connection, "<open-configuration><private/></open-configuration>")
    assert not ok(rpc(connection, "<commit-configuration><confirmed/></commit-configuration>"))


def confirmed(minutes: int) -> str:
    timeout = f"<confirm-timeout>{minutes}</confirm-timeout>"
    return f"<commit-configuration><confirmed/>{timeout}</commit-configuration>"


def test_a_confirmed_commit_goes_back_when_nobody_confirms(device: Control, connect: Connect) -> None:
    connection = connect()
    load_set(connection, "set system host-name r2")
    began = time.monotonic()
    assert ok(rpc(connection, confirmed(1)))
    assert "<host-name>r2<" in device.committed and device.commit_pending
    assert rpc(connection, "<get-commit-information/>").find(".//commit-confirmed") is not None
    device.wait("rollback")
    assert 0.8 < time.monotonic() - began < 3, "a minute, sixty times as fast"
    assert "<host-name>r1<" in device.committed and not device.commit_pending


@pytest.mark.parametrize(
    "request_, confirms",
    [
        ("<commit-configuration/>", True),
        ("<commit/>", True),
        ("<commit-configuration><check/></commit-configuration>", False),
    ],
)
def test_a_commit_confirms_and_a_check_does_not(
    device: Control, connect: Connect, request_: str, confirms: bool
) -> None:
    connection = connect()
    load_set(connection, "set system host-name r2")
    rpc(connection, confirmed(1))
    assert ok(rpc(connection, request_))
    time.sleep(1.3)
    assert ("<host-name>r2<" in device.committed) == confirms


def test_cancel_commit_goes_back_at_once(device: Control, connect: Connect) -> None:
    connection = connect()
    load_set(connection, "set system host-name r2")
    rpc(connection, confirmed(10))
    assert ok(rpc(connection, "<cancel-commit/>"))
    assert "<host-name>r1<" in device.committed
    assert not ok(rpc(connection, "<cancel-commit/>"))


@pytest.mark.parametrize("outlives", [True, False])
def test_a_pending_commit_outlives_its_session_or_not(sim: Simulator, outlives: bool) -> None:
    device = sim.add_device(
        DeviceSpec("p", users={USER: PASSWORD}, listen="127.0.0.1", confirmed_outlives_session=outlives)
    )
    connection = session(host="127.0.0.1", port=device.direct_port)
    load_set(connection, "set system host-name r2")
    rpc(connection, confirmed(10))
    connection.close_session()
    device.wait("session-end")
    assert ("<host-name>r2<" in device.committed) == outlives == device.commit_pending


def test_base_commit_counts_seconds(device: Control, connect: Connect) -> None:
    connection = connect()
    load_set(connection, "set system host-name r2")
    assert ok(rpc(connection, "<commit><confirmed/><confirm-timeout>60</confirm-timeout></commit>"))
    device.wait("rollback", timeout=3)


@pytest.mark.parametrize("value", ["0", "65536", "soon"])
def test_minutes_out_of_range_are_refused(connect: Connect, value: str) -> None:
    timeout = f"<confirm-timeout>{value}</confirm-timeout>"
    reply = rpc(connect(), f"<commit-configuration><confirmed/>{timeout}</commit-configuration>")
    assert message(reply) == f"Value {value} is not within range (1..65535)"


def test_an_unknown_option_of_commit_is_refused(connect: Connect) -> None:
    reply = rpc(connect(), "<commit-configuration><and-quit/></commit-configuration>")
    assert reply.findtext(".//bad-element") == "and-quit"


@pytest.mark.parametrize(
    "commands, said, where",
    [
        ("delete system root-authentication", "Missing mandatory statement: 'root-authentication'", "[edit]"),
        (
            "set system services outbound-ssh client x services netconf",
            "Missing mandatory statement: 'device-id'",
            "[edit system services outbound-ssh]",
        ),
        (
            "set system services ssh authorized-principals a\nset system services ssh authorized-principals-command /x",
            "'authorized-principals' and 'authorized-principals-command' are mutually exclusive",
            "[edit system services ssh]",
        ),
        (
            "set system services ssh authorized-principals a\nset system login user other authorized-principals b",
            "authorized-principals under 'user' and 'ssh' config are mutually exclusive",
            "[edit system login user other]",
        ),
        (
            "set system services outbound-ssh routing-instance mgmt",
            "Referenced routing-instance must be defined under",
            "[edit system services outbound-ssh]",
        ),
        (
            "set system login user other class nowhere",
            "undefined login class 'nowhere'",
            "[edit system login user other]",
        ),
        (
            'set system login user other authentication no-public-keys ssh-rsa "ssh-rsa AAAA"',
            "To configure ssh-rsa, 'no-public-keys' should not be configured",
            "[edit system login user other authentication]",
        ),
        (
            "set system services ssh host-certificate-file /var/tmp/nowhere",
            "re0: /var/tmp/nowhere: No such file or directory",
            "[edit system services ssh]",
        ),
    ],
)
def test_commit_check_says_what_is_wrong_and_where(
    device: Control, connect: Connect, commands: str, said: str, where: str
) -> None:
    connection = connect()
    assert ok(load_set(connection, commands))
    for request in (
        "<commit-configuration><check/></commit-configuration>",
        "<commit-configuration/>",
        "<validate><source><candidate/></source></validate>",
        "<commit/>",
    ):
        reply = rpc(connection, request)
        found = [(error.findtext("error-message"), error.findtext("error-path")) for error in reply.iter("rpc-error")]
        assert (said, where) in found, request
        assert found[-1][0] == "configuration check-out failed"
    assert not device.log.of("commit")


def test_what_is_inactive_or_in_a_group_not_applied_is_not_checked(connect: Connect) -> None:
    connection = connect()
    assert ok(
        load_set(
            connection,
            "set system services outbound-ssh client x services netconf\n"
            "deactivate system services outbound-ssh client x\n"
            "set groups g system login user zoe class nowhere",
        )
    )
    assert ok(rpc(connection, "<commit-configuration><check/></commit-configuration>"))


def test_rollback_brings_an_earlier_configuration_back(device: Control, connect: Connect) -> None:
    connection = connect()
    for name in ("r2", "r3"):
        load_set(connection, f"set system host-name {name}")
        rpc(connection, "<commit-configuration/>")
    shown = rpc(connection, "<get-rollback-information><rollback>2</rollback></get-rollback-information>")
    assert "host-name r1;" in (shown.findtext(".//configuration-text") or "")
    assert ok(rpc(connection, '<load-configuration rollback="2"/>'))
    assert "+  host-name r1;" in compare(connection)
    rpc(connection, "<commit-configuration/>")
    assert "<host-name>r1<" in device.committed
    assert not ok(rpc(connection, '<load-configuration rollback="49"/>'))
    assert not ok(rpc(connection, '<load-configuration rollback="50"/>'))


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
    assert "location here" in compare(connection)
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


def test_secrets_are_kept_obfuscated_and_passwords_hashed(device: Control, connect: Connect) -> None:
    from simulator import crypt_hash, obfuscation

    connection = connect()
    load_set(
        connection,
        "set system services outbound-ssh client c device-id x secret sesame\n"
        "set system login user other authentication plain-text-password-value opensesame",
    )
    rpc(connection, "<commit-configuration/>")
    committed = etree.fromstring(device.committed)
    assert obfuscation.decode(committed.findtext(".//client/secret") or "") == "sesame"
    user = next(user for user in committed.iter("user") if user.findtext("name") == "other")
    assert crypt_hash.verify("opensesame", user.findtext("authentication/encrypted-password") or "")
    assert committed.find(".//plain-text-password-value") is None
    assert session(host="127.0.0.1", port=device.direct_port, username="other", password="opensesame").connected


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
