# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a login class allows, as far as NETCONF requests and secrets are concerned."""

from __future__ import annotations

from .tree import Node

_PREDEFINED = {
    "super-user": frozenset({"all"}),
    "superuser": frozenset({"all"}),
    "operator": frozenset({"clear", "network", "reset", "trace", "view"}),
    "read-only": frozenset({"view"}),
    "unauthorized": frozenset[str](),
}
_IMPLIED = {"view": ("view-configuration",), "configure": ("view-configuration", "rollback"), "all": ()}


class Permissions:
    """The permissions of one user, taken from the committed configuration at login."""

    def __init__(self, granted: frozenset[str]) -> None:
        self._granted = granted.union(*(_IMPLIED.get(name, ()) for name in granted))

    @classmethod
    def of(cls, user: str, committed: Node) -> Permissions:
        if user == "root":
            return cls(frozenset({"all"}))
        login = committed.at("system login")
        account = None if login is None else login.get("user", user)
        name = None if account is None else account.value_at("class")
        if login is None or name is None:
            return cls(frozenset())
        defined = login.get("class", name)
        if defined is None:
            return cls(_PREDEFINED.get(name, frozenset()))
        return cls(frozenset(str(child.key) for child in defined.all("permissions")))

    def allow(self, permission: str) -> bool:
        return "all" in self._granted or permission in self._granted
