# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples in the modules' documentation, run as they stand there."""

from __future__ import annotations

import importlib

import pytest
import yaml
from lxml import etree

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.tests.integration.harness.configuring import NO_HOST_KEYS, requests, variables
from ansible_collections.callhome.junos.tests.integration.harness.keyring import Keyring
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import Task, play
from ansible_collections.callhome.junos.tests.simulator import Control
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.yang import faults, needs_validator

HOST = "branch-7"


def examples(module: str) -> list[Task]:
    """The tasks of a module's documentation."""
    source = importlib.import_module(f"ansible_collections.callhome.junos.plugins.modules.{module}")
    tasks: list[Task] = yaml.safe_load(source.EXAMPLES)
    return tasks


EXAMPLES = [one for module in (*SECTIONS, "call_home") for one in examples(module)]
NAMES = [one["name"] for one in EXAMPLES]


@pytest.fixture(scope="module")
def keys(site: Site) -> Keyring:
    return Keyring(site.controller.home)


@pytest.fixture(scope="module")
def device(site: Site, keys: Keyring) -> Control:
    return site.add(HOST, listen="127.0.0.1", shared_host_keys=False, **keys.plain(keys.user))


@pytest.fixture(scope="module")
def run(site: Site, device: Control, keys: Keyring) -> Run:
    """Each example twice, over a connection that is not cut by what they change of the client."""
    keys.host_ca.sign(keys.user, HOST, host=True)
    files = {
        "keys/robot.pub": keys.user.public.read_text(),
        "ca/user_ca.pub": keys.user_ca.text,
        f"certificates/{HOST}-cert.pub": keys.user.certificate.read_text(),
    }
    twice = [task for one in EXAMPLES for task in (one, {**one, "name": again(one["name"])})]
    hosts = site.inventory(HOST, **variables(device, "direct"), vault_root_password="Seven dwarfs 7")
    return site.controller.run([play(*twice)], hosts, environment=NO_HOST_KEYS, files=files).check()


def again(name: str) -> str:
    return f"{name} (again)"


@pytest.mark.parametrize("name", NAMES)
def test_an_example_does_what_it_says_once(run: Run, device: Control, name: str) -> None:
    assert run.result(name)["changed"] and run.result(name)["committed"]
    assert not run.result(again(name))["changed"]
    assert "lock-configuration" not in requests(device, run, again(name))


@needs_validator
def test_what_the_examples_have_committed_is_valid_under_junipers_yang(run: Run, device: Control) -> None:
    assert len(run.of(NAMES[-1])) == 1
    assert not faults([etree.fromstring(device.committed)])
