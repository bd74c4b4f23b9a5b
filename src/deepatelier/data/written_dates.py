"""Dates as people write them in ten locales."""

from __future__ import annotations

import datetime
import random

from deepatelier.data.pairs import Pairs
from deepatelier.extras import from_extra

__all__ = ["LOCALES", "dates"]

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "sv_SE", "pl_PL")
"""The locales, as babel names them."""

_LENGTHS = ("short", "medium", "long", "full")
_COUNT = 25_000
_FIRST, _LAST = datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)


def dates() -> Pairs:
    """Return 25,000 different dates of 1900 to 2099 as people write them, such as ``en_US 3/4/1998`` and 1998-03-04.

    Each date is there once, in a locale and one of its four formats (short to full) that are drawn at random. The year
    always has four digits, also where the short format of a locale has two: the century would not be known. Whether
    3/4/1998 is in March or April depends on the locale, which is therefore the first word of the source. A group is a
    date, so a date of the test part is learnt in no locale.

    Source: the package babel (BSD), with the formats of Unicode's Common Locale Data Repository.

    Raises:
        SurroundingsError: babel is not installed.
    """
    from_extra("babel", "text")
    draw = random.Random(0)
    ordinals = draw.sample(range(_FIRST.toordinal(), _LAST.toordinal() + 1), _COUNT)
    days = [datetime.date.fromordinal(each) for each in ordinals]
    locales = [draw.choice(LOCALES) for _ in days]
    patterns = {locale: [_pattern(locale, length) for length in _LENGTHS] for locale in LOCALES}
    sources = [
        f"{locale} {_written(day, draw.choice(patterns[locale]), locale)}"
        for day, locale in zip(days, locales, strict=True)
    ]
    written = tuple(day.isoformat() for day in days)
    return Pairs("dates", tuple(sources), written, written, tuple(locales))


def _pattern(locale: str, length: str) -> str:
    """Return a date format of a locale, with a year of four digits."""
    pattern = str(from_extra("babel", "text").Locale.parse(locale).date_formats[length].pattern)
    return pattern if "yyyy" in pattern else pattern.replace("yy", "y")


def _written(day: datetime.date, pattern: str, locale: str) -> str:
    written = from_extra("babel.dates", "text").format_date(day, pattern, locale=locale)
    return str(written).replace("\u202f", " ").replace("\u00a0", " ")
