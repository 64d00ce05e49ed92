# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zero touch of many devices in one run, beside stock tasks that configure the same statements over direct SSH."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import CHECKOUT, PASSWORD, STOCK, Account, Bench, BenchError, Task
from figures import Figure

sys.path.insert(0, str(CHECKOUT / "tests"))

from simulator import Control, DeviceSpec, Simulator
from simulator.configuration import loaded
from simulator.load import read
from simulator.release import Release
from simulator.render_xml import body
from simulator.tree import Node

HOSTS, QUICK_HOSTS = 100, 20
FORKS = 20
INSTALLER, USER = "installer", "netops"
SIGNING = "/roles/nms/tasks/sign"
"""How the files of role nms begin that have its tasks."""
MOST_MEGABYTES = 800
NETCONF_SERVICE = "NETCONF service"
"""Day 0 brings it already, without which no device could be reached. Both sides state it again, and change nothing."""
SECTIONS = {
    "login user": r"system login user \S+ (?!authorized-principals)",
    "user CA": "system services ssh trusted-user-ca-key-file",
    "host certificate": "system services ssh host-certificate-file",
    "principals": r"system login user \S+ authorized-principals",
    NETCONF_SERVICE: "system services netconf",
    "outbound client": "system services outbound-ssh",
}
"""What the role configures, each by a task of its own: how its statements begin, behind the word ``set``."""
BASE = 'set system host-name {{ inventory_hostname }}\nset system root-authentication encrypted-password "*"\n'


def measure(bench: Bench) -> list[Figure]:
    """First ours; stock's devices then begin with the same day-0 files, and are given what ours have more than that."""
    names = [f"device-{number}" for number in range(1, (QUICK_HOSTS if bench.quick else HOSTS) + 1)]
    hosts: dict[str, dict[str, Any]] = {name: {} for name in names}
    variables = _variables(bench)
    for playbook in ("nms", "day0"):
        bench.run(_play(playbook), hosts, variables)
    day0 = {name: (bench.home / "nms" / "day0" / f"{name}.conf").read_text() for name in names}
    with Simulator() as simulator:
        devices = simulator.add_devices(_spec(name, day0[name], {}) for name in names)
        before = {device.name: set(device.committed_set.splitlines()) for device in devices}
        ours, signing = _zero_touch(bench, hosts, variables)
        commits = _commits(devices)
        stated = {device.name: _stated(device, before[device.name]) for device in devices}
        files = {device.name: _files(device) for device in devices}
    with Simulator() as simulator:
        devices = simulator.add_devices(_spec(name, day0[name], files[name]) for name in names)
        stock = _stock(bench, devices, stated)
        stock_commits = _commits(devices)
    count = len(names)
    return [
        Figure(f"CPU of zero touch of {count} devices", ours=ours.cpu, stock=stock.cpu, unit="s", share_at_most=1 / 4),
        Figure("... without the signing", ours=ours.cpu - signing, stock=stock.cpu, unit="s", share_at_most=1 / 8),
        Figure("... commits on each device", ours=commits, stock=stock_commits, unit="", at_most=2),
        Figure(f"... memory (PSS) at {FORKS} forks, at most", ours=ours.peak / 1e6, stock=stock.peak / 1e6, unit="MB",
               at_most=MOST_MEGABYTES),
        Figure("... elapsed time", ours=ours.elapsed, stock=stock.elapsed, unit="s"),
    ]  # fmt: skip


def _variables(bench: Bench) -> dict[str, Any]:
    """What a user's inventory says of devices that are still in their boxes."""
    return {
        "ansible_connection": "callhome.junos.netconf",
        "ansible_user": USER,
        "ansible_private_key_file": str(bench.home / "nms" / USER),
        "call_home_listen": bench.listen,
        "call_home_agent_socket": str(bench.home / "agent.sock"),
        "call_home_known_hosts": str(bench.home / "known_hosts"),
        "nms_directory": str(bench.home / "nms"),
        "nms_ca_directory": str(bench.home / "ca"),
        "nms_user": USER,
        "device_servers": [dict(zip(("address", "port"), bench.listen.split(":"), strict=True))],
        "device_bootstrap_user": INSTALLER,
        "device_bootstrap_password": PASSWORD,
        "device_day0_base": BASE,
    }


def _play(playbook: str) -> list[dict[str, str]]:
    return [{"import_playbook": f"callhome.junos.{playbook}"}]


def _spec(name: str, day0: str, files: Mapping[str, bytes]) -> DeviceSpec:
    """A device that has nothing but its day-0 file, and these files."""
    return DeviceSpec(name, root_password=None, configuration=day0, files=files, shared_host_keys=True,
                      listen="127.0.0.1", redial_pause=1.0)  # fmt: skip


def _zero_touch(
    bench: Bench, hosts: Mapping[str, Mapping[str, Any]], variables: Mapping[str, Any]
) -> tuple[Account, float]:
    """What it took, and the CPU seconds of the signing among that."""
    record = bench.home / "cpu_by_task.json"
    environment = {
        "ANSIBLE_FORKS": str(FORKS),
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).with_name("callback")),
        "ANSIBLE_CALLBACKS_ENABLED": "cpu_by_task",
        "CPU_BY_TASK_PATH": str(record),
    }
    account = bench.run(_play("zero_touch"), hosts, variables, environment, still=True)
    tasks = json.loads(record.read_text(encoding="utf-8"))
    return account, sum(task["cpu"] for task in tasks if SIGNING in task["file"])


def _stock(bench: Bench, devices: Sequence[Control], stated: Mapping[str, Sequence[str]]) -> Account:
    """One task a section, with the content of each host in a variable of its own."""
    hosts = {
        device.name: {
            "ansible_host": "127.0.0.1",
            "ansible_port": device.direct_port,
            "sections": {title: _content(stated[device.name], begins) for title, begins in SECTIONS.items()},
        }
        for device in devices
    }
    login = {"ansible_user": INSTALLER, "ansible_password": PASSWORD}
    tasks = [_task(title) for title in SECTIONS]
    play = {"hosts": "all", "gather_facts": False, "tasks": tasks}
    account = bench.run([play], hosts, {**STOCK, **login}, {"ANSIBLE_FORKS": str(FORKS)})
    if account.changed != (len(tasks) - 1) * len(devices):
        raise BenchError(
            f"stock: {account.changed} task-hosts changed something, and not all but the NETCONF service's"
        )
    return account


def _task(title: str) -> Task:
    content = f"{{{{ sections['{title}'] }}}}"
    return {"name": title, "ansible.netcommon.netconf_config": {"target": "candidate", "content": content}}


def _stated(device: Control, before: set[str]) -> list[str]:
    """The set commands of the sections that the device has committed since, and those of the NETCONF service.

    Raises BenchError for one of no section.
    """
    service = SECTIONS[NETCONF_SERVICE]
    stated = [line for line in device.committed_set.splitlines() if line not in before or _is_of(line, service)]
    if odd := [line for line in stated if not any(_is_of(line, begins) for begins in SECTIONS.values())]:
        raise BenchError(f"zero touch brought what is of no section: {odd}")
    return stated


def _is_of(line: str, begins: str) -> bool:
    return re.match(f"set {begins}", line) is not None


def _content(lines: Iterable[str], begins: str) -> str:
    """The XML of a section, as netconf_config takes it."""
    text = "\n".join(line for line in lines if _is_of(line, begins))
    tree, _warnings = loaded(Node.root(), read(text, Release.parse("24.4R1")))
    return f"<config><configuration>{body(tree)}</configuration></config>"


def _files(device: Control) -> dict[str, bytes]:
    """The files that its certificates are in."""
    return {path: device.read_file(path) for path in device.files() if path.startswith("/config/")}


def _commits(devices: Sequence[Control]) -> float:
    """On each device; raises BenchError where they differ."""
    counts = {len(device.log.of("commit")) for device in devices}
    if len(counts) != 1:
        raise BenchError(f"devices were committed to {sorted(counts)} times")
    return float(counts.pop())
