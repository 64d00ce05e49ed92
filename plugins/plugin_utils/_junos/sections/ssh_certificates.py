# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificate-based login at ``[edit system services ssh]``: user CA, host certificate, authorized principals."""

from __future__ import annotations

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.branches import STATE, Keyed, Level, Rows
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Edit
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.errors import OptionError, Unsaid
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.keys import UPDATE_COMMENTS, PublicKeys
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.kinds import DEVICE_PATH, LOGIN_NAME, Kind, matching
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import Node
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.section import Section
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.statements import (
    EXCLUSIVE,
    Cases,
    Leaf,
    LeafList,
    Options,
    Statement,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.certificates import (
    SIGNATURE_ALGORITHMS,
    parse_certificate,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import KEY_TYPES, InvalidKey, blob_of_text

_USER_CA_SINCE = "22.3R1"
_HOST_CERTIFICATE_SINCE = "23.2R1"
_USER_PRINCIPALS_SINCE = "24.4R1"
_CERTIFICATE = Kind(
    "a host certificate as `type base64`, at most 8000 characters",
    lambda value: isinstance(value, str) and 0 < len(value) <= 8000 and len(value.splitlines()) == 1,
    hidden=True,
    canonical=lambda text: " ".join(text.split()[:2]),
)
# A line of an authorized principals file may begin with options, so white space in a principal would mean something.
_PRINCIPAL = matching(
    r"(?!#)[!#-+\--\[\]-~]{1,255}", "1 to 255 characters, no space, comma, quote, backslash or leading #"
)


def _ssh(*rows: Statement) -> Level:
    return Level(statement="services", rows=(Level(statement="ssh", rows=rows),))


def _principals(since: str) -> tuple[Statement, ...]:
    return (
        LeafList("authorized-principals", _PRINCIPAL, since=since, option="principals"),
        Leaf("authorized-principals-file", DEVICE_PATH, since=since, option="file"),
    )


def _is_host_certificate(options: Options, present: Node) -> None:
    text = options.get("certificate")
    if not text:
        return
    if "PRIVATE KEY" in text:
        raise OptionError("certificate", Unsaid.VALUE, "a host certificate; this is a private key, and was not sent")
    try:
        certificate = parse_certificate(blob_of_text(text))
    except InvalidKey as error:
        raise OptionError("certificate", text, f"one host certificate as `type base64`: {error}") from None
    if certificate.kind != "host":
        raise OptionError("certificate", text, f"a host certificate; this is a {certificate.kind} certificate")
    if certificate.signature_algorithm not in SIGNATURE_ALGORITHMS:
        raise OptionError("certificate", text, "a certificate signed with SHA-2: sign it again with `-t rsa-sha2-512`")


def _no_command(options: Options, present: Node) -> None:
    """``authorized-principals-command`` excludes lists and files of principals (junos:must)."""
    command = present.at("system", "services", "ssh", "authorized-principals-command")
    if command.exists and options.get("state") != "absent" and _PRINCIPALS_TABLE.given(options):
        raise OptionError(
            "principals",
            options.get("principals"),
            "none while the device has authorized-principals-command: remove it",
        )


def _device_or_users(options: Options, present: Node) -> None:
    """Principals of the device and principals of users exclude each other (junos:must)."""
    if options.get("state") == "absent":
        return
    device = _left(options, present.at("system", "services", "ssh"))
    named = {user["name"]: user for user in options.get("users") or ()}
    there = {user.key or "": user for user in present.at("system", "login").all("user")}
    users = [
        name
        for name in {**there, **named}
        if _left(named.get(name, {}), there.get(name, _NOBODY))
        or _has_file(named.get(name, {}), there.get(name, _NOBODY))
    ]
    if not device or not users:
        return
    if options.get("principals"):
        raise OptionError("principals", options["principals"], f"none beside principals of users ({', '.join(users)})")
    if named:
        raise OptionError(
            "users", users, "users' principals beside principals: [] and exclusive: true; there are some for all users"
        )


_NOBODY = Node("user", exists=False)


def _left(options: Options, node: Node) -> set[str]:
    """The principals that will be there once `options` are loaded."""
    named, present = options.get("principals"), node.all("authorized-principals")
    exclusive = bool(options.get("exclusive")) and named is not None
    return {*(named or ()), *(one.text or "" for one in present if one.group or not exclusive)}


def _has_file(options: Options, node: Node) -> bool:
    file = options.get("file")
    return node.child("authorized-principals-file").exists if file is None else bool(file)


def _every_account(options: Options, present: Node, edit: Edit) -> None:
    if options.get("state") != "absent" and (options.get("principals") or options.get("file")):
        edit.at("services").at("ssh").warn(
            "principals of the device are good for every account: whoever holds a certificate with one of them logs in "
            "as any user, root included where root may log in. From 24.4R1 on, principals can be given per user"
        )


TRUSTED_USER_CA = Section(
    name="trusted_user_ca",
    table=Rows(
        (
            STATE,
            EXCLUSIVE,
            UPDATE_COMMENTS,
            _ssh(
                Leaf("trusted-user-ca-key-file", DEVICE_PATH, since=_USER_CA_SINCE, option="file"),
                Level(
                    statement="cert-based-auth",
                    rows=(PublicKeys("keys", dict.fromkeys(KEY_TYPES, "trusted-user-ca-keys"), since=_USER_CA_SINCE),),
                ),
            ),
        )
    ),
)

HOST_CERTIFICATE = Section(
    name="host_certificate",
    table=Rows(
        (
            STATE,
            _ssh(
                Cases(
                    (
                        Leaf("host-certificate-file", DEVICE_PATH, since=_HOST_CERTIFICATE_SINCE, option="file"),
                        Level(
                            statement="cert-based-auth",
                            rows=(
                                Leaf("host-certificate", _CERTIFICATE, _HOST_CERTIFICATE_SINCE, option="certificate"),
                            ),
                        ),
                    )
                ),
            ),
        )
    ),
    rules=(_is_host_certificate,),
)

_PRINCIPALS_TABLE = Rows(
    (
        STATE,
        EXCLUSIVE,
        _ssh(*_principals(_USER_CA_SINCE)),
        Level(
            statement="login",
            rows=(
                Keyed(
                    statement="user",
                    option="users",
                    key_kind=LOGIN_NAME,
                    owned=False,
                    rows=(EXCLUSIVE, *_principals(_USER_PRINCIPALS_SINCE)),
                ),
            ),
        ),
    )
)
AUTHORIZED_PRINCIPALS = Section(
    name="authorized_principals",
    table=_PRINCIPALS_TABLE,
    rules=(_no_command, _device_or_users),
    advice=(_every_account,),
)
