# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``[edit system services outbound-ssh]``: the clients, in Junos' words, that the device calls."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.callhome.junos.plugins.plugin_utils._junos import secrets
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.branches import Container, Keyed, Level, Rows
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.change import Change, Edit
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.kinds import (
    COUNT,
    HOST,
    NAME,
    PORT,
    Kind,
    choice,
    matching,
    printable,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.present import Node
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.section import Section
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.statements import (
    EXCLUSIVE,
    UPDATE_PASSWORD,
    Cases,
    Flag,
    Leaf,
    Options,
    Secret,
    clear,
)

# RFC 8071 section 4.1. Junos has no default of its own.
CALL_HOME_PORT = 4334
# What stands on the wire beside the key it covers can be guessed at without anybody noticing.
_ENOUGH_BITS = 128
_PATH = ("system", "services", "outbound-ssh")

_DEVICE_ID = matching(r"[!#-+\--\[\]-~]{1,255}", "1 to 255 characters, no white space, comma, quote or backslash")
_SECRET = Kind(
    "1 to 255 printable ASCII characters, or a $9$ string; never $8$",
    lambda value: printable(255).accepts(value) and str(value).isascii() and secrets.readable(str(value)) is not None,
    hidden=True,
)
_SHORT = printable(255)

_SERVER = (
    Leaf("port", PORT, removable=False),
    Leaf("retry", COUNT, removable=False),
    Leaf("timeout", COUNT, removable=False),
)
_PROXY = Container(
    statement="proxy-server",
    since="23.4R1",
    rows=(
        UPDATE_PASSWORD,
        Cases(
            (
                Flag("dhcp"),
                Level(
                    statement="static",
                    rows=(
                        Leaf("host", HOST),
                        Leaf("port", PORT, removable=False),
                        Level(
                            statement="proxy-authorization",
                            rows=(Leaf("user", _SHORT), Secret("password", _SECRET, encoded=False)),
                        ),
                    ),
                ),
            )
        ),
    ),
)
_CLIENT = (
    EXCLUSIVE,
    UPDATE_PASSWORD,
    Leaf("device-id", _DEVICE_ID, removable=False),
    Secret("secret", _SECRET),
    Container(
        statement="keep-alive",
        presence=True,
        rows=(Leaf("retry", COUNT, removable=False), Leaf("timeout", COUNT, removable=False)),
    ),
    Leaf("reconnect-strategy", choice("sticky", "in-order")),
    Leaf("services", choice("netconf")),
    Keyed(
        statement="servers",
        option="servers",
        key="address",
        key_kind=HOST,
        ordered=True,
        rows=_SERVER,
        new={"port": CALL_HOME_PORT},
    ),
    _PROXY,
)


def _weak_secrets(options: Options, present: Node, edit: Edit) -> None:
    for client in options.get("clients") or ():
        bits = secrets.guessing_bits(clear(client.get("secret") or ""))
        if client.get("secret") and client.get("state") != "absent" and bits < _ENOUGH_BITS:
            edit.at("services").at("outbound-ssh").at("client", client["name"]).warn(
                f"the secret is worth {bits} bits at most, and the HMAC made with it crosses the network in clear: "
                "whoever sees one call can guess at it. Give one of 128 random bits or more, another for each device"
            )


OUTBOUND_SSH_CLIENT = Section(
    name="outbound_ssh_client",
    table=Rows(
        (
            EXCLUSIVE,
            Level(
                statement="services",
                rows=(
                    Level(
                        statement="outbound-ssh",
                        rows=(
                            Leaf("routing-instance", NAME, since="19.3R1"),
                            Keyed(
                                statement="client",
                                option="clients",
                                key_kind=NAME,
                                rows=_CLIENT,
                                required=("device_id", "servers"),
                                new={"services": "netconf"},
                            ),
                        ),
                    ),
                ),
            ),
        )
    ),
    advice=(_weak_secrets,),
)


def active_clients(present: Node) -> tuple[str, ...]:
    """The clients that the device calls now."""
    levels = (present.at(*_PATH[:depth]) for depth in range(1, len(_PATH) + 1))
    if any(level.inactive for level in levels):
        return ()
    return tuple(client.key or "" for client in present.at(*_PATH).all("client") if not client.inactive)


def certificates_missing(present: Node) -> tuple[str, ...]:
    """What of host certificate, user CA and authorized principals is not there.

    A client registers the three when it is committed; one that was committed while any of them was missing has none of
    them, until it is deactivated, committed, activated and committed again (`reregistration`), or another client with
    the same device id is committed.
    """
    ssh = present.at("system", "services", "ssh")
    inline = ssh.child("cert-based-auth")
    users = present.at("system", "login").all("user")
    principals = [_has(node, "authorized-principals", "authorized-principals-file") for node in (ssh, *users)]
    found = {
        "host certificate": _has(ssh, "host-certificate-file") or _has(inline, "host-certificate"),
        "user CA": _has(ssh, "trusted-user-ca-key-file") or _has(inline, "trusted-user-ca-keys"),
        "authorized principals": any(principals),
    }
    return tuple(name for name, there in found.items() if not there)


def reregistration(clients: Iterable[str]) -> tuple[Change, Change]:
    """The manual's two loads, each to be committed: the clients deactivated, and activated again."""
    names = tuple(clients)
    return _marked(names, "inactive"), _marked(names, "active")


def _marked(names: Iterable[str], mark: str) -> Change:
    top = Edit()
    for name in names:
        top.at("system").at("services").at("outbound-ssh").at("client", name).mark(mark)
    return top.change()


def _has(node: Node, *statements: str) -> bool:
    return any(child.tag in statements and not child.inactive for child in node.children)
