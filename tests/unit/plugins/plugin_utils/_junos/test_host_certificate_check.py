# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host certificate that is on the device already."""

from __future__ import annotations

import base64

import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.host_certificate_check import installed_advice
from ansible_collections.callhome.junos.tests.unit.plugins.plugin_utils._ssh.forge import a_key, certify

HOUR, DAY = 3600, 24 * 3600
NOW = 1_000 * DAY


def advice(begins: int, ends: int, *device_ids: str, principals: tuple[str, ...] = ("r1",)) -> str:
    blob = certify(a_key(), a_key(use="ca"), principals, valid_after=begins, valid_before=ends)
    text = f"ssh-ed25519-cert-v01@openssh.com {base64.b64encode(blob).decode()}"
    return " ".join(installed_advice(text, device_ids, NOW))


@pytest.mark.parametrize(
    ("begins", "ends"), [(0, 2**64 - 1), (NOW - 300 * DAY, NOW + 8 * DAY), (NOW - 12 * HOUR, NOW + 12 * HOUR)]
)
def test_nothing_is_said_of_one_that_goes_on_serving(begins: int, ends: int) -> None:
    assert advice(begins, ends, "other", "r1") == ""
    assert advice(begins, ends) == ""


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (0, NOW - HOUR, "is not valid for it: it expired at"),
        (NOW + HOUR, 2**64 - 1, "is not valid for it: it is not valid before"),
        (NOW - 300 * DAY, NOW + 6 * DAY, "expires in 144 hours"),
        (NOW - 20 * HOUR, NOW + 4 * HOUR, "expires in 4 hours"),
    ],
)
def test_one_that_is_at_its_end_is_told_of_and_by_whose_clock(begins: int, ends: int, said: str) -> None:
    for device_ids in ((), ("r1",)):
        assert said in advice(begins, ends, *device_ids)
        assert "by the controller's clock" in advice(begins, ends, *device_ids)


def test_one_for_another_device_is_told_of_with_its_names() -> None:
    assert "it names 'r1', not 'r2'" in advice(0, 2**64 - 1, "r2", "r3")
