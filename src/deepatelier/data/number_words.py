"""Numbers and their words in four languages."""

from __future__ import annotations

import random

from deepatelier.data.pairs import Pairs
from deepatelier.extras import from_extra

__all__ = ["LANGUAGES", "numbers"]

LANGUAGES = ("en", "de", "fr", "es")
"""English, German, French and Spanish, as num2words names them."""

_COUNT, _SMALL = 25_000, 100


def numbers() -> Pairs:
    """Return 25,000 numbers from 0 to 999,999 with their words, such as ``de 1234`` and eintausendzweihundert….

    The numbers from 0 to 99 are there in all four languages, and always learnt: words such as ``null`` and ``quinze``
    follow from no rule. Each other number is there once, in a language that is drawn at random. As many as possible of
    them have 3, 4, 5 and 6 digits in equal parts; there are 900 of 3 digits. A group is a number, so a number of the
    test part is learnt in no language.

    Source: the package num2words (LGPL), whose rules are those of each language.

    Raises:
        SurroundingsError: num2words is not installed.
    """
    in_words = from_extra("num2words", "text").num2words
    draw = random.Random(0)
    items = [(language, number) for number in range(_SMALL) for language in LANGUAGES]
    items += [(draw.choice(LANGUAGES), number) for number in _drawn(_COUNT - len(items), draw)]
    return Pairs(
        "numbers",
        tuple(f"{language} {number}" for language, number in items),
        tuple(in_words(number, lang=language) for language, number in items),
        tuple(str(number) for _, number in items),
        tuple(language for language, _ in items),
        frozenset(map(str, range(_SMALL))),
    )


def _drawn(count: int, draw: random.Random) -> list[int]:
    """Return different numbers of 3 to 6 digits, in equal parts as far as there are as many."""
    found: list[int] = []
    for digits in (3, 4, 5, 6):
        known = range(10 ** (digits - 1), 10**digits)
        found += draw.sample(known, min(len(known), (count - len(found)) // (7 - digits)))
    return found
