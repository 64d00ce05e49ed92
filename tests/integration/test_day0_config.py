# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first configuration, written on the controller and taken by a device that has nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.configuring import task
from ansible_collections.callhome.junos.tests.integration.harness.keyring import Keyring
from ansible_collections.callhome.junos.tests.integration.harness.results import Result
from ansible_collections.callhome.junos.tests.integration.harness.site import LOGIN, PASSWORD, USER, Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import local, play, read

BASE = {
    "set": "set system host-name {name}\nset system root-authentication encrypted-password *\n",
    "text": 'system {{\n    host-name {name};\n    root-authentication {{\n        encrypted-password "*";\n    }}\n}}\n',
    "xml": "<configuration><system><host-name>{name}</host-name><root-authentication><encrypted-password>*"
    "</encrypted-password></root-authentication></system></configuration>",
}


def options(site: Site, name: str, form: str, **more: Any) -> dict[str, Any]:
    home = site.controller.home
    return {
        "dest": str(home / f"{name}.conf"),
        "format": form,
        "base": BASE[form].format(name=name),
        "secret_file": str(home / f"{name}.secret"),
        "login_user": {"users": [{"name": USER, "class": "super-user"}]},
        "user_authentication": {"users": [{"name": USER, "password": PASSWORD}]},
        "netconf_service": {"state": "present"},
        "outbound_ssh_client": {
            "clients": [
                {
                    "name": "nms",
                    "device_id": name,
                    "servers": [{"address": "127.0.0.1", "port": site.controller.port}],
                }
            ]
        },
        **more,
    }


def write(site: Site, given: dict[str, Any], *arguments: str) -> Result:
    hosts: dict[str, dict[str, Any]] = {"nobody": {}}
    return site.controller.run([play(task("write", "day0_config", given))], hosts, *arguments).result("write")


@pytest.mark.parametrize("form", BASE)
def test_a_device_with_nothing_else_calls_and_is_trusted_by_the_secret_that_was_made(site: Site, form: str) -> None:
    name = f"fresh-{form}"
    given = options(site, name, form)
    tried = write(site, given, "--check")
    assert tried["changed"] and not Path(given["dest"]).exists() and not Path(given["secret_file"]).exists()
    assert write(site, given, "--diff")["changed"]
    text, secret = Path(given["dest"]).read_text(), Path(given["secret_file"]).read_text().strip()
    assert len(secret) == 64
    assert [Path(given[file]).stat().st_mode & 0o777 for file in ("dest", "secret_file")] == [0o600, 0o600]
    assert not write(site, given)["changed"]
    assert Path(given["dest"]).read_text() == text

    site.simulator.add_devices(
        [site.spec(name, servers=[], secret=None, users={}, root_password=None, configuration=text)]
    )
    run = site.controller.run([play(read("it"))], {name: {**LOGIN, "call_home_secret": secret}})
    assert f"<host-name>{name}</host-name>" in run.check().result("it")["stdout"]


def test_the_diff_shows_no_secret(site: Site) -> None:
    given = options(site, "masked", "set")
    result = write(site, given, "--diff")
    shown = str(result.values)
    for secret in (PASSWORD, "$6$", "$9$", Path(given["secret_file"]).read_text().strip()):
        assert secret not in shown
    assert "set system services outbound-ssh client nms secret ********" in result["diff"]["after"]


@pytest.fixture(scope="module")
def keys(site: Site) -> Keyring:
    return Keyring(site.controller.home)


def test_what_needs_the_device_is_refused_with_the_way_round_it(site: Site, keys: Keyring) -> None:
    keys.host_ca.sign(keys.user, "x", host=True)
    refused: dict[str, dict[str, Any]] = {
        "use inline: true": {"trusted_user_ca": {"file": "/var/tmp/ca.pub"}},
        "no file is on the device yet": {"trusted_user_ca": {"keys": [keys.user_ca.text]}},
        "makes its host keys when it first starts": {
            "host_certificate": {"certificate": keys.user.certificate.read_text()}
        },
        "key_files is read here": {
            "user_authentication": {"users": [{"name": USER, "load_key_files": ["http://nms/key.pub"]}]}
        },
        "root-authentication": {"base": ""},
    }
    for words, given in refused.items():
        result = write(site, options(site, "refused", "set", **given))
        assert result.status == "failed"
        assert words in result.message
    assert not (site.controller.home / "refused.conf").exists()


def test_user_ca_and_principals_stand_in_the_configuration(site: Site, keys: Keyring) -> None:
    inline = {
        "trusted_user_ca": {"keys": [keys.user_ca.text], "inline": True},
        "authorized_principals": {"principals": ["automation"]},
    }
    given = options(site, "inline", "set", **inline)
    write(site, given)
    text = Path(given["dest"]).read_text()
    assert f'set system services ssh cert-based-auth trusted-user-ca-keys "{keys.user_ca.text}"' in text
    assert "set system services ssh authorized-principals automation" in text


def test_from_day_0_text_to_certificates_only_in_one_play(site: Site, keys: Keyring) -> None:
    """By the modules alone: the device has root, one user with a password, and a client with a secret; then none of these
    but root."""
    name, home = "day-one", site.controller.home
    given = options(site, name, "text")
    write(site, given)
    spec = site.spec(
        name, servers=[], secret=None, users={}, root_password=None, configuration=Path(given["dest"]).read_text()
    )
    (device,) = site.simulator.add_devices([spec])
    keys.user_ca.sign(keys.user, "robot")
    key, certificate = home / f"{name}.pub", home / f"{name}-cert.pub"
    certified = {
        "ansible_user": "robot",
        "ansible_password": None,
        "ansible_private_key_file": str(keys.user.path),
        "call_home_secret": None,
        "call_home_authentications": ["certificate"],
        "call_home_host_trust": ["certificate"],
        "call_home_known_hosts": keys.known_hosts(keys.authority),
    }
    client = {"name": "certified", "device_id": name,
              "servers": [{"address": "127.0.0.1", "port": site.controller.port}]}  # fmt: skip
    together = {
        "login_user": {"users": [{"name": "robot", "class": "super-user"}]},
        "trusted_user_ca": {"keys": [keys.user_ca.text]},
        "host_certificate": {"certificate": f"{{{{ lookup('ansible.builtin.file', '{certificate}') }}}}"},
        "authorized_principals": {"users": [{"name": "robot", "principals": ["robot"]}]},
        "outbound_ssh_client": {"clients": [client]},
    }
    only = {
        "login_user": {"users": [{"name": USER, "state": "absent"}]},
        "outbound_ssh_client": {"clients": [client], "exclusive": True},
    }
    signing = {"type": "host", "public_key": str(key), "path": str(certificate), "principals": [name],
               "signing_key": str(keys.host_ca.path), "valid_from": "always", "valid_to": "forever"}  # fmt: skip
    here = {"delegate_to": "localhost", "vars": {"ansible_connection": "ansible.builtin.local"}}
    run = site.controller.run(
        [
            play(
                task("keys", "call_home_info", {"gather": ["host_keys"]}, register="found"),
                local(
                    "key", "ansible.builtin.copy", {"content": "{{ found.host_keys[0].key }}", "dest": str(key)}, **here
                ),
                local("sign", "community.crypto.openssh_cert", signing, **here),
                task("together", "call_home", together),
                read("by certificate", vars=certified),
                task("nothing else", "call_home", only, vars=certified),
                read("still there", vars=certified),
            )
        ],
        {name: {**LOGIN, "call_home_secret": Path(given["secret_file"]).read_text().strip()}},
    ).check()
    assert run.result("still there").status == "ok"
    assert {event.details["method"] for event in device.log.of("login", user="robot")} == {"certificate"}
    assert device.log.counts["commit"] == 2
    for gone in ("client nms", f"login user {USER}", "secret", "authentication encrypted-password"):
        assert f" {gone} " not in device.committed_set.replace("root-authentication encrypted-password", "")
