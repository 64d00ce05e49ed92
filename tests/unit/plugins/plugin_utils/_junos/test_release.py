"""Releases are compared as they came out, and a statement is refused where the device is older."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import ReleaseError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.release import (
    STATUS_RPC_NEEDS,
    Release,
    check_release,
)

IN_ORDER = [
    "15.1X49-D150.2",
    "21.4R3-S5.4",
    "22.1I20220101_0201_user",
    "22.3B1.1",
    "22.3R1",
    "22.3R1.11",
    "22.3R1-S1.3",
    "22.3R2",
    "22.4R1",
    "23.4R2-S1.3",
    "23.4R2-S2.1-EVO",
    "24.4R1",
]


@pytest.mark.parametrize(("older", "newer"), list(itertools.pairwise(IN_ORDER)))
def test_an_older_release_is_less(older: str, newer: str) -> None:
    assert Release.parse(older) < Release.parse(newer)


@pytest.mark.parametrize(("one", "other"), [("24.4R1-EVO", "24.4R1"), ("24.4R1-S2.5-EVO", "24.4R1-S2.5")])
def test_evolved_counts_like_junos(one: str, other: str) -> None:
    assert Release.parse(one) == Release.parse(other)


@pytest.mark.parametrize("text", ["", "junos", "22", "R1", "22.3R", "22.3 R1"])
def test_what_is_no_release_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no Junos release"):
        Release.parse(text)


def test_the_error_names_what_was_found_and_what_each_statement_needs() -> None:
    needs = {
        "system services ssh host-certificate-file": "23.2R1",
        "system services ssh authorized-principals": "22.3R1",
    }
    check_release(needs, Release.parse("23.2R1.14"))
    with pytest.raises(ReleaseError) as refusal:
        check_release(needs, Release.parse("22.3R2-S1.4"))
    assert refusal.value.needs == {"system services ssh host-certificate-file": "23.2R1"}
    assert "22.3R2-S1.4" in str(refusal.value)
    assert "host-certificate-file needs 23.2R1" in str(refusal.value)
    assert "authorized-principals" not in str(refusal.value)


def test_the_status_of_clients_can_be_asked_from_23_4() -> None:
    check_release(STATUS_RPC_NEEDS, Release.parse("23.4R1-EVO"))
    with pytest.raises(ReleaseError, match=r"get-outbound-ssh-service-information needs 23\.4R1"):
        check_release(STATUS_RPC_NEEDS, Release.parse("23.2R2-S3"))
