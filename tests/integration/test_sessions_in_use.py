# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions that a playbook is using while another one asks for something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.callhome.junos.tests.integration.harness.controller import RunningPlaybook
from ansible_collections.callhome.junos.tests.integration.harness.keyring import PRINCIPAL, Keyring
from ansible_collections.callhome.junos.tests.integration.harness.site import PASSWORD, SECRET, USER, Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import local, play, read
from ansible_collections.callhome.junos.tests.simulator import Control

HELD_SECONDS = 60
BY_PASSWORD = {"ansible_user": USER, "ansible_password": PASSWORD, "call_home_secret": SECRET}


def _hold(site: Site, hosts: dict[str, dict[str, Any]], until: Path) -> RunningPlaybook:
    """A playbook that reads, stays attached until there is a file, and reads again."""
    wait = local("hold", "ansible.builtin.wait_for", {"path": str(until), "timeout": HELD_SECONDS, "sleep": 1},
                 delegate_to="localhost", vars={"ansible_connection": "local"})  # fmt: skip
    holding = site.controller.start([play(read("read"), wait, read("read again"))], hosts)
    holding.wait_for("hold")
    return holding


def test_a_session_in_use_is_not_taken_away_and_the_error_names_the_playbook_that_has_it(site: Site) -> None:
    device = site.add("busy", users={USER: PASSWORD, "second": PASSWORD})
    until = site.controller.home / "busy"
    holding = _hold(site, {"busy": BY_PASSWORD}, until)
    second = {**BY_PASSWORD, "ansible_user": "second", "call_home_timeout": 3}
    refused = site.controller.run([play(read("read"), ignore_unreachable=True)], {"busy": second}).result("read")
    until.touch()
    assert refused.status == "unreachable"
    assert f"in use by process {holding.pid}" in refused.message
    assert "logged in as netops with other credentials" in refused.message
    assert holding.finish().check().result("read again").status == "ok"
    assert len(device.log.of("login")) == 1


def test_each_of_two_clients_of_a_device_serves_the_request_whose_trust_and_login_it_meets(site: Site) -> None:
    keys = Keyring(site.controller.home)
    keys.user_ca.sign(keys.user, PRINCIPAL)
    device = site.add("two", secret=None, **keys.plain(host_key := keys.new("two")))
    by_pin = {"ansible_user": USER, "ansible_password": PASSWORD, "call_home_host_key": [host_key.text]}
    by_certificate = {
        "ansible_user": USER,
        "ansible_private_key_file": str(keys.user.path),
        "call_home_known_hosts": keys.known_hosts(keys.authority),
        "call_home_host_trust": ["certificate"],
        "call_home_authentications": ["certificate"],
    }
    until = site.controller.home / "two"
    holding = _hold(site, {"two": by_pin}, until)
    waiting = site.controller.start([play(read("read"))], {"two": by_certificate})
    waiting.wait_for("read")
    _add_certified_client(site, device, keys, host_key)
    assert waiting.finish().check().result("read").status == "ok"
    sessions = site.controller.agent_info()["sessions"]
    until.touch()
    assert holding.finish().check().result("read again").status == "ok"
    by_proof = {
        session["host_trust"]: session["authentication"] for session in sessions if session["device_id"] == "two"
    }
    assert by_proof == {"pinned": "password", "certificate": "certificate"}
    assert not device.log.of("call-down", client="nms")
    assert [(event.details["client"], event.details["method"]) for event in device.log.of("login")] == [
        ("nms", "password"), ("certified", "certificate")]  # fmt: skip


def _add_certified_client(site: Site, device: Control, keys: Keyring, host_key: Any) -> None:
    """What an operator commits on a device that has called for long: certificates, and a client that registers them."""
    fields = keys.certified("two", key=host_key)
    device.write_file("/var/tmp/ca.pub", keys.user_ca.text)
    device.write_file("/var/tmp/host-cert.pub", fields["host_certificate"])
    client = "set system services outbound-ssh client certified"
    device.configure(
        "set system services ssh trusted-user-ca-key-file /var/tmp/ca.pub\n"
        "set system services ssh host-certificate-file /var/tmp/host-cert.pub\n"
        f"set system services ssh authorized-principals {PRINCIPAL}\n"
        f"{client} device-id two\n{client} services netconf\n{client} 127.0.0.1 port {site.controller.port}\n"
    )
