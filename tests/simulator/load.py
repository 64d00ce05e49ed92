# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration in whatever form it was written."""

from __future__ import annotations

from lxml import etree

from . import load_set, load_text, load_xml
from .edit import Edit, Reading
from .errors import RpcErrors
from .release import Release

_VERBS = ("set", "delete", "activate", "deactivate", "insert", "rename")


def read(text: str, release: Release) -> list[Edit]:
    """The edits of a text that is XML, set commands or Junos' text form. Raises `RpcErrors` for what is wrong in it."""
    reading = _read(text, release)
    if reading.errors:
        raise RpcErrors(reading.errors)
    return reading.edits


def _read(text: str, release: Release) -> Reading:
    start = text.lstrip()
    if start.startswith("<"):
        return load_xml.read(etree.fromstring(start.encode()), release)
    if start.partition(" ")[0] in _VERBS:
        return load_set.read(text, release)
    return load_text.read(text, release)
