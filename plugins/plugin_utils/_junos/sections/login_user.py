# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``[edit system login]``: users, template accounts for remote authentication among them, and login classes."""

from __future__ import annotations

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.branches import Keyed, Level, Rows
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.kinds import (
    LOGIN_NAME,
    NAME,
    REGULAR_EXPRESSION,
    Kind,
    integer,
    matching,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.section import Section
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.statements import EXCLUSIVE, Leaf, LeafList

_PREDEFINED = ("operator", "read-only", "super-user", "superuser", "unauthorized")
_FULL_NAME = Kind(
    "1 to 255 printable characters without colons or commas",
    lambda value: (
        isinstance(value, str) and 1 <= len(value) <= 255 and value.isprintable() and not {":", ","} & set(value)
    ),
)
_CLASS_NAME = Kind(
    f"{NAME.allowed}; and none of the classes that Junos has itself",
    lambda value: NAME.accepts(value) and value not in _PREDEFINED,
)
_PERMISSION = matching(r"[a-z][-a-z]*", "permissions as Junos names them, such as configure or view")

_CLASS = (
    EXCLUSIVE,
    Leaf("idle-timeout", integer(0, 4294967295), removable=False),
    LeafList("permissions", _PERMISSION),
    *(
        Leaf(f"{verb}-{what}", REGULAR_EXPRESSION)
        for verb in ("allow", "deny")
        for what in ("commands", "configuration")
    ),
    *(
        LeafList(f"{verb}-{what}-regexps", REGULAR_EXPRESSION)
        for verb in ("allow", "deny")
        for what in ("commands", "configuration")
    ),
)
_USER = (
    Leaf("full-name", _FULL_NAME),
    Leaf("uid", integer(100, 64000), removable=False),
    Leaf("class", NAME, removable=False),
)

LOGIN_USER = Section(
    name="login_user",
    table=Rows(
        (
            Level(
                statement="login",
                rows=(
                    Keyed(statement="class", option="classes", key_kind=_CLASS_NAME, rows=_CLASS),
                    Keyed(statement="user", option="users", key_kind=LOGIN_NAME, rows=_USER, required=("class",)),
                ),
            ),
        )
    ),
)
