# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stock `ansible.netcommon` modules over the stock `netconf` connection, on the port that a device listens on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from simulator import Control, DeviceSpec, Simulator
from simulator_harness import PASSWORD, USER

ansible_playbook = Path(sys.executable).with_name("ansible-playbook")
pytestmark = pytest.mark.skipif(not ansible_playbook.exists(), reason="ansible is not installed beside this Python")

PLAYBOOK = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.netcommon.netconf_get:
        source: running
        filter: <configuration><system><host-name/></system></configuration>
        display: json
    - ansible.netcommon.netconf_config:
        content: &content
          <config><configuration><system><host-name>renamed</host-name></system></configuration></config>
      diff: true
    - ansible.netcommon.netconf_config:
        content: *content
    - ansible.netcommon.netconf_rpc: {rpc: get-software-information, display: json}
    - ansible.netcommon.netconf_rpc: {rpc: nonsense}
      ignore_errors: true
"""


def play(device: Control, folder: Path) -> list[dict[str, Any]]:
    """Run the playbook; each task's result."""
    (folder / "play.yml").write_text(PLAYBOOK)
    inventory = {
        "ansible_connection": "ansible.netcommon.netconf",
        "ansible_network_os": "default",
        "ansible_host": "127.0.0.1",
        "ansible_port": device.direct_port,
        "ansible_user": USER,
        "ansible_password": PASSWORD,
        "ansible_host_key_checking": False,
        "ansible_python_interpreter": sys.executable,
    }
    (folder / "inventory.json").write_text(json.dumps({"all": {"hosts": {device.name: inventory}}}))
    environment = {
        **os.environ,
        "HOME": str(folder),
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        "ANSIBLE_HOST_KEY_CHECKING": "false",
        "ANSIBLE_COLLECTIONS_PATH": "",
    }
    done = subprocess.run(
        [ansible_playbook, "-i", "inventory.json", "play.yml"],
        cwd=folder,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [task["hosts"][device.name] for task in json.loads(done.stdout)["plays"][0]["tasks"]]


def test_stock_modules_read_and_configure_a_device(sim: Simulator, tmp_path: Path) -> None:
    device = sim.add_device(DeviceSpec("r1", users={USER: PASSWORD}, listen="127.0.0.1"))
    read, changed, again, facts, nonsense = play(device, tmp_path)
    assert read["output"]["data"]["configuration"]["system"] == {"host-name": "r1"}
    assert changed["changed"] and "renamed" in changed["diff"]["after"] and "renamed" not in changed["diff"]["before"]
    assert not again["changed"]
    assert "<host-name>renamed<" in device.committed
    assert facts["output"]["rpc-reply"]["software-information"]["junos-version"] == "24.4R1"
    assert nonsense["failed"] and "syntax error" in nonsense["msg"]
    assert not device.candidate_modified and device.locked_by is None
