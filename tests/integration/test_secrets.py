# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords and secrets, from wherever users keep them; and nobody is shown them."""

from __future__ import annotations

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import PASSWORD, SECRET, USER, Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play, read

VAULT_PASSWORD = "vault of this test"


def encrypted(text: str) -> dict[str, str]:
    """An ansible-vault encrypted string, as JSON holds it (``!vault`` in YAML)."""
    vault = VaultLib([("default", VaultSecret(VAULT_PASSWORD.encode()))])
    return {"__ansible_vault": vault.encrypt(text).decode()}


@pytest.fixture(scope="module")
def run(site: Site) -> Run:
    site.add_all([site.spec(name) for name in ("vaulted", "by another variable", "asked for", "wrong password")])
    site.hosts = {
        "vaulted": {"ansible_password": encrypted(PASSWORD), "call_home_secret": encrypted(SECRET)},
        "by another variable": {
            "site_password": encrypted(PASSWORD),
            "site_secret": encrypted(SECRET),
            "ansible_password": "{{ site_password }}",
            "call_home_secret": "{{ site_secret }}",
        },
        "asked for": {"call_home_secret": SECRET},
        "wrong password": {"call_home_secret": SECRET, "ansible_password": "no " + PASSWORD},
    }
    files = {"vault": VAULT_PASSWORD, "connection": PASSWORD}
    for name, text in files.items():
        (site.controller.home / name).write_text(text)
    arguments = [f"--{name}-password-file={site.controller.home / name}" for name in files]
    variables = {"ansible_user": USER}
    return site.controller.run([play(read("read"))], site.hosts, "-vvvvv", *arguments, variables=variables)


@pytest.mark.parametrize("host", ["vaulted", "by another variable"])
def test_vaulted_passwords_and_secrets_work(run: Run, host: str) -> None:
    assert run.result("read", host).status == "ok", run.output


def test_the_password_that_ansible_playbook_asks_for_works(run: Run) -> None:
    assert run.result("read", "asked for").status == "ok", run.output


def test_a_wrong_password_is_unreachable_and_names_the_methods_tried(run: Run) -> None:
    assert run.result("read", "wrong password").status == "unreachable"
    assert f"user {USER} was refused; methods tried: password" in run.result("read", "wrong password").message


def test_nobody_is_shown_a_password_or_a_secret(run: Run, site: Site) -> None:
    for secret in (PASSWORD, SECRET):
        assert secret not in run.output
        assert secret not in site.controller.agent_log
        assert secret not in str(site.controller.agent_info())
