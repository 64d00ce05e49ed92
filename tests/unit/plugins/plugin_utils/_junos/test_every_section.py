"""What holds for every section and whatever options it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from lxml import etree

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change, combine
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import EMPTY, read_configuration
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.render import FORMS
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.loading import configuration, loaded
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.option_sets import (
    ALL_SECTIONS,
    SECTION_OPTIONS,
)
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.yang import faults, needs_validator

Options = dict[str, Any]

each_section = pytest.mark.parametrize("name", SECTIONS)
drawn = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def planned(present: etree._Element, options: Options, name: str) -> Change:
    return SECTIONS[name].plan(options, read_configuration(present))


def everything(present: etree._Element, options: Options) -> Change:
    """All sections in one change, as the composite module loads them; nothing may contradict what is present."""
    try:
        return combine(planned(present, each, name) for name, each in options.items() if each is not None)
    except ValueError:
        reject()


@each_section
def test_a_second_run_loads_nothing(name: str) -> None:
    @drawn
    @given(SECTION_OPTIONS[name], SECTION_OPTIONS[name])
    def holds(first: Options, second: Options) -> None:
        present = configuration()
        for options in (first, second):
            try:
                change = planned(present, options, name)
            except OptionError:
                reject()
            present = loaded(present, change)
            again = planned(present, options, name)
            assert not again, [etree.tostring(tree) for tree in (again.configuration, again.order) if tree is not None]

    holds()


@each_section
def test_what_a_group_brings_is_not_set_again(name: str) -> None:
    @drawn
    @given(SECTION_OPTIONS[name])
    def holds(options: Options) -> None:
        try:
            present = loaded(configuration(), planned(configuration(), options, name))
        except OptionError:
            reject()
        present[0].set("{http://xml.juniper.net/junos/23.4R1/junos}group", "base")
        assert not planned(present, options, name)

    holds()


@each_section
def test_what_is_read_back_is_what_is_there(name: str) -> None:
    @drawn
    @given(SECTION_OPTIONS[name])
    def holds(options: Options) -> None:
        try:
            present = loaded(configuration(), planned(configuration(), options, name))
        except OptionError:
            reject()
        read = SECTIONS[name].read(read_configuration(present))
        assert not planned(present, without_states_of_secrets(read), name)

    holds()


def without_states_of_secrets(read: Any) -> Any:
    """`read` as options: it says of a secret only that it is there, which is no option."""
    if isinstance(read, list):
        return [without_states_of_secrets(entry) for entry in read]
    if not isinstance(read, dict):
        return read
    told = {name for name in read if name.startswith("has_") or name == "password_format"}
    return {name: without_states_of_secrets(value) for name, value in read.items() if name not in told}


@each_section
def test_options_of_none_change_nothing(name: str) -> None:
    section = SECTIONS[name]
    options = dict.fromkeys(section.table.names)
    present = loaded(configuration(), section.plan({"state": None} if "state" in options else {}, EMPTY))
    assert not section.plan(options, read_configuration(present))


@needs_validator
@each_section
def test_every_configuration_of_a_section_is_valid_under_junipers_yang(name: str) -> None:
    loads: list[etree._Element] = []
    results: list[etree._Element] = []

    @settings(drawn, max_examples=50)
    @given(SECTION_OPTIONS[name], SECTION_OPTIONS[name])
    def collect(first: Options, second: Options) -> None:
        present = configuration()
        for options in (first, second):
            change = everything(present, {name: options})
            present = loaded(present, change)
            loads.extend(tree for tree in (change.configuration, change.order) if tree is not None)
        results.append(present)

    collect()
    assert len(results) >= 30
    assert not faults(loads)
    assert not faults(results)


@settings(drawn, max_examples=40)
@given(ALL_SECTIONS)
def test_the_same_options_render_to_the_same_bytes(options: Options) -> None:
    first, second = (everything(configuration(), options).configuration for _unused in range(2))
    if first is None or second is None:
        reject()
    for form in FORMS.values():
        assert rendered(form, first) == rendered(form, second)


def rendered(form: Callable[[etree._Element], str], tree: etree._Element) -> str:
    """The text, or why there is none: a value with a backslash has a form in XML only."""
    try:
        return form(tree)
    except ValueError as refusal:
        return str(refusal)
