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
- hosts: r1
  gather_facts: false
  tasks:
    - ansible.netcommon.netconf_get:
        source: running
        filter: <configuration><system><host-name/></system></configuration>
        display: json
      register: read
    - ansible.netcommon.netconf_config:
        content: &content
          <config><configuration><system><host-name>renamed</host-name></system></configuration></config>
      diff: true
      register: changed
    - ansible.netcommon.netconf_config:
        content: *content
      register: again
    - ansible.netcommon.netconf_rpc: {rpc: get-software-information, display: json}
      register: facts
    - ansible.netcommon.netconf_rpc: {rpc: nonsense}
      ignore_errors: true
      register: nonsense
    - ansible.builtin.copy:
        dest: "{{ playbook_dir }}/results.json"
        content: >-
          {{ {"read": read.output, "changed": changed.changed, "before": changed.diff.before | string,
              "after": changed.diff.after | string, "again": again.changed, "facts": facts.output,
              "refused": nonsense.failed, "reason": nonsense.msg | string} | to_json }}
      delegate_to: localhost
"""


def play(device: Control, folder: Path) -> dict[str, Any]:
    """Run the playbook; what it registered."""
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
    localhost = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    hosts = {device.name: inventory, "localhost": localhost}
    (folder / "inventory.json").write_text(json.dumps({"all": {"hosts": hosts}}))
    environment = {
        **os.environ,
        "HOME": str(folder),
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
    return json.loads((folder / "results.json").read_text())


def test_stock_modules_read_and_configure_a_device(sim: Simulator, tmp_path: Path) -> None:
    device = sim.add_device(DeviceSpec("r1", users={USER: PASSWORD}, listen="127.0.0.1"))
    seen = play(device, tmp_path)
    assert seen["read"]["data"]["configuration"]["system"] == {"host-name": "r1"}
    assert seen["changed"] and "renamed" in seen["after"] and "renamed" not in seen["before"]
    assert not seen["again"]
    assert "<host-name>renamed<" in device.committed
    assert seen["facts"]["rpc-reply"]["software-information"]["junos-version"] == "24.4R1"
    assert seen["refused"] and "syntax error" in seen["reason"]
    assert not device.candidate_modified and device.locked_by is None
