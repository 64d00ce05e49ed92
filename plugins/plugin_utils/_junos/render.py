# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration tree in the three forms that a device takes: set commands, text in braces, and XML.

The same tree always gives the same bytes. Moves (`Change.order`) have no form here: they are loaded only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import groupby

try:
    from lxml import etree
except ImportError:
    pass  # told by _libraries before any of this is used


# Junos' command line leaves these words out: a server is written as its address, a trace file as its name.
_UNSPOKEN = {("client", "servers"), ("file", "filename")}
# Junos writes these with all they hold in one line.
_ONE_LINE = {"servers", "file"}
_PLAIN_WORD = re.compile(r"[A-Za-z0-9_./:@+,=%-]+")
_MARKS = ("delete", "inactive", "active")


def as_set_commands(configuration: etree._Element) -> str:
    """``set`` commands, and delete, activate and deactivate where the tree is marked so; one a line.

    Raises ValueError for a value that cannot be written in this form for certain.
    """
    return "".join(f"{line}\n" for child in _statements(configuration) for line in _commands(child, ()))


def as_text(configuration: etree._Element) -> str:
    """The form with braces, as ``show configuration`` prints it; raises ValueError as `as_set_commands` does."""
    return "".join(f"{line}\n" for line in _block(configuration, 0))


def as_xml(configuration: etree._Element) -> str:
    """Junos XML, indented."""
    tree = deepcopy(configuration)
    etree.indent(tree)
    return etree.tostring(tree, encoding="unicode") + "\n"


FORMS: dict[str, Callable[[etree._Element], str]] = {"set": as_set_commands, "text": as_text, "xml": as_xml}


def _commands(element: etree._Element, above: tuple[str, ...]) -> Iterator[str]:
    words = (*above, *_words(element))
    mark = _mark(element)
    if mark == "delete":
        yield " ".join(("delete", *words))
        return
    below = [line for child in _statements(element) for line in _commands(child, words)]
    # A mark alone says how something is that is there already; it sets nothing.
    yield from below or ([] if mark and not element.text else [" ".join(("set", *words))])
    if mark:
        yield " ".join(("activate" if mark == "active" else "deactivate", *words))


def _block(element: etree._Element, depth: int) -> Iterator[str]:
    indent = "    " * depth
    for _alike, group in groupby(_statements(element), key=_is_value_of):
        children = list(group)
        if len(children) > 1 and _is_value_of(children[0]) != ("", None):
            values = " ".join(_quoted(child.text or "", child) for child in children)
            yield f"{indent}{_prefix(children[0])}{children[0].tag!s} [ {values} ];"
            continue
        for child in children:
            yield from _statement(child, depth, indent)


def _statement(element: etree._Element, depth: int, indent: str) -> Iterator[str]:
    head = f"{_prefix(element)}{' '.join(_words(element))}"
    below = list(_statements(element))
    if element.tag in _ONE_LINE:
        head = " ".join((head, *(word for child in below for word in _words(child))))
    elif below and _mark(element) != "delete":
        yield f"{indent}{head} {{"
        yield from _block(element, depth + 1)
        yield f"{indent}}}"
        return
    yield f"{indent}{head};"


def _is_value_of(element: etree._Element) -> tuple[str, str | None]:
    """What several values of one leaf-list share; ("", None) for all that is no value."""
    if len(element) or not element.text:
        return "", None
    return str(element.tag), _mark(element)


def _words(element: etree._Element) -> tuple[str, ...]:
    above = element.getparent()
    unspoken = above is not None and (str(above.tag), str(element.tag)) in _UNSPOKEN
    value = element.findtext("name") if len(element) else element.text
    head = () if unspoken else (str(element.tag),)
    return (*head, _quoted(value, element)) if value and value.strip() else head


def _statements(element: etree._Element) -> list[etree._Element]:
    """What stands in it, without its own name."""
    children = list(element.iterchildren(etree.Element))
    return children[1:] if children and children[0].tag == "name" else children


def _prefix(element: etree._Element) -> str:
    mark = _mark(element)
    return f"{mark}: " if mark else ""


def _mark(element: etree._Element) -> str | None:
    return next((mark for mark in _MARKS if element.get(mark) is not None), None)


def _quoted(value: str, element: etree._Element) -> str:
    if _PLAIN_WORD.fullmatch(value):
        return value
    if "\\" in value or not value.isprintable():
        raise ValueError(
            f"the value of '{element.tag!s}' holds a backslash or a character that is not printable: "
            "what Junos makes of it in set commands and in text is not certain, so write it as XML"
        )
    return '"' + value.replace('"', '\\"') + '"'
