# Copyright (c) 2026 the callhome.junos authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``$9$`` form in which Junos shows shared secrets: hidden from the eye, open to anybody who decodes it.

A character is written as distances on a ring of 65 letters, each letter counted from the one before it. The weights
of the distances go round with the position. The first letter is the salt; as many letters without meaning follow it
as its family says.
"""

from __future__ import annotations

import hashlib
import math
import string
from collections.abc import Iterator
from itertools import pairwise

_MAGIC = "$9$"
_FAMILIES = ("QzF3n6/9CAtpu0O", "B1IREhcSyrleKvMW8LXx", "7N-dVbwsY2g4oaJZGUDj", "iHkq.mPf5T")
_RING = "".join(_FAMILIES)
_PLACE = {letter: place for place, letter in enumerate(_RING)}
_FILLERS = {letter: 3 - family for family, letters in enumerate(_FAMILIES) for letter in letters}
_WEIGHTS = ((1, 4, 32), (1, 16, 32), (1, 8, 32), (1, 64), (1, 32), (1, 4, 16, 128), (1, 32, 64))
_CLASSES = (string.digits, string.ascii_lowercase, string.ascii_uppercase, string.punctuation + " ")


def encode(secret: str) -> str:
    """Write `secret` as Junos would.

    Salt and fillers come from the secret itself, so the same secret always gives the same bytes. Nothing is lost by
    that: the form can be decoded without knowing anything.
    """
    drawn = _letters_of(secret)
    salt = next(drawn)
    written = [salt, *(next(drawn) for _unused in range(_FILLERS[salt]))]
    before = salt
    for position, code in enumerate(secret.encode()):
        for distance in _distances(code, _WEIGHTS[position % len(_WEIGHTS)]):
            before = _RING[(_PLACE[before] + distance + 1) % len(_RING)]
            written.append(before)
    return _MAGIC + "".join(written)


def decode(text: str) -> str:
    """Read a ``$9$`` string; ValueError, without the string, where it is none."""
    letters = text.removeprefix(_MAGIC)
    if not text.startswith(_MAGIC) or not letters or not set(letters) <= _PLACE.keys():
        raise ValueError("this is no $9$ string of Junos")
    rest = letters[1 + _FILLERS[letters[0]] :]
    before = letters[0]
    codes = bytearray()
    while rest:
        weights = _WEIGHTS[len(codes) % len(_WEIGHTS)]
        digits, rest = rest[: len(weights)], rest[len(weights) :]
        if len(digits) < len(weights):
            raise ValueError("this $9$ string of Junos is cut off")
        places = [_PLACE[letter] for letter in before + digits]
        distances = [(after - place) % len(_RING) - 1 for place, after in pairwise(places)]
        codes.append(sum(d * weight for d, weight in zip(distances, weights, strict=True)) % 256)
        before = digits[-1]
    return codes.decode()


def readable(text: str) -> str | None:
    """The clear text of a secret as the configuration shows it; None where it cannot be read.

    It cannot where the reader lacks the ``secret`` permission (``/* SECRET-DATA */``) and where a master password
    encrypts it (``$8$``).
    """
    if "SECRET-DATA" in text or text.startswith("$8$"):
        return None
    if not text.startswith(_MAGIC):
        return text
    try:
        return decode(text)
    except ValueError:
        return None


def guessing_bits(secret: str) -> int:
    """The most bits that `secret` can be worth to somebody who guesses, seen from its length and alphabet alone."""
    if set(secret) <= set(string.hexdigits.lower()) or set(secret) <= set(string.hexdigits.upper()):
        return 4 * len(secret)
    alphabet = sum(len(letters) for letters in _CLASSES if set(letters) & set(secret))
    return int(len(secret) * math.log2(alphabet)) if alphabet else 0


def _distances(code: int, weights: tuple[int, ...]) -> list[int]:
    distances: list[int] = []
    for weight in reversed(weights):
        distance, code = divmod(code, weight)
        distances.insert(0, distance)
    return distances


def _letters_of(secret: str) -> Iterator[str]:
    for code in hashlib.sha256(secret.encode()).digest():
        yield _RING[code % len(_RING)]
