# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How users log in: ``[edit system login user * authentication]`` and ``[edit system root-authentication]``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._junos import passwords
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.branches import Keyed, Rows
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Edit
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.keys import UPDATE_COMMENTS, Password, PublicKeys
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.kinds import USER_NAME, matching, printable
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import Node
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.section import Section
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.statements import (
    EXCLUSIVE,
    UPDATE_PASSWORD,
    Flag,
    Leaf,
    Options,
)

_PATTERNS = matching(r"[!#-\[\]-~]{1,1024}", "host patterns with commas between them, no spaces, quotes or backslashes")
_KEYS = PublicKeys(
    option="public_keys",
    statements={
        "ssh-ed25519": "ssh-ed25519",
        "ecdsa-sha2-nistp256": "ssh-ecdsa",
        "ecdsa-sha2-nistp384": "ssh-ecdsa",
        "ecdsa-sha2-nistp521": "ssh-ecdsa",
        "ssh-rsa": "ssh-rsa",
    },
    others=("ssh-dsa",),
    rows=Rows((Leaf("from", _PATTERNS), Leaf("key-options", printable(1024), since="24.4R1"))),
)


@dataclass(frozen=True)
class Accounts(Keyed):
    """Users by name; root, who stands elsewhere in the configuration, is one of them."""

    def place(self, key: str, parent: Node, edit: Edit) -> tuple[Node, Edit]:
        if key == "root":
            return parent.child("root-authentication"), edit.at("root-authentication")
        user = parent.child("login").entry("user", key)
        return user.child("authentication"), edit.at("login").at("user", key).at("authentication")

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        names = [{"name": name} for name in _accounts(parent)]
        super().remove({self.option: names} if options is None else options, parent, edit)

    def read(self, parent: Node) -> dict[str, Any]:
        places = ((name, self.place(name, parent, Edit())[0]) for name in _accounts(parent))
        users = [{"name": name, **Rows(self.rows).read(node)} for name, node in places if node.exists]
        return {self.option: users} if users else {}


_ACCOUNTS = Accounts(
    statement="user",
    option="users",
    key_kind=USER_NAME,
    owned=False,
    rows=(UPDATE_PASSWORD, EXCLUSIVE, UPDATE_COMMENTS, Password(), _KEYS, Flag("no-public-keys")),
)


def _accounts(system: Node) -> Iterator[str]:
    yield "root"
    for user in system.child("login").all("user"):
        yield user.key or ""


def _keys_or_none(options: Options, present: Node) -> None:
    """``no-public-keys`` and keys exclude each other (junos:must)."""
    for where, user, node in _named(options, present):
        keys = _KEYS.outcome(user, node)
        forbidden = user.get("no_public_keys")
        if forbidden and keys:
            raise OptionError(
                f"{where}.no_public_keys", True, "it beside public_keys: [] and exclusive: true; keys would be left"
            )
        if forbidden is None and user.get("public_keys") and keys and node.child("no-public-keys").exists:
            raise OptionError(
                f"{where}.public_keys", len(keys), "keys beside no_public_keys: false; the device forbids keys now"
            )


def _from_or_options(options: Options, present: Node) -> None:
    """``from`` and ``key-options`` of a key exclude each other (junos:must)."""
    for where, user, node in _named(options, present):
        for index, key, old in _KEYS.pairs(user, node):
            after = {name: old.get(name) if key.get(name) is None else key[name] for name in ("from", "key_options")}
            if all(after.values()):
                raise OptionError(
                    f"{where}.public_keys[{index}].key_options",
                    after["key_options"],
                    "key_options without from: write from=\"...\" into it, and remove the other with from: ''",
                )


def _named(options: Options, present: Node) -> Iterator[tuple[str, Options, Node]]:
    for index, user in enumerate(options.get("users") or ()):
        node, _edit = _ACCOUNTS.place(user["name"], present.child("system"), Edit())
        yield f"users[{index}]", user, node


def hash_passwords(options: Options, *names: str) -> dict[str, Any]:
    """The same options with plain passwords hashed, always alike for the same names (a device id) and user.

    For a file that must stay the same byte for byte; see `passwords.salt_for`.
    """
    return {**options, "users": [_with_hash(user, names) for user in options.get("users") or ()]}


def _with_hash(user: Options, names: tuple[str, ...]) -> dict[str, Any]:
    if user.get("password") is None:
        return dict(user)
    salt = passwords.salt_for(*names, user["name"])
    return {**user, "password": None, "encrypted_password": passwords.hashed(user["password"], salt)}


USER_AUTHENTICATION = Section(
    name="user_authentication",
    table=Rows((_ACCOUNTS,)),
    rules=(_keys_or_none, _from_or_options),
)
