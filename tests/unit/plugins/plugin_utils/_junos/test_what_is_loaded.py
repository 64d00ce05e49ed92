# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device is sent, and what stands in a first configuration, is valid under Juniper's YANG whatever is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from lxml import etree

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.configuring import Job
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.day0 import day0_text
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.manner import Manner
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.rpc import Rpc
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.option_sets import ALL_SECTIONS
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.taking_device import TakingDevice
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._junos.yang import faults, needs_validator

Wanted = dict[str, dict[str, Any]]

OPTION_SETS = 300
IN_FILES = ("trusted_user_ca", "host_certificate", "authorized_principals")
ROOT = "<root-authentication><encrypted-password>*</encrypted-password></root-authentication>"
BASE = f"<configuration><system>{ROOT}</system></configuration>"
drawn = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def composite(sections: dict[str, Any], inline: bool) -> Wanted:
    """Drawn options as ``call_home`` takes them; what it puts into files itself excludes files that are there."""
    wanted = {name: dict(options) for name, options in sections.items() if options is not None}
    for name in IN_FILES:
        if name in wanted:
            wanted[name] |= {"inline": inline}
    for options in () if inline else without_files(wanted):
        options.pop("file", None)
    if "host_certificate" in wanted:
        wanted["host_certificate"]["device_id"] = "r1"
    return wanted


def without_files(wanted: Wanted) -> Iterator[dict[str, Any]]:
    yield from (wanted[name] for name in IN_FILES if name in wanted)
    yield from (wanted.get("authorized_principals") or {}).get("users") or ()


COMPOSITES = st.builds(composite, ALL_SECTIONS, st.booleans())


@needs_validator
def test_whatever_call_home_loads_is_valid_under_junipers_yang() -> None:
    """Twice on a device, so that statements are deleted and changed as well."""
    loads: list[etree._Element] = []
    results: list[etree._Element] = []

    @settings(drawn, max_examples=OPTION_SETS)
    @given(COMPOSITES, COMPOSITES)
    def carry_out(first: Wanted, second: Wanted) -> None:
        device = TakingDevice()
        for wanted in (first, second):
            try:
                Job(wanted, Manner("a test"), nested=True).carry_out(Rpc(device), lambda: "1")
            except ValueError:  # the two contradict each other
                reject()
        loads.extend(device.loads)
        results.append(device.present)

    carry_out()
    assert len(results) >= OPTION_SETS
    assert not faults(loads)
    assert not faults(results)


@needs_validator
def test_whatever_day0_config_writes_is_valid_under_junipers_yang() -> None:
    written: list[etree._Element] = []

    @settings(drawn, max_examples=OPTION_SETS)
    @given(ALL_SECTIONS.map(lambda sections: composite(sections, inline=True)))
    def write(wanted: Wanted) -> None:
        users = (wanted.get("user_authentication") or {}).get("users") or []
        users[:] = [user for user in users if user["name"] != "root"]  # the base has that one
        try:
            text, _warnings = day0_text(wanted, "xml", BASE, "r1")
        except OptionError:  # what needs the device
            reject()
        written.append(etree.fromstring(text.encode()))

    write()
    assert len(written) >= OPTION_SETS
    assert not faults(written)
