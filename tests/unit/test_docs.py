# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What README and docs say of options, files and pages is so."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.limits import Limits
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.settings import (
    DEFAULT_SOCKET,
    IDLE_SECONDS,
    parse_arguments,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import EMPTY
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.option_sets import certificate_text
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import a_key

CLIENT = {
    "name": "nms",
    "device_id": "r1",
    "servers": [{"address": "192.0.2.1"}],
    "proxy_server": {"host": "192.0.2.2"},
}
CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
IN_WORDS = {
    "device_id": "the host's address or name",
    "host_trust": "every proof that is configured",
    "authentications": "certificate, key, password",
}
"""Defaults that the README does not give as a value."""


def rows(page: str, first_cell: str) -> dict[str, str]:
    """Of each table row whose first cell fits, the second cell; back quotes left out."""
    text = (CHECKOUT / page).read_text()
    found = re.findall(rf"^\| `({first_cell})` \| ([^|]*?) *\|", text, re.MULTILINE)
    return {name: default.strip("` ") for name, default in found}


def connection_options() -> dict[str, str]:
    """Default by ``call_home_`` variable, as the connection's DOCUMENTATION has it."""
    tree = ast.parse((CHECKOUT / "plugins" / "connection" / "netconf.py").read_text())
    text = next(
        node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and getattr(node.targets[0], "id", "") == "DOCUMENTATION"
        and isinstance(node.value, ast.Constant)
    )
    options = yaml.safe_load(str(text))["options"]
    return {
        variable["name"]: IN_WORDS.get(name, _shown(option.get("default", "")))
        for name, option in options.items()
        for variable in option.get("vars", ())
        if variable["name"].startswith("call_home_")
    }


def _shown(default: object) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_the_page_of_the_connection_has_every_option_with_its_default() -> None:
    assert rows("docs/connection.md", "call_home_[a-z_]+") == connection_options()


def test_the_agents_guide_has_every_option_of_the_command_with_its_default() -> None:
    limits = {f"--{limit.name.replace('_', '-')}": f"{limit.default:g}" for limit in fields(Limits)}
    expected = {"--socket": DEFAULT_SOCKET, "--listen": "", "--idle": f"{IDLE_SECONDS:g}", **limits}
    assert rows("docs/agent.md", "--[a-z-]+") == expected


@pytest.mark.parametrize("option", rows("docs/agent.md", "--[a-z-]+"))
def test_every_option_in_the_agents_guide_is_one_that_the_command_takes(option: str) -> None:
    parse_arguments([option, "[::]:4334" if option == "--listen" else "7"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_checkout_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text()):
        if "://" in link:
            continue
        path, _unused, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_guide_has_the_first_release_of_every_statement_that_needs_one() -> None:
    key = a_key().public.text
    plans: list[tuple[str, dict[str, Any]]] = [
        ("trusted_user_ca", {"file": "/config/ca.pub", "keys": [key]}),
        ("host_certificate", {"file": "/config/host-cert.pub"}),
        ("host_certificate", {"certificate": certificate_text()}),
        ("authorized_principals", {"principals": ["one"], "file": "/config/principals"}),
        ("authorized_principals", {"users": [{"name": "lab", "principals": ["one"], "file": "/config/principals"}]}),
        ("user_authentication", {"users": [{"name": "lab", "public_keys": [{"key": key, "key_options": "no-pty"}]}]}),
        ("outbound_ssh_client", {"routing_instance": "mgmt_junos", "clients": [CLIENT]}),
    ]
    needs = {
        need: first for name, options in plans for need, first in SECTIONS[name].plan(options, EMPTY).needs.items()
    }
    assert rows("docs/configuring.md", "system [a-z0-9 -]+") == needs


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as git forges make them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_file_that_the_architecture_names_is_there() -> None:
    text = (CHECKOUT / "docs" / "architecture.md").read_text()
    there = [str(path) for path in (CHECKOUT / "plugins").rglob("*.py")]
    named = set(re.findall(r"`([a-z_/]+\.py)`", text))
    assert len(named) > 20
    assert not [name for name in sorted(named) if not any(path.endswith(f"/{name}") for path in there)]
