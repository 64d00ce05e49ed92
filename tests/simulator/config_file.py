# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that describes the devices of a simulator process (its form is in README.md)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from .announcement import AnnouncementStyle
from .spec import ClientSpec, DeviceSpec, UserSpec

_T = TypeVar("_T")


class BadConfig(ValueError):
    """The file does not say what it has to, or says what nobody understands."""


@dataclass(frozen=True)
class Config:
    """How fast the clock runs, and the devices."""

    clock_scale: float
    devices: list[DeviceSpec]


def read(path: Path) -> Config:
    """Read a YAML or JSON file. Raises `BadConfig`, OSError."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as problem:
        raise BadConfig(str(problem)) from None
    if not isinstance(content, dict) or not isinstance(content.get("devices"), list):
        raise BadConfig("expected a mapping with a list `devices`")
    unknown = content.keys() - {"clock_scale", "defaults", "devices"}
    if unknown:
        raise BadConfig(f"unknown: {', '.join(sorted(unknown))}")
    defaults = content.get("defaults") or {}
    folder = path.resolve().parent
    devices = [spec for entry in content["devices"] for spec in _devices({**defaults, **entry}, folder)]
    return Config(float(content.get("clock_scale", 1)), devices)


def _devices(entry: dict[str, Any], folder: Path) -> list[DeviceSpec]:
    """One device, or with `count` several: `{n}` in any text becomes 1, 2, ..."""
    count = int(entry.pop("count", 1))
    return [_device(_numbered(entry, number), folder) for number in range(1, count + 1)]


def _numbered(value: Any, number: int) -> Any:
    if isinstance(value, str):
        return value.replace("{n}", str(number))
    if isinstance(value, dict):
        return {key: _numbered(item, number) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbered(item, number) for item in value]
    return value


def _device(entry: dict[str, Any], folder: Path) -> DeviceSpec:
    values = _read_files(entry, folder)
    if "servers" in values:
        values["servers"] = [_server(server) for server in values["servers"]]
    if "clients" in values:
        values["clients"] = [_client(client) for client in values["clients"]]
    if "users" in values:
        values["users"] = {
            name: user if isinstance(user, str) else _made(UserSpec, _read_files(user, folder))
            for name, user in values["users"].items()
        }
    if "announcement" in values:
        values["announcement"] = _made(AnnouncementStyle, values["announcement"])
    if isinstance(values.get("configuration"), list):
        values["configuration"] = "\n".join(values["configuration"])
    return _made(DeviceSpec, values)


def _read_files(entry: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """`@path` in a text stands for what is in that file, beside this one."""
    return {key: _content(value, folder) for key, value in entry.items()}


def _content(value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_content(item, folder) for item in value]
    if isinstance(value, str) and value.startswith("@"):
        return (folder / value[1:]).read_text(encoding="utf-8")
    return value


def _server(server: Any) -> tuple[str, int]:
    """`host:port`, `[host]:port`, or a pair."""
    if isinstance(server, str):
        host, colon, port = server.rpartition(":")
        if colon and port.isdigit():
            return host.strip("[]"), int(port)
    elif isinstance(server, list) and len(server) == 2:
        return str(server[0]), int(server[1])
    raise BadConfig(f"server {server!r}: expected host:port")


def _client(client: dict[str, Any]) -> ClientSpec:
    values = dict(client)
    values["servers"] = [_server(server) for server in values.get("servers", [])]
    if "keep_alive" in values:
        values["keep_alive"] = tuple(values["keep_alive"])
    return _made(ClientSpec, values)


def _made(kind: type[_T], values: Mapping[str, Any]) -> _T:
    known = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = values.keys() - known
    if unknown:
        raise BadConfig(f"{kind.__name__}: unknown: {', '.join(sorted(unknown))}")
    try:
        return kind(**values)
    except TypeError as problem:
        raise BadConfig(f"{kind.__name__}: {problem}") from None
