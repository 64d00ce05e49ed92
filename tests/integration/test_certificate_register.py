# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where module certificate_register runs: on the CA host, and without a process of its own where that is the controller."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.configuring import task
from ansible_collections.callhome.junos.tests.integration.harness.keyring import Keyring
from ansible_collections.callhome.junos.tests.integration.harness.nms import CHEAPER_MODULES
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play

HERE, AWAY = "here", "away"


@pytest.fixture(scope="module")
def statuses(site: Site) -> dict[str, str]:
    """What becomes of the same task on this machine and on a CA host whose line goes with the first module sent there."""
    keys = Keyring(site.controller.home)
    wanted: dict[str, Any] = {
        "path": str(site.controller.home / "issued"),
        "type": "host",
        "identity": "branch-7",
        "public_key": keys.user.public.read_text(),
        "principals": ["branch-7"],
        "authority": keys.host_ca.text,
    }
    hosts = {HERE: {"ansible_connection": "local"}, AWAY: {"ansible_connection": "ca_host"}}
    cut = {"CUT_AWAY_AT": "certificate_register", "CUT_MARK": str(site.controller.home / "cut")}
    run = site.controller.run(
        [play(task("issue", "certificate_register", wanted))], hosts, environment={**CHEAPER_MODULES, **cut}
    )
    return {host: run.result("issue", host).status for host in hosts}


def test_on_the_controller_it_runs_as_it_is(statuses: dict[str, str]) -> None:
    assert statuses[HERE] == "ok"


def test_on_a_ca_host_of_its_own_it_is_sent_there(statuses: dict[str, str]) -> None:
    assert statuses[AWAY] == "unreachable"
