# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration with which a device begins, written without the device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change, combine
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError, Unsaid
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.key_sources import BY_DEVICE, none_yet, with_keys_of
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.placement import place
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import EMPTY
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.render import FORMS
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections.user_authentication import hash_passwords
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.statements import Options

try:
    from lxml import etree
except ImportError:
    pass  # told by _libraries before any of this is used

_ROOT = "root-authentication"


def day0_text(wanted: Mapping[str, Options], form: str, base: str, host: str) -> tuple[str, tuple[str, ...]]:
    """The text, the same bytes each time, and warnings. Raises OptionError, and ValueError as `FORMS` do.

    form: set, text or xml. base: the operator's own statements in that form. host: keeps the salts of two devices apart.
    """
    changes = [_planned(name, options, host) for name, options in wanted.items()]
    if form == "xml":
        changes.insert(0, Change(_parsed(base)))
        base = ""
    change = combine(changes)
    own = "" if change.configuration is None else FORMS[form](change.configuration)
    text = f"{base.rstrip()}\n{own}" if base.strip() else own
    if _ROOT not in text:
        raise OptionError(
            "base", Unsaid.VALUE, f"{_ROOT} in it or in user_authentication: Junos commits nothing without"
        )
    return text, change.warnings


def _planned(name: str, options: Options, host: str) -> Change:
    _refuse_files(name, options)
    if name == "user_authentication":
        options = with_keys_of(BY_DEVICE, options, none_yet)
    plain, _files = place(name, options, "/config")
    if name == "user_authentication":
        plain = hash_passwords(plain, host)
    return SECTIONS[name].plan(plain, EMPTY)


def _refuse_files(name: str, options: Options) -> None:
    """A device that has never called has no file of ours, and has not made its host keys."""
    if name == "host_certificate":
        raise OptionError(name, Unsaid.VALUE, "none: the device makes its host keys when it first starts; add it later")
    for index, user in enumerate(options.get("users") or ()):
        if user.get(BY_DEVICE):
            where = f"{name}.users[{index}].{BY_DEVICE}"
            raise OptionError(where, Unsaid.VALUE, "none: no device is there to fetch it; key_files is read here")
    for where, place_of in ((name, options), *((f"{name}.users", user) for user in options.get("users") or ())):
        if place_of.get("file"):
            raise OptionError(f"{where}.file", place_of["file"], "none: no file is on the device yet; use inline: true")
    if options.get("inline") is False:
        raise OptionError(f"{name}.inline", False, "true: no file is on the device yet")


def _parsed(base: str) -> etree._Element:
    try:
        found: Any = etree.fromstring((base.strip() or "<configuration/>").encode())
    except etree.XMLSyntaxError as error:
        raise OptionError("base", Unsaid.VALUE, f"XML that is one <configuration>: {error}") from None
    if found.tag != "configuration":
        raise OptionError("base", Unsaid.VALUE, "XML that is one <configuration>, without a namespace")
    return etree.fromstring(etree.tostring(found), etree.XMLParser(remove_blank_text=True, remove_comments=True))
