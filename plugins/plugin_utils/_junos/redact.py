# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets masked in what people see: a device's compare output, a statement in an error, a rendered file's diff."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "********"

# Crypt hashes, and the two forms in which Junos hides or encrypts a secret.
_HIDDEN_FORMS = re.compile(r"\$(?:[15689]|sha1|2[aby])\$[^\s\";<>]+")
_STATEMENTS = (
    r"(?:encrypted-password|plain-text-password(?:-value)?|secret|password"
    r"|authentication-key|pre-shared-key|passphrase)"
)
_VALUE = r"(?:\"(?:[^\"\\]|\\.)*\"|[^\s\";{\[]+)"
# The statement with its value, ending as the text form or a set command ends.
_IN_TEXT = re.compile(rf"(?P<head>(?<![-\w<]){_STATEMENTS}\s+){_VALUE}(?=\s*;|\s*$)", re.MULTILINE)
_IN_XML = re.compile(rf"(?P<head><(?P<tag>(?:[\w.-]+:)?{_STATEMENTS})(?:\s[^>]*)?>)[^<]*(?=</(?P=tag)>)")
# Whatever else Junos itself marks. It marks public keys too, which are none.
_MARKED = re.compile(rf"(?P<head>^(?![-+\s]*ssh-).*?\s){_VALUE}(?=;\s*##\s*SECRET-DATA)", re.MULTILINE)


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` with every secret replaced by asterisks.

    Known by their form (``$9$``, crypt hashes), by their statement, by Junos' mark ``## SECRET-DATA``, or because they
    are among `secrets`, the clear texts that the caller knows.
    """
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    text = _HIDDEN_FORMS.sub(MASK, text)
    for pattern in (_IN_TEXT, _IN_XML, _MARKED):
        text = pattern.sub(rf"\g<head>{MASK}", text)
    return text
