# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of the modules, which is what their arguments are checked against."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
import yaml

from ansible_collections.callhome.junos.plugins.doc_fragments.candidate import ModuleDocFragment as Candidate
from ansible_collections.callhome.junos.plugins.doc_fragments.sections import ModuleDocFragment as Sections
from ansible_collections.callhome.junos.plugins.plugin_utils._action.configure import COMMON_OPTIONS, SECRET_OPTIONS
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.branches import Rows
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.key_sources import BY_DEVICE
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.placement import OWN_OPTIONS
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections.user_authentication import Accounts


def options_of(documentation: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(documentation)["options"]
    return found


def module_options(section: str) -> dict[str, Any]:
    module = importlib.import_module(f"ansible_collections.callhome.junos.plugins.modules.{section}")
    return options_of(module.DOCUMENTATION)


@pytest.mark.parametrize("section", SECTIONS)
def test_call_home_takes_for_each_section_what_its_module_takes(section: str) -> None:
    nested = options_of(Sections.DOCUMENTATION)[section]["suboptions"]
    assert str(nested).replace(f"O({section}.", "O(") == str(module_options(section))


def test_call_home_takes_every_section_and_nothing_else() -> None:
    assert set(options_of(Sections.DOCUMENTATION)) == set(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_module_has_every_option_of_its_section_and_no_other(section: str) -> None:
    assert set(module_options(section)) - set(OWN_OPTIONS) == set(SECTIONS[section].table.names)


def test_each_user_has_besides_the_options_that_say_where_keys_are_read() -> None:
    (users,) = module_options("user_authentication").values()
    (rows,) = SECTIONS["user_authentication"].table.rows
    assert isinstance(rows, Accounts)
    sources = {"name", "key_files", BY_DEVICE}
    assert set(users["suboptions"]) - sources == set(Rows(rows.rows).names)


def test_sections_and_manner_share_no_option() -> None:
    assert set(options_of(Candidate.DOCUMENTATION)) == set(COMMON_OPTIONS)
    for section in SECTIONS:
        assert not set(module_options(section)) & set(COMMON_OPTIONS)


def test_every_option_whose_name_says_that_it_is_secret_is_masked() -> None:
    named = {name for section in SECTIONS for name in names_in(module_options(section))}
    suspicious = {name for name in named if "secret" in name or "password" in name}
    assert suspicious - {"update_password"} == set(SECRET_OPTIONS)


def names_in(options: dict[str, Any]) -> set[str]:
    inner = (names_in(option["suboptions"]) for option in options.values() if "suboptions" in option)
    return set(options).union(*inner)
