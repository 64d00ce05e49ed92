# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is of keys and certificates on the NMS and its CA host: whole, and all of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh

from ansible_collections.callhome.junos.tests.integration.harness.fleet import USER, Fleet

UNFINISHED = (".new", ".tmp")
"""Endings of names under which a file is written before it gets its own."""


def damaged(fleet: Fleet) -> list[str]:
    """What cannot be read, of all files that have got their names."""
    return [problem for path in _files(fleet) if not is_unfinished(path) for problem in _problem(path)]


def unfinished(fleet: Fleet) -> list[str]:
    """Files that are left under the names that they were to have for a moment."""
    return [f"{path} is left" for path in _files(fleet) if is_unfinished(path)]


def keys(fleet: Fleet) -> frozenset[bytes]:
    """The contents of all private keys that are in use or were put away."""
    return frozenset(path.read_bytes() for path in fleet.private_keys if not is_unfinished(path))


def issued(fleet: Fleet) -> list[dict[str, Any]]:
    """The register, oldest entry first."""
    return [json.loads(line) for line in (fleet.home / "ca" / "issued").read_text().splitlines()]


def wrong_with_serials(fleet: Fleet, before: list[dict[str, Any]]) -> list[str]:
    """Serial numbers that were given twice, and entries that were lost since."""
    entries = issued(fleet)
    serials = [entry["serial"] for entry in entries]
    doubled = [] if serials == sorted(set(serials)) else [f"serial numbers {serials}"]
    return doubled + [f"serial number {entry['serial']} is lost" for entry in before if entry not in entries]


def missing_certificates(fleet: Fleet) -> list[str]:
    """Certificates that were issued last for somebody, and are not where they belong."""
    newest = {(entry["type"], entry["identity"]): entry for entry in issued(fleet)}
    return [
        f"certificate {entry['serial']} of {identity} is not in {path}"
        for (kind, identity), entry in newest.items()
        for path in _places(fleet, kind, identity)
        if not path.exists() or asyncssh.read_certificate(path)._serial != entry["serial"]
    ]


def _places(fleet: Fleet, kind: str, identity: str) -> list[Path]:
    on_ca_host = fleet.home / "ca" / f"{kind}s" / f"{identity}-cert.pub"
    return [on_ca_host] if kind == "host" else [on_ca_host, fleet.nms / f"{USER}-cert.pub"]


def _files(fleet: Fleet) -> Iterator[Path]:
    yield fleet.home / "known_hosts"
    for folder in (fleet.nms, fleet.home / "ca"):
        yield from (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def is_unfinished(path: Path) -> bool:
    """Whether it is apart from what is in use."""
    return path.suffix in UNFINISHED or path.parent.name == "new" or path.name.startswith(".ansible_tmp")


def _problem(path: Path) -> list[str]:
    try:
        _reader(path)(path.read_text())
    except (ValueError, IndexError, asyncssh.KeyImportError) as error:
        return [f"{path}: {error}"]
    return []


def _reader(path: Path) -> Callable[[str], object]:
    if path.parent.name in ("secrets", "day0"):
        return _text
    by_ending = {"-cert.pub": asyncssh.import_certificate, ".pub": _public_keys, "issued": _json, "known_hosts": _lines}
    return next((read for ending, read in by_ending.items() if path.name.endswith(ending)), asyncssh.import_private_key)


def _text(text: str) -> None:
    if not text.strip():
        raise ValueError("it is empty")


def _complete_lines(text: str) -> list[str]:
    if not text.endswith("\n"):
        raise ValueError("its last line is not finished")
    return text.splitlines()


def _public_keys(text: str) -> list[asyncssh.SSHKey]:
    return [asyncssh.import_public_key(line) for line in _complete_lines(text)]


def _json(text: str) -> list[Any]:
    return [json.loads(line) for line in _complete_lines(text)]


def _lines(text: str) -> list[asyncssh.SSHKey]:
    """Lines of known hosts: a marker, names, and a key."""
    return [asyncssh.import_public_key(" ".join(line.split()[2:4])) for line in _complete_lines(text)]
