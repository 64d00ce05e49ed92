# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commit, commit check, confirmed commit and rollback, over real sessions."""

from __future__ import annotations

import time

import pytest
from lxml import etree
from simulator import Control, DeviceSpec, Simulator
from simulator_harness import PASSWORD, USER, Connect, compared, load_set, message, ok, rpc, session


def test_a_change_is_seen_in_the_candidate_and_takes_effect_with_the_commit(device: Control, connect: Connect) -> None:
    connection = connect()
    assert ok(load_set(connection, "set system host-name r2"))
    assert compared(connection) == "\n[edit system]\n-  host-name r1;\n+  host-name r2;\n"
    assert "<host-name>r1<" in device.committed
    reply = rpc(connection, "<commit-configuration><log>why</log></commit-configuration>")
    assert [node.text for node in reply.iterfind(".//routing-engine/name")] == ["re0"]
    assert reply.find(".//routing-engine/commit-success") is not None and reply.find("ok") is not None
    assert "<host-name>r2<" in device.committed
    assert rpc(connection, "<get-system-information/>").findtext(".//host-name") == "r2"
    assert compared(connection) == "" and "host-name r1" in compared(connection, 1)
    assert rpc(connection, "<get-commit-information/>").findtext(".//commit-history/log") == "why"


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


@pytest.mark.parametrize(
    "outlives, by_others, confirms", [(True, False, True), (False, False, False), (False, True, True)]
)
def test_a_commit_of_another_session_confirms_or_is_lost_with_what_is_pending(
    sim: Simulator, outlives: bool, by_others: bool, confirms: bool
) -> None:
    device = sim.add_device(
        DeviceSpec(
            "p",
            users={USER: PASSWORD},
            listen="127.0.0.1",
            confirmed_outlives_session=outlives,
            confirmed_by_other_sessions=by_others,
        )
    )
    first, second = (session(host="127.0.0.1", port=device.direct_port) for _unused in range(2))
    load_set(first, "set system host-name r2")
    rpc(first, confirmed(10))
    load_set(second, "set system services ssh no-passwords")
    assert ok(rpc(second, "<commit-configuration/>"))
    assert device.commit_pending != confirms
    pending = rpc(second, "<get-commit-information/>").find(".//commit-confirmed")
    assert (pending is not None) != confirms
    first.close_session()
    device.wait("session-end")
    for statement in ("<host-name>r2<", "<no-passwords/>"):
        assert (statement in device.committed) == confirms


def test_a_reboot_rolls_a_pending_commit_back(device: Control, connect: Connect) -> None:
    connection = connect()
    load_set(connection, "set system host-name r2")
    rpc(connection, confirmed(10))
    device.reboot()
    assert "<host-name>r1<" in device.committed and not device.commit_pending


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
    assert "+  host-name r1;" in compared(connection)
    rpc(connection, "<commit-configuration/>")
    assert "<host-name>r1<" in device.committed
    assert not ok(rpc(connection, '<load-configuration rollback="49"/>'))
    assert not ok(rpc(connection, '<load-configuration rollback="50"/>'))


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
