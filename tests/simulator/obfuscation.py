# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Junos' `$9$` form of secrets: reversible, and meant only to keep them from the eyes of bystanders.

Each character is the sum of the distances between neighbouring letters of a fixed alphabet, weighted by one of seven
rows; the first letter tells how many random ones follow it.
"""

from __future__ import annotations

import secrets

MAGIC = "$9$"
_FAMILIES = ("QzF3n6/9CAtpu0O", "B1IREhcSyrleKvMW8LXx", "7N-dVbwsY2g4oaJZGUDj", "iHkq.mPf5T")
_ALPHABET = "".join(_FAMILIES)
_EXTRA = {letter: 3 - row for row, family in enumerate(_FAMILIES) for letter in family}
_WEIGHTS = ((1, 4, 32), (1, 16, 32), (1, 8, 32), (1, 64), (1, 32), (1, 4, 16, 128), (1, 32, 64))


def encode(secret: str, salt: str | None = None) -> str:
    """The `$9$` form; a random one of the many that decode to the same secret, unless `salt` names its first letter."""
    first = salt or secrets.choice(_ALPHABET)
    padding = "".join(secrets.choice(_ALPHABET) for _unused in range(_EXTRA[first]))
    written, last = [MAGIC, first, padding], first
    for position, character in enumerate(secret):
        for gap in _gaps(ord(character), _WEIGHTS[position % len(_WEIGHTS)]):
            last = _ALPHABET[(_ALPHABET.index(last) + gap + 1) % len(_ALPHABET)]
            written.append(last)
    return "".join(written)


def decode(text: str) -> str:
    """The secret that a `$9$` text holds. Raises ValueError where it is none."""
    if not text.startswith(MAGIC) or len(text) <= len(MAGIC) or text[3] not in _EXTRA:
        raise ValueError("no $9$ secret")
    last, left = text[3], text[4 + _EXTRA[text[3]] :]
    decoded: list[str] = []
    while left:
        weights = _WEIGHTS[len(decoded) % len(_WEIGHTS)]
        letters, left = left[: len(weights)], left[len(weights) :]
        if len(letters) < len(weights) or not set(letters) <= set(_ALPHABET):
            raise ValueError("no $9$ secret: it ends within a character or holds a letter that cannot be")
        value = 0
        for letter, weight in zip(letters, weights, strict=True):
            value += ((_ALPHABET.index(letter) - _ALPHABET.index(last)) % len(_ALPHABET) - 1) * weight
            last = letter
        decoded.append(chr(value % 256))
    return "".join(decoded)


def clear(text: str) -> str:
    """The secret, whether it is written plainly or as `$9$`; what only looks like one is taken as it stands."""
    try:
        return decode(text)
    except ValueError:
        return text


def _gaps(value: int, weights: tuple[int, ...]) -> list[int]:
    gaps = []
    for weight in reversed(weights):
        gaps.append(value // weight)
        value %= weight
    return gaps[::-1]
