# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XML written as text: replies are small and many, and most of their parts never change."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr


class raw(str):
    """A piece that is XML already and must not be escaped."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str | None) -> raw:
    """`<tag attribute="...">children</tag>`: plain strings are escaped, what `element` and `raw` made is not.

    An attribute's `__` stands for a colon and its `_` for a hyphen; an attribute that is None is left out.
    """
    named = "".join(
        f" {key.replace('__', ':').replace('_', '-')}={quoteattr(value)}"
        for key, value in attributes.items()
        if value is not None
    )
    body = "".join(child if isinstance(child, raw) else escape(child) for child in children)
    return raw(f"<{tag}{named}>{body}</{tag}>" if body else f"<{tag}{named}/>")
