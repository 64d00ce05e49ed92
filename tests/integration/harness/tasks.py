# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays and tasks as users write them, with ansible.netcommon's modules."""

from __future__ import annotations

from typing import Any

Task = dict[str, Any]


def play(*tasks: Task, hosts: str = "all", **keywords: Any) -> dict[str, Any]:
    """A play without facts."""
    return {"hosts": hosts, "gather_facts": False, "tasks": list(tasks), **keywords}


def rpc(name: str, request: str, content: str | None = None, **keywords: Any) -> Task:
    """One Junos RPC; the reply's XML text is in ``stdout``."""
    arguments = {"rpc": request, **({"content": content} if content else {})}
    return {"name": name, "ansible.netcommon.netconf_rpc": arguments, **keywords}


def read(name: str, **keywords: Any) -> Task:
    """Who is there; the reply's XML text is in ``stdout``."""
    return rpc(name, "get-software-information", **keywords)


def load(name: str, configuration: str, **keywords: Any) -> Task:
    """Load (XML inside ``<configuration>``) into the candidate, without a commit."""
    return rpc(name, "load-configuration", f"<configuration>{configuration}</configuration>", **keywords)


def configure(name: str, configuration: str, **keywords: Any) -> Task:
    """Load (XML inside ``<configuration>``) and commit, under a lock."""
    content = f"<config><configuration>{configuration}</configuration></config>"
    return {"name": name, "ansible.netcommon.netconf_config": {"content": content}, **keywords}


def local(name: str, module: str, arguments: Any = None, **keywords: Any) -> Task:
    """A task on the controller, or any other module."""
    return {"name": name, module: arguments if arguments is not None else {}, **keywords}
