# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of the connection is set by variable, by ansible.cfg and by environment, and does what it says.

What the options on trust and credentials mean is held by the tests named after those; here are their names, their
defaults, and the meaning of the others.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.callhome.junos.tests.integration.harness.controller import COLLECTIONS
from ansible_collections.callhome.junos.tests.integration.harness.results import Run
from ansible_collections.callhome.junos.tests.integration.harness.site import LOGIN, PASSWORD, SECRET, USER, Site
from ansible_collections.callhome.junos.tests.integration.harness.tasks import play, read
from ansible_collections.callhome.junos.tests.simulator import Control, free_port

PREFIX = "ANSIBLE_CALL_HOME_"


@dataclass(frozen=True)
class Option:
    """How one option is documented to be set, and to what it resolves."""

    name: str
    variable: str
    default: Any
    given: Any
    environment: str = ""
    section: str = "call_home"
    key: str = ""

    @property
    def text(self) -> str:
        """The value as ansible.cfg and the environment give it."""
        return ",".join(self.given) if isinstance(self.given, list) else str(self.given)

    @property
    def env(self) -> str:
        return self.environment or PREFIX + self.name.upper()


HOME = str(Path.home())
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrUeXqAVpwAsQXjIO3O8kHfS3xJkPMpQUGL6xCFbmW+"
OPTIONS = (
    Option("device_id", "call_home_device_id", None, "mx-17"),
    Option("host_trust", "call_home_host_trust", None, ["certificate", "pinned"]),
    Option("secret", "call_home_secret", None, "s3cret"),
    Option("known_hosts", "call_home_known_hosts", f"{HOME}/.ssh/known_hosts_call_home", "/etc/known_hosts_call_home"),
    Option("host_key", "call_home_host_key", None, [KEY, "SHA256:abc"]),
    Option("unnamed_host_certificates", "call_home_unnamed_host_certificates", False, True),
    Option("authentications", "call_home_authentications", ["certificate", "key", "password"], ["certificate"]),
    Option("timeout", "call_home_timeout", 120, 7),
    Option("newer_than", "call_home_newer_than", 0, 41),
    Option("listen", "call_home_listen", "[::]:4334", "127.0.0.1:7804"),
    Option("agent_socket", "call_home_agent_socket", f"{HOME}/.ansible/call_home/agent.sock", "/run/agent.sock"),
    Option("agent_idle_timeout", "call_home_agent_idle_timeout", 1800, 60),
    Option("agent_arguments", "call_home_agent_arguments", "", "--parked-calls 7"),
    Option("network_os", "ansible_network_os", "callhome.junos.junos", "juniper.device.junos"),
    Option("password", "ansible_password", None, "pa55word"),
    Option("host_key_checking", "ansible_host_key_checking", True, False),
    Option("remote_user", "ansible_user", None, "netops", "ANSIBLE_REMOTE_USER", "defaults"),
    Option("private_key_file", "ansible_private_key_file", None, "/keys/robot", "ANSIBLE_PRIVATE_KEY_FILE", "defaults"),
    Option("private_key_passphrase", "ansible_private_key_passphrase", None, "open", "ANSIBLE_PRIVATE_KEY_PASSPHRASE"),
    Option("persistent_command_timeout", "ansible_command_timeout", 30, 9, "ANSIBLE_PERSISTENT_COMMAND_TIMEOUT",
           "persistent_connection", "command_timeout"),
    Option("import_modules", "ansible_network_import_modules", True, False, "ANSIBLE_NETWORK_IMPORT_MODULES",
           "ansible_network"),
)  # fmt: skip

RESOLVE = """
import json, sys
from ansible.plugins.loader import connection_loader, init_plugin_loader
from ansible.playbook.play_context import PlayContext
init_plugin_loader()
connection = connection_loader.get("callhome.junos.netconf", PlayContext())
connection.set_options(var_options=json.loads(sys.argv[1]))
print(json.dumps(connection.get_options()))
"""


class Resolved:
    """What each way of setting an option resolves to, by Ansible's own configuration."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        sections: dict[str, str] = {}
        for option in OPTIONS:
            line = f"{option.key or option.name} = {option.text}\n"
            sections[option.section] = sections.get(option.section, "") + line
        (folder / "all.cfg").write_text("".join(f"[{name}]\n{lines}" for name, lines in sections.items()))
        (folder / "none.cfg").write_text("")
        self.by = {
            "default": self._resolve({}),
            "variable": self._resolve({option.variable: option.given for option in OPTIONS}),
            "ini": self._resolve({}, ANSIBLE_CONFIG=str(folder / "all.cfg")),
            "environment": self._resolve({}, **{option.env: option.text for option in OPTIONS}),
        }

    def _resolve(self, variables: dict[str, Any], **environment: str) -> dict[str, Any]:
        own = {"HOME": HOME, "ANSIBLE_HOME": str(self._folder), "ANSIBLE_CONFIG": str(self._folder / "none.cfg"),
               "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)}  # fmt: skip
        done = subprocess.run([sys.executable, "-c", RESOLVE, json.dumps(variables)], check=False, capture_output=True,
                              text=True, env={**own, **environment})  # fmt: skip
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def resolved(tmp_path_factory: pytest.TempPathFactory) -> Resolved:
    return Resolved(tmp_path_factory.mktemp("options") / "ansible")


def test_no_option_is_left_out_here(resolved: Resolved) -> None:
    assert set(resolved.by["default"]) == {option.name for option in OPTIONS}


@pytest.mark.parametrize("way", ["variable", "ini", "environment"])
@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_an_option_is_set_by_variable_by_ini_and_by_environment(resolved: Resolved, option: Option, way: str) -> None:
    assert resolved.by[way][option.name] == option.given


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_an_option_has_its_documented_default(resolved: Resolved, option: Option) -> None:
    assert resolved.by["default"][option.name] == option.default


# --- what they mean


@dataclass
class Played:
    run: Run
    devices: dict[str, Control]
    ports: dict[str, int]


@pytest.fixture(scope="module")
def played(site: Site) -> Iterator[Played]:
    other = free_port()
    devices = {
        "elsewhere": site.add("elsewhere", servers=[("127.0.0.1", other)]),
        "wrong-listener": site.add("wrong-listener"),
        "by-its-name": site.add("by-its-name"),
        "by-its-address": site.add("router.example.net"),
        "renamed": site.add("renamed", device_id="serial-4711"),
    }
    own = {**LOGIN, "call_home_secret": SECRET}
    elsewhere = {"call_home_listen": f"127.0.0.1:{other}"}
    hosts: dict[str, dict[str, Any]] = {
        "elsewhere": {**own, **elsewhere},
        "wrong-listener": {**own, **elsewhere, "call_home_timeout": 3},
        "by-its-name": own,
        "by-its-address": {**own, "ansible_host": "router.example.net"},
        "renamed": {**own, "ansible_host": "192.0.2.1", "call_home_device_id": "serial-4711"},
    }
    yield Played(site.controller.run([play(read("read"), ignore_unreachable=True)], hosts), devices,
                 {"own": site.controller.port, "other": other})  # fmt: skip


@pytest.mark.parametrize(
    ("host", "name"),
    [("by-its-name", "by-its-name"), ("by-its-address", "router.example.net"), ("renamed", "renamed")],
)
def test_the_device_id_is_the_variable_else_the_address_else_the_host_name(
    played: Played, host: str, name: str
) -> None:
    assert f"<host-name>{name}</host-name>" in played.run.result("read", host)["stdout"]


def test_another_listen_value_opens_a_further_listener(played: Played) -> None:
    assert played.run.result("read", "elsewhere").status == "ok"


def test_a_host_takes_calls_from_its_own_listener_alone(played: Played) -> None:
    result = played.run.result("read", "wrong-listener")
    assert result.status == "unreachable"
    assert f"no call came to 127.0.0.1:{played.ports['other']} within 3 s (call_home_timeout)" in result.message
    assert played.devices["wrong-listener"].log.of("announced")
    assert 3 <= played.run.seconds("read", "wrong-listener") < 9


def test_a_playbook_runs_with_everything_given_by_the_environment(site: Site) -> None:
    device = site.add("by-environment", users={USER: PASSWORD})
    given = {
        "ANSIBLE_CALL_HOME_SECRET": SECRET,
        "ANSIBLE_CALL_HOME_PASSWORD": PASSWORD,
        "ANSIBLE_REMOTE_USER": USER,
        "ANSIBLE_CALL_HOME_HOST_TRUST": "secret",
        "ANSIBLE_CALL_HOME_AUTHENTICATIONS": "password",
        "ANSIBLE_CALL_HOME_TIMEOUT": "20",
    }
    run = site.controller.run([play(read("read"))], {"by-environment": {}}, environment=given)
    assert run.check().result("read").status == "ok"
    assert [event.details["method"] for event in device.log.of("login")] == ["password"]


def test_a_playbook_runs_with_everything_given_by_ansible_cfg(site: Site) -> None:
    device = site.add("by-ini", users={USER: PASSWORD})
    config = site.controller.home / "ansible.cfg"
    config.write_text(
        f"[defaults]\nremote_user = {USER}\n[call_home]\ndevice_id = by-ini\nsecret = {SECRET}\npassword = {PASSWORD}\n"
        "host_trust = secret\nauthentications = password\n"
    )
    run = site.controller.run([play(read("read"))], {"some-name": {}}, environment={"ANSIBLE_CONFIG": str(config)})
    assert run.check().result("read").status == "ok"
    assert [event.details["method"] for event in device.log.of("login")] == ["password"]
