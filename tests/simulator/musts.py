# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a whole configuration must hold to before it can be committed: `junos:must`, and mandatory statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .errors import RpcError
from .schema import Kind
from .tree import Node, path_text

PREDEFINED_CLASSES = frozenset({"super-user", "superuser", "operator", "read-only", "unauthorized"})


@dataclass(frozen=True, slots=True)
class Place:
    """A statement with what is around it."""

    root: Node
    parent: Node
    node: Node

    def configured(self, path: str) -> bool:
        return self.root.at(path) is not None


_SSH = "system services ssh "
_PRINCIPALS_COMMAND = _SSH + "authorized-principals-command"

Rule = tuple[Callable[[Place], bool], str]


def violations(root: Node) -> Iterator[RpcError]:
    """What is wrong with an active configuration (without its inactive statements), as Junos reports it."""
    system = root.get("system")
    if system is None or not _has_root_authentication(system):
        yield _missing("root-authentication", "system", ())
    for client in _clients(root):
        if client.get("device-id") is None:
            yield _missing("device-id", " ".join(client.words), ("system", "services", "outbound-ssh"))
    yield from _broken_rules(root, root, ())


def _broken_rules(root: Node, parent: Node, path: tuple[str, ...]) -> Iterator[RpcError]:
    for node in parent:
        if node.name == "groups":
            continue
        for holds, message in _RULES.get(node.statement.must or "", ()):
            if not holds(Place(root, parent, node)):
                yield _violation(node, path, message)
        yield from _broken_rules(root, node, (*path, *node.words))


def _violation(node: Node, path: tuple[str, ...], message: str) -> RpcError:
    words = " ".join(node.words if node.value is None else (*node.words, node.value))
    return RpcError(
        message.format(name=node.name, value=node.value),
        "invalid-value",
        "application",
        path=path_text(path),
        bad_element=words,
    )


def _missing(statement: str, where: str, path: tuple[str, ...]) -> RpcError:
    return RpcError(
        f"Missing mandatory statement: '{statement}'",
        "missing-element",
        "application",
        path=path_text(path),
        bad_element=where,
    )


def _has_root_authentication(system: Node) -> bool:
    authentication = system.get("root-authentication")
    return authentication is not None and any(
        child.statement.kind is Kind.LIST or child.value for child in authentication
    )


def _clients(root: Node) -> list[Node]:
    service = root.at("system services outbound-ssh")
    return [] if service is None else service.all("client")


def _class_defined(at: Place) -> bool:
    login = at.root.at("system login")
    return at.node.value in PREDEFINED_CLASSES or (login is not None and login.get("class", at.node.value) is not None)


def _routing_instance_defined(at: Place) -> bool:
    if at.node.value == "mgmt_junos" and at.configured("system management-instance"):
        return True
    instances = at.root.get("routing-instances")
    return instances is not None and instances.get("instance", at.node.value) is not None


def _device_wide_principals(root: Node) -> bool:
    ssh = root.at("system services ssh")
    return ssh is not None and bool(ssh.all("authorized-principals"))


_RULES: dict[str, tuple[Rule, ...]] = {
    "public-keys": (
        (
            lambda at: at.parent.get("no-public-keys") is None,
            "To configure {name}, 'no-public-keys' should not be configured",
        ),
    ),
    "key-options": ((lambda at: at.parent.get("from") is None, "Use 'key-options' to specify allowed hosts (from)"),),
    "login-class": ((_class_defined, "undefined login class '{value}'"),),
    "principals": (
        (
            lambda at: not at.configured(_PRINCIPALS_COMMAND),
            "'authorized-principals' and 'authorized-principals-command' are mutually exclusive",
        ),
    ),
    "principals-file": (
        (
            lambda at: not at.configured(_PRINCIPALS_COMMAND),
            "'authorized-principals' and 'authorized-principals-command' are mutually exclusive",
        ),
    ),
    "principals-command": (
        (
            lambda at: not at.parent.all("authorized-principals"),
            "'authorized-principals' and 'authorized-principals-command' are mutually exclusive",
        ),
    ),
    "user-principals": (
        (
            lambda at: not at.configured(_PRINCIPALS_COMMAND),
            "authorized-principals and authorized-principals-command are mutually exclusive",
        ),
        (
            lambda at: not _device_wide_principals(at.root),
            "authorized-principals under 'user' and 'ssh' config are mutually exclusive",
        ),
    ),
    "hostkey-algorithm": (
        (
            lambda at: at.parent.get("hostkey-algorithm") is None,
            "To configure hostkey-algorithm-list, hostkey-algorithm should not be configured.",
        ),
    ),
    "keys-command": (
        (
            lambda at: at.parent.get("authorized-keys-command-user") is not None,
            "'authorized-keys-command-user' must be configured with authorized-keys-command",
        ),
    ),
    "keys-command-user": (
        (
            lambda at: at.parent.get("authorized-keys-command") is not None,
            "'authorized-keys-command' must be configured with authorized-keys-command-user",
        ),
    ),
    "routing-instance": ((_routing_instance_defined, "Referenced routing-instance must be defined under"),),
    "tracing": (
        (
            lambda at: at.configured("system tracing"),
            "'no-remote-trace' is valid only when [system tracing] is configured",
        ),
    ),
}
