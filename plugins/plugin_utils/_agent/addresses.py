# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP addresses, each in one spelling. Apart from what is made of them, as every worker of every playbook imports it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address


def parse_address(text: str) -> IPv4Address | IPv6Address:
    """The address, an IPv4-mapped IPv6 address unwrapped; raises ValueError."""
    address = ip_address(text)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


@lru_cache(maxsize=4096)
def canonical_address(text: str) -> str | None:
    """The one spelling of an IP address, an IPv4-mapped IPv6 address unwrapped; None where ``text`` is no address."""
    try:
        return str(parse_address(text))
    except ValueError:
        return None
