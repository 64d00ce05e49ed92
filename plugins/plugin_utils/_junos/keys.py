# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows for what logs a user in: public keys, which are told apart by the key and not by its text, and passwords."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._junos import passwords
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.branches import STATE, Rows, activate
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Edit
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError, Unsaid
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.kinds import BOOLEAN, Kind, printable
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import Node
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.statements import (
    Options,
    Setting,
    Statement,
    join,
    must_be_list,
    must_be_mapping,
    must_write,
    reactivate,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import (
    InvalidKey,
    PublicKey,
    blob_of_text,
    fingerprint_of,
)

UPDATE_COMMENTS = Setting("update_comments", BOOLEAN)
LONGEST_KEY = 4096

_ENCRYPTED = "encrypted-password"
_PLAIN = Kind(
    "6 to 128 printable characters with a change of case, digits or punctuation, as Junos demands",
    lambda value: isinstance(value, str) and 6 <= len(value) <= 128 and value.isprintable() and _is_mixed(value),
    hidden=True,
)
_HASH = Kind(
    "a crypt hash that begins with $6$, $5$, $sha1$ or $1$, or * for no password; at most 128 characters",
    lambda value: isinstance(value, str) and len(value) <= 128 and passwords.hash_format(value) is not None,
    hidden=True,
)


def _is_mixed(password: str) -> bool:
    tests = (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())
    return sum(any(test(letter) for letter in password) for test in tests) > 1


@dataclass(frozen=True)
class PublicKeys(Statement):
    """A list of SSH public keys. Junos takes the whole text for the name of an entry; here the key itself is it.

    option: the option with the list; its entries are dictionaries with `key`, or the texts alone.
    statements: key type -> the statement that holds keys of it. others: statements read and removed, but never set.
    rows: what can be set for a key.
    """

    option: str
    statements: Mapping[str, str]
    others: tuple[str, ...] = ()
    since: str | None = None
    rows: Rows = field(default_factory=lambda: Rows(()))

    @property
    def names(self) -> tuple[str, ...]:
        return (self.option,)

    def check(self, options: Options, where: str) -> None:
        entries = options.get(self.option)
        if entries is None:
            return
        path = join(where, self.option)
        seen: set[bytes] = set()
        for index, item in enumerate(must_be_list(entries, path)):
            place = f"{path}[{index}]"
            name = place if isinstance(item, str) else f"{place}.key"
            entry = must_be_mapping(_entry(item), place)
            Rows((STATE, *self.rows.rows)).check_all(entry, place, "key")
            blob = check_public_key(entry.get("key"), name, removal=entry.get("state") == "absent")
            if blob in seen:
                raise OptionError(name, fingerprint_of(blob), "each key once: it is named before")
            seen.add(blob)

    def plan(self, options: Options, parent: Node, edit: Edit) -> None:
        if options.get(self.option) is None:
            return
        present = self._present(parent)
        wanted = self._named(options)
        for blob, entry in wanted.items():
            if entry.get("state") == "absent":
                edit.drop(present.get(blob, _NOTHING))
            else:
                self._plan_key(entry, present.get(blob, _NOTHING), edit, bool(options.get("update_comments")))
        if options.get("exclusive"):
            self._drop((node for blob, node in present.items() if blob not in wanted), edit)

    def _plan_key(self, entry: Options, node: Node, edit: Edit, update_comments: bool) -> None:
        text = " ".join(entry["key"].split())
        statement = self.statements[text.split()[0]]
        renamed = node.exists and node.key != text
        if renamed and update_comments and not node.group:
            edit.drop(node)
            kept = {name: value for name, value in self.rows.read(node).items() if entry.get(name) is None}
            entry, node = {**entry, **kept}, _NOTHING
        elif renamed:
            fingerprint = fingerprint_of(blob_of_text(text))
            edit.warn(f"the key {fingerprint} is there with another comment, which stays: update_comments changes it")
        place = edit.at(statement, node.key or text)
        if not node.exists:
            place.make()
            place.need(self.since)
        self.rows.plan(entry, node, place)
        activate("present", node, place)

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        present = self._present(parent)
        if options is None:
            self._drop(present.values(), edit)
            return
        named = self._named(options)
        self._drop((node for blob, node in present.items() if blob in named), edit)

    def read(self, parent: Node) -> dict[str, Any]:
        keys = [{"key": node.key, **self.rows.read(node)} for node in self._present(parent).values()]
        if not keys:
            return {}
        return {self.option: keys if self.rows.rows else [key["key"] for key in keys]}

    def outcome(self, options: Options, parent: Node) -> set[bytes]:
        """The keys that will be there once `options` are loaded."""
        present, named = self._present(parent), self._named(options)
        exclusive = bool(options.get("exclusive")) and options.get(self.option) is not None
        kept = {blob for blob, node in present.items() if node.group or not exclusive}
        gone = {blob for blob, entry in named.items() if entry.get("state") == "absent"}
        return (kept | named.keys()) - gone

    def pairs(self, options: Options, parent: Node) -> Iterator[tuple[int, Options, dict[str, Any]]]:
        """Each key that is to be there: its index, what is wanted of it, and what is there of it."""
        present = self._present(parent)
        for index, (blob, entry) in enumerate(self._named(options).items()):
            if entry.get("state") != "absent":
                yield index, entry, self.rows.read(present.get(blob, _NOTHING))

    def _named(self, options: Options) -> dict[bytes, Options]:
        entries = map(_entry, options.get(self.option) or ())
        return {blob_of_text(entry["key"]): entry for entry in entries}

    def _present(self, parent: Node) -> dict[bytes, Node]:
        """The entries that are there, by their key; an entry that holds no key, by its text."""
        statements = (*dict.fromkeys(self.statements.values()), *self.others)
        return {_blob(node.key or ""): node for statement in statements for node in parent.all(statement)}

    @staticmethod
    def _drop(nodes: Iterable[Node], edit: Edit) -> None:
        for node in nodes:
            edit.drop(node)


_NOTHING = Node("", exists=False)


@dataclass(frozen=True)
class Password(Statement):
    """``encrypted-password``, given as plain text (``password``) or as a hash (``encrypted_password``).

    Plain text is hashed here, so that no log of a session ever holds it.
    """

    @property
    def names(self) -> tuple[str, ...]:
        return ("password", "encrypted_password")

    def check(self, options: Options, where: str) -> None:
        given = [name for name in self.names if options.get(name) is not None]
        if len(given) > 1:
            raise OptionError(join(where, given[1]), Unsaid.VALUE, f"only one of {' and '.join(given)}")
        for name, kind in zip(self.names, (_PLAIN, _HASH), strict=True):
            if options.get(name) is not None and not self._goes(options):
                kind.check(options[name], join(where, name))

    def plan(self, options: Options, parent: Node, edit: Edit) -> None:
        if not self.named_in(options):
            return
        present = parent.child(_ENCRYPTED)
        if self._goes(options):
            edit.drop(present)
        elif must_write(self._same(options, present), present, options, edit):
            stored = options.get("encrypted_password") or passwords.hashed(options["password"])
            edit.put(_ENCRYPTED, stored, mark=reactivate(present))
            if passwords.hash_format(stored) in ("md5", "sha1"):
                edit.warn(
                    "the hash given is of a kind that is guessed quickly (MD5, SHA-1): give one that begins with $6$"
                )
        elif present.inactive and present.text:
            edit.put(_ENCRYPTED, present.text, mark="active")

    @staticmethod
    def _goes(options: Options) -> bool:
        return options.get("encrypted_password") == "" and options.get("name") != "root"

    @staticmethod
    def _same(options: Options, present: Node) -> bool | None:
        if not present.text:
            return False
        if options.get("password") is not None:
            return passwords.matches(options["password"], present.text)
        if "SECRET-DATA" in present.text:
            return None
        return bool(options["encrypted_password"] == present.text)

    def remove(self, options: Options | None, parent: Node, edit: Edit) -> None:
        if options is None or self.named_in(options):
            edit.drop(parent.child(_ENCRYPTED))

    def read(self, parent: Node) -> dict[str, Any]:
        stored = parent.child(_ENCRYPTED).text
        return {"has_password": True, "password_format": passwords.hash_format(stored)} if stored else {}


def check_public_key(text: object, where: str, *, removal: bool = False) -> bytes:
    """The key's bytes; OptionError where it is no public key that Junos should trust.

    removal: it is named to be removed, so its type may be one that is not accepted any more.
    """
    one_line = printable(LONGEST_KEY)
    if isinstance(text, str) and "PRIVATE KEY" in text:
        raise OptionError(where, Unsaid.VALUE, "a public key; this is a private key, and it was not sent anywhere")
    line = text.strip() if isinstance(text, str) else text
    one_line.check(line, where)
    line = str(line)
    try:
        blob = blob_of_text(line)
        if not removal:
            _refuse_type(line.split(maxsplit=1)[0], where)
            PublicKey.from_blob(blob)
    except InvalidKey as error:
        raise OptionError(where, line, f"one public key as `type base64 comment`: {error}") from None
    return blob


def _refuse_type(name: str, where: str) -> None:
    if name == "ssh-dss":
        raise OptionError(where, name, "ssh-ed25519, ecdsa-sha2-* or ssh-rsa: DSA keys sign with SHA-1 only")
    if name.endswith("-cert-v01@openssh.com"):
        raise OptionError(where, name, "a plain public key: this is a certificate")
    if name.startswith("sk-"):
        raise OptionError(where, name, "ssh-ed25519, ecdsa-sha2-* or ssh-rsa: Junos has no statement for this type")


def _blob(text: str) -> bytes:
    try:
        return blob_of_text(text)
    except InvalidKey:
        return text.encode()


def _entry(item: Any) -> Any:
    return {"key": item} if isinstance(item, str) else item
