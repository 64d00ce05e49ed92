# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of the control protocol, decoded strictly: field by field, and each of the type that it has to be."""

from __future__ import annotations

import functools
import typing as t
from dataclasses import MISSING, dataclass, fields, is_dataclass
from types import UnionType

from ansible_collections.callhome.junos.plugins.plugin_utils._agent.control.wire import BadMessage

LONGEST_SECONDS = 10.0**9
SHOWN = 40
"""Characters of a name that is not known, in an error."""

T = t.TypeVar("T")


@dataclass(frozen=True)
class Envelope:
    """What every request starts with, so that agents of any version understand each other this far."""

    request: str
    """The request's name, a key of the control server's table."""
    agent: dict[str, str]
    """What the asking side runs (see :func:`.version.running`)."""
    arguments: dict[str, t.Any]


def decode(cls: type[T], data: t.Mapping[str, t.Any], where: str = "") -> T:
    """Make the dataclass ``cls`` of ``data``, field by field and type by type.

    Raises :exc:`BadMessage` for a field that is missing, unknown or of another type than the dataclass says.
    """
    hints = _hints(cls)  # type: ignore[arg-type]  # a class is hashable
    known = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]
    if unknown := sorted(set(data) - set(known)):
        raise BadMessage(f"{where or cls.__name__}: unknown field {unknown[0][:SHOWN]!r}")
    values: dict[str, t.Any] = {}
    for name, field in known.items():
        if name in data:
            values[name] = _value(hints[name], data[name], f"{where}{name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise BadMessage(f"{where}{name} is missing")
    return cls(**values)


@functools.cache
def _hints(cls: type[t.Any]) -> dict[str, t.Any]:
    # Python makes them of their texts anew each time, which is more work than all else about a request
    return t.get_type_hints(cls)


def _value(hint: t.Any, value: t.Any, where: str) -> t.Any:
    origin, inner = t.get_origin(hint), t.get_args(hint)
    if hint is t.Any:
        return value
    if origin in (UnionType, t.Union):
        if value is None and type(None) in inner:
            return None
        return _value(next(kind for kind in inner if kind is not type(None)), value, where)
    if origin is tuple:
        _expect(isinstance(value, list), "a list", where)
        return tuple(_value(inner[0], item, where) for item in value)
    if origin is dict:
        _expect(isinstance(value, dict), "an object", where)
        return {key: _value(inner[1], item, f"{where}.{key}") for key, item in value.items()}
    if is_dataclass(hint):
        _expect(isinstance(value, dict), "an object", where)
        return decode(t.cast("type[t.Any]", hint), value, f"{where}.")
    if hint is float:
        # Neither NaN nor infinity is a time to wait, and no number of seconds has 400 digits
        fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_SECONDS
        _expect(fits, "a number of seconds", where)
        return float(value)
    # bool is an int to isinstance, and a port of True is no port
    _expect(
        isinstance(value, hint) and (hint is bool or not isinstance(value, bool)), f"of type {hint.__name__}", where
    )
    if hint is str:
        _expect(_is_text(value), "text that a file name could hold", where)
    return value


def _is_text(value: str) -> bool:
    """No NUL, and no half of a surrogate pair: neither can be a path, a user name or a password of this machine."""
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False


def _expect(fits: bool, what: str, where: str) -> None:
    if not fits:
        raise BadMessage(f"{where} has to be {what}")
