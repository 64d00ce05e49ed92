"""The candidate's promises towards a device that refuses, warns, or is gone; and what is asked of it, in which order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pytest
from lxml import etree

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.candidate import Candidate, CandidateBusy
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.files import DeviceFile
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.rpc import ChannelLost, JunosError, Rpc
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.loading import configuration

NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"
OK = "<ok/>"
CHANGE = Change(configuration("<services><netconf><ssh><port>1</port></ssh></netconf></services>"))


def error(message: str, severity: str = "error", bad_element: str = "") -> str:
    return (
        f"<rpc-error><error-severity>{severity}</error-severity><error-path>[edit]</error-path>"
        f"<error-message>\n{message}\n</error-message>"
        f"<error-info><bad-element>{bad_element}</bad-element></error-info></rpc-error>"
    )


class Scripted:
    """A device that answers each request as it was told to, and ``<ok/>`` to all others."""

    def __init__(self, answers: Mapping[str, str | None] | None = None) -> None:
        self.answers = answers or {}
        self.asked: list[str] = []

    def __call__(self, request: etree._Element) -> etree._Element:
        self.asked.append(str(request.tag))
        answer = self.answers.get(str(request.tag), OK)
        if answer is None:
            raise ChannelLost("the device is gone")
        return etree.fromstring(f'<rpc-reply xmlns="{NETCONF}">{answer}</rpc-reply>')


def lock_held_by(pid: int) -> dict[str, str | None]:
    status = f"<user>ann</user><pid>{pid}</pid><start-time>noon</start-time><exclusive/>"
    return {
        "lock-configuration": error("configuration database locked by: ann"),
        "get-configuration-database-status": f"<x><database-status>{status}</database-status></x>",
    }


def candidate(device: Scripted, **options: bool) -> Candidate:
    return Candidate(Rpc(device), lambda: "7", **options)


def test_a_warning_is_kept_and_does_not_fail() -> None:
    rpc = Rpc(Scripted({"load-configuration": error("statement not found", "warning")}))
    rpc(etree.Element("load-configuration"))
    assert rpc.warnings == ["Junos warns: statement not found (warning, [edit])"]


def test_an_error_tells_message_severity_path_and_the_statement_that_was_sent() -> None:
    device = Scripted({"load-configuration": error("too small", bad_element="port")})
    with pytest.raises(JunosError) as raised, candidate(device) as one:
        one.load(CHANGE)
    assert str(raised.value) == "Junos refused <load-configuration>: too small (error, [edit] at 'port')"
    statement = raised.value.statement()
    assert statement is not None and etree.tostring(statement) == b"<port>1</port>"


def test_a_failed_commit_blames_what_was_loaded_before_it() -> None:
    device = Scripted({"commit-configuration": error("too small", bad_element="port")})
    with pytest.raises(JunosError) as raised, candidate(device) as one:
        one.load(CHANGE)
        one.commit("why")
    statement = raised.value.statement()
    assert statement is not None and statement.text == "1"


@pytest.mark.parametrize("failing", ["load-configuration", "get-configuration", "commit-configuration"])
@pytest.mark.parametrize("private", [False, True])
def test_whatever_fails_the_candidate_is_given_back(failing: str, private: bool) -> None:
    device = Scripted({failing: error("no")})
    with pytest.raises(JunosError), candidate(device, private=private) as one:
        one.load(CHANGE)
        one.compare()
        one.commit("why")
    assert device.asked[0] == ("open-configuration" if private else "lock-configuration")
    assert device.asked[-1] == ("close-configuration" if private else "unlock-configuration")


@pytest.mark.parametrize("unlocking", [None, error("not locked")], ids=["gone", "refused"])
def test_the_first_error_is_the_one_that_is_raised(unlocking: str | None) -> None:
    device = Scripted({"load-configuration": error("the first"), "unlock-configuration": unlocking})
    with pytest.raises(JunosError, match="the first"), candidate(device) as one:
        one.load(CHANGE)


def test_an_unlock_that_is_refused_after_all_went_well_is_told() -> None:
    with pytest.raises(JunosError), candidate(Scripted({"unlock-configuration": error("not now")})):
        pass


def test_what_was_committed_stands_where_the_commit_takes_the_session_away_before_the_unlock() -> None:
    device = Scripted({"unlock-configuration": None})
    with candidate(device) as changing:
        changing.commit("retire")
    assert device.asked[-2:] == ["commit-configuration", "unlock-configuration"]


def test_somebody_elses_lock_is_named_and_nothing_else_is_asked() -> None:
    device = Scripted(lock_held_by(8))
    with pytest.raises(CandidateBusy, match=r"ann \(process 8\) since noon, who has locked it"), candidate(device):
        raise AssertionError("entered")
    assert set(device.asked) == {"lock-configuration", "get-configuration-database-status"}


def test_where_the_status_is_refused_junos_own_words_name_the_holder() -> None:
    device = Scripted({**lock_held_by(8), "get-configuration-database-status": error("permission denied")})
    with pytest.raises(CandidateBusy, match="database locked by: ann"), candidate(device):
        raise AssertionError("entered")


def test_a_lock_of_this_very_session_is_taken_over() -> None:
    device = Scripted(lock_held_by(7))
    with candidate(device) as one:
        assert one.taken_over
    assert device.asked[-1] == "unlock-configuration"


def test_what_is_kept_is_neither_unlocked_nor_discarded() -> None:
    device = Scripted()
    with candidate(device) as one:
        one.keep()
    assert device.asked == ["lock-configuration"]


def test_confirm_timeout_is_sent_in_minutes_and_the_log_is_cut() -> None:
    sent: list[etree._Element] = []

    def send(request: etree._Element) -> etree._Element:
        sent.append(request)
        return etree.Element("rpc-reply")

    with Candidate(Rpc(send), lambda: "7") as one:
        one.commit("x" * 600, confirm_minutes=5, synchronize=True)
    commit = sent[1]
    assert [child.tag for child in commit] == ["confirmed", "confirm-timeout", "synchronize", "log"]
    assert (commit.findtext("confirm-timeout"), len(commit.findtext("log") or "")) == ("5", 512)


def test_a_file_is_put_where_its_digest_is_another_one_and_nowhere_else() -> None:
    file = DeviceFile.of_lines("/config/", "principals", "", ["one", "two"])
    assert file.path.startswith("/config/principals-") and file.content == b"one\ntwo\n"
    assert file.path != DeviceFile.of_lines("/config", "principals", "", ["one"]).path
    other = f"<x><checksum>{'0' * 64}</checksum></x>"
    for answer in (other, error("No such file or directory"), "<output>md5: no such file</output>"):
        rpc = Rpc(Scripted({"get-checksum-information": answer}))
        assert list(file.missing_on(rpc, ())) == [file.path]
    right = hashlib.sha256(b"one\ntwo\n").hexdigest()
    rpc = Rpc(Scripted({"get-checksum-information": f"<x><checksum>{right}</checksum></x>"}))
    assert list(file.missing_on(rpc, ("re0", "re1"))) == []
