# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may log in, as the committed configuration says: worked out once for each commit."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import crypt_hash
from .installed import InstalledFiles
from .tree import Node

_KEY_LISTS = ("ssh-rsa", "ssh-ecdsa", "ssh-ed25519", "ssh-dsa")


@dataclass(frozen=True)
class Account:
    """A user who may log in: keys as lines of an authorized_keys file, a crypt hash, principals of its own."""

    keys: tuple[str, ...] = ()
    password: str | None = None
    principals: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Certificates:
    """What certificate authentication needs: the user CAs and the principals that are let in."""

    authorities: tuple[str, ...] = ()
    principals: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Credentials:
    """Everything the SSH server asks about users."""

    accounts: dict[str, Account] = field(default_factory=dict)
    certificates: Certificates = Certificates()
    passwords_allowed: bool = True
    challenges_allowed: bool = True
    keys_allowed: bool = True
    tries: int = 3

    def authorized_keys(self, user: str, certificates: Certificates) -> str:
        """An authorized_keys file for a user: each CA with the principals, then the user's own keys.

        A device-wide principal lets in any user there is, whether or not it is the login name (as the manual says);
        principals of the user's own let in that user.
        """
        account = self.accounts.get(user)
        if account is None:
            return ""
        principals = account.principals or certificates.principals
        lines: list[str] = []
        if principals:
            names = ",".join(sorted(principals))
            lines += [f'cert-authority,principals="{names}" {ca}' for ca in certificates.authorities]
        if self.keys_allowed:
            lines += account.keys
        return "\n".join(lines)

    def password_matches(self, user: str, password: str) -> bool:
        account = self.accounts.get(user)
        return account is not None and account.password is not None and crypt_hash.verify(password, account.password)


def read(effective: Node, files: InstalledFiles) -> Credentials:
    """The credentials of a configuration (groups inherited, no inactive statements)."""
    ssh, login = effective.at("system services ssh"), effective.at("system login")
    accounts = {
        str(user.key): _account(user, user.get("authentication"), files)
        for user in (login.all("user") if login is not None else ())
    }
    _add_root(accounts, effective, files)
    tries = effective.value_at("system login retry-options tries-before-disconnect")
    switches = {child.name for child in ssh} if ssh is not None else set()
    return Credentials(
        accounts=accounts,
        certificates=_certificates(ssh, files),
        passwords_allowed=not switches & {"no-passwords", "no-password-authentication"},
        challenges_allowed=not switches & {"no-passwords", "no-challenge-response"},
        keys_allowed="no-public-keys" not in switches,
        tries=int(tries or 3),
    )


def _add_root(accounts: dict[str, Account], effective: Node, files: InstalledFiles) -> None:
    policy = effective.value_at("system services ssh root-login")
    authentication = effective.at("system root-authentication")
    if policy == "deny" or authentication is None:
        return
    account = _account(Node.root(), authentication, files)
    accounts["root"] = Account(account.keys, account.password if policy == "allow" else None)


def _account(user: Node, authentication: Node | None, files: InstalledFiles) -> Account:
    keys: list[str] = []
    if authentication is not None and authentication.get("no-public-keys") is None:
        keys = [_authorized_key(key) for name in _KEY_LISTS for key in authentication.all(name)]
    return Account(
        keys=tuple(keys),
        password=None if authentication is None else authentication.value_at("encrypted-password"),
        principals=_principals(user, files),
    )


def _authorized_key(key: Node) -> str:
    options = key.value_at("key-options")
    source = key.value_at("from")
    if options is None and source is not None:
        options = f'from="{source}"'
    return f"{options} {key.key}" if options else str(key.key)


def _certificates(ssh: Node | None, files: InstalledFiles) -> Certificates:
    if ssh is None:
        return Certificates()
    inline = ssh.at("cert-based-auth")
    authorities = [str(ca.key) for ca in inline.all("trusted-user-ca-keys")] if inline is not None else []
    authorities += _lines(files, ssh.value_at("trusted-user-ca-key-file"))
    return Certificates(tuple(authorities), _principals(ssh, files))


def _principals(node: Node, files: InstalledFiles) -> frozenset[str]:
    listed = [str(principal.key) for principal in node.all("authorized-principals")]
    return frozenset([*listed, *_lines(files, node.value_at("authorized-principals-file"))])


def _lines(files: InstalledFiles, path: str | None) -> list[str]:
    text = files.text(path) or ""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def host_certificate(effective: Node, files: InstalledFiles) -> str | None:
    """The host certificate of a configuration: inline, or from the file that it names."""
    ssh = effective.at("system services ssh")
    if ssh is None:
        return None
    inline = ssh.value_at("cert-based-auth host-certificate")
    return inline or files.text(ssh.value_at("host-certificate-file"))
