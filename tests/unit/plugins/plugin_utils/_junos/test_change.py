"""Several sections' changes become one load."""

from __future__ import annotations

import pytest
from lxml import etree

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change, combine
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import EMPTY
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.loading import (
    configuration,
    loaded,
    system,
)

USER = {"users": [{"name": "lab", "class": "super-user"}]}
HASH = {"users": [{"name": "lab", "encrypted_password": "*"}]}


def test_what_two_sections_set_for_one_user_is_one_entry() -> None:
    parts = (SECTIONS["login_user"].plan(USER, EMPTY), SECTIONS["user_authentication"].plan(HASH, EMPTY))
    whole = combine(parts).configuration
    assert whole is not None
    (user,) = whole.findall("system/login/user")
    assert [child.tag for child in user] == ["name", "class", "authentication"]


def test_the_parts_are_left_as_they_were() -> None:
    part = SECTIONS["login_user"].plan(USER, EMPTY)
    assert part.configuration is not None
    before = etree.tostring(part.configuration)
    combine([part, SECTIONS["user_authentication"].plan(HASH, EMPTY)])
    assert etree.tostring(part.configuration) == before


def test_one_section_deleting_what_another_one_sets_is_refused() -> None:
    present = system("<login><user><name>lab</name><class>super-user</class></user></login>")
    gone = SECTIONS["login_user"].plan({"users": [{"name": "lab", "state": "absent"}]}, present)
    with pytest.raises(ValueError, match="deletes 'user lab'"):
        combine([gone, SECTIONS["user_authentication"].plan(HASH, present)])


def test_needs_and_warnings_are_joined_and_told_once() -> None:
    needy = SECTIONS["trusted_user_ca"].plan({"file": "/var/tmp/ca.pub"}, EMPTY)
    warning = Change(warnings=("a", "b"))
    whole = combine([needy, warning, Change(warnings=("b", "c"))])
    assert whole.needs == {"system services ssh trusted-user-ca-key-file": "22.3R1"}
    assert whole.warnings == ("a", "b", "c")


def test_nothing_combined_is_nothing_to_load() -> None:
    assert not combine([])
    assert not combine([Change(), Change(warnings=("a",))])


def test_the_parts_loaded_together_are_what_they_are_one_after_the_other() -> None:
    parts = (SECTIONS["login_user"].plan(USER, EMPTY), SECTIONS["user_authentication"].plan(HASH, EMPTY))
    one_by_one = loaded(loaded(configuration(), parts[0]), parts[1])
    assert etree.tostring(loaded(configuration(), combine(parts))) == etree.tostring(one_by_one)
