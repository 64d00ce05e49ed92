# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device has and says, as plain data: read only, and never a secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.callhome.junos.plugins.plugin_utils._junos.device import HOST_KEY_FILES, Device
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.release import STATUS_RPC_NEEDS, check_release
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections import SECTIONS
from ansible_collections.callhome.junos.plugins.plugin_utils._junos.sections.outbound_ssh_client import (
    certificates_missing,
)
from ansible_collections.callhome.junos.plugins.plugin_utils._ssh.public_keys import PublicKey

try:
    import jxmlease
    from lxml import etree
    from lxml.builder import E
except ImportError:
    pass  # told by _libraries before any of this is used


def _configuration(device: Device) -> dict[str, Any]:
    present = device.configuration
    sections = {name: section.read(present) for name, section in SECTIONS.items()}
    return {"configuration": sections, "certificates_missing": list(certificates_missing(present))}


def _software(device: Device) -> dict[str, Any]:
    engines = device.software.iter("software-information")
    return {
        "software": _structured(next(engines)),
        "release": str(device.release),
        "routing_engines": list(device.routing_engines),
    }


def _clients(device: Device) -> dict[str, Any]:
    """Raises ReleaseError where the release cannot tell."""
    check_release(STATUS_RPC_NEEDS, device.release)
    reply = device.rpc(E("get-outbound-ssh-service-information"))
    return {"clients": [_structured(client) for client in reply.iter("outbound-ssh-client")]}


def _host_keys(device: Device) -> dict[str, Any]:
    """One key for each file there is; the three sizes of ECDSA share one."""
    types = {path: key_type for key_type, path in HOST_KEY_FILES.items()}
    found = filter(None, map(device.host_key, types.values()))
    return {"host_keys": [_key(PublicKey.from_text(text)) for text in found]}


def _commits(device: Device) -> dict[str, Any]:
    newest = device.commits.find(".//commit-history")
    return {
        "commit_pending": device.commit_pending,
        "last_commit": {} if newest is None else _structured(newest),
    }


def _clock(device: Device) -> dict[str, Any]:
    return {"clock": device.clock}


SUBJECTS: dict[str, Callable[[Device], dict[str, Any]]] = {
    "configuration": _configuration,
    "software": _software,
    "clients": _clients,
    "host_keys": _host_keys,
    "commits": _commits,
    "clock": _clock,
}


def _key(key: PublicKey) -> dict[str, str]:
    return {"type": key.algorithm, "key": key.text, "fingerprint": key.fingerprint}


def _structured(element: etree._Element) -> Any:
    """An element's content, by the names that its elements have, with underscores."""
    return _plain(jxmlease.Parser()(etree.tostring(element))[str(element.tag)])


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {str(name).replace("-", "_"): _plain(value) for name, value in node.items()}
    return [_plain(item) for item in node] if isinstance(node, list) else str(node)
