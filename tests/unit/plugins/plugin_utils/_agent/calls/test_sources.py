"""Addresses, sources, and who holds most."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.addresses import canonical_address
from ansible_collections.callhome.junos.plugins.plugin_utils._agent.calls.sources import BySource, source_of


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("router.example", None),
        ("192.0.2.001", None),
        ("", None),
    ],
)
def test_an_address_has_one_spelling_and_a_name_none(text: str, canonical: str | None) -> None:
    assert canonical_address(text) == canonical


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_a_source_is_an_ipv4_address_or_an_ipv6_network(address: str, source: str) -> None:
    assert source_of(address) == source


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=60))
def test_by_source_agrees_with_a_plain_list(steps: list[tuple[str, bool]]) -> None:
    by_source: BySource[int] = BySource()
    plain: list[tuple[str, int]] = []
    for number, (source, adds) in enumerate(steps):
        if adds:
            by_source.add(source, number)
            plain.append((source, number))
        elif (oldest := by_source.oldest(source)) is not None:
            by_source.remove(source, oldest)
            plain.remove((source, oldest))
        held = {name: [item for owner, item in plain if owner == name] for name in "abcd"}
        most = max(len(items) for items in held.values())
        assert len(by_source) == len(plain)
        assert set(by_source.sources) == {name for name, items in held.items() if items}
        assert all(by_source.count(name) == len(items) for name, items in held.items())
        assert all(by_source.oldest(name) == (items[0] if items else None) for name, items in held.items())
        if plain:
            assert by_source.oldest() in [items[0] for items in held.values() if len(items) == most]
        else:
            assert by_source.oldest() is None
