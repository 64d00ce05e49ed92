"""Host trust and OpenSSH's client, asked about the same host keys, say the same; or the table says why not."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.host_trust import HostTrust
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.known_hosts import KnownHosts
from ansible_collections.callhome.junos.tests.interop.host_certificates import CASES, Case
from ansible_collections.callhome.junos.tests.interop.openssh_oracle import ask_ssh

pytestmark = pytest.mark.skipif(
    shutil.which("ssh") is None,
    reason="OpenSSH's client (openssh-client) is not installed: its verdicts on host keys cannot be compared with ours",
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_openssh_says_what_the_table_says(case: Case, tmp_path: Path) -> None:
    answer = ask_ssh(case.key, case.blob, case.known_hosts, case.name, tmp_path)
    assert answer.trusted is case.trusted, answer.said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_host_trust_says_the_same_unless_the_table_says_why(case: Case) -> None:
    trust = HostTrust(
        device_id=case.name,
        known_hosts=KnownHosts.parse(case.known_hosts),
        unnamed_host_certificates=case.unnamed_host_certificates,
    )
    verdict = trust.judge(case.blob, None, time.time())
    assert verdict.trusted is (case.trusted != bool(case.differs)), verdict.reason
