"""The times of a series: how they are written, and how far they are apart."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

from deepatelier.errors import InputError

__all__ = ["Spacing", "date_of", "spacing_of"]

_HOUR = 3600.0
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_SEASONS = {"hour": 24, "day": 7, "week": 52, "month": 12, "quarter": 4}
_USUAL = {"hour": _HOUR, "day": 24 * _HOUR, "week": 168 * _HOUR, "month": 730.5 * _HOUR, "quarter": 2191.5 * _HOUR}
_USUAL["year"] = 8766 * _HOUR
_TOLERANCE = 0.1
"""How far the median distance of two times may be from that of a name, relative to it."""


@dataclass(frozen=True)
class Spacing:
    """The time from one value to the next.

    Attributes:
        name: hour, day, week, month, quarter or year; or ``step`` for any other.
        seconds: The time in seconds; of a month, a quarter and a year the mean.
    """

    name: str
    seconds: float

    def __str__(self) -> str:
        return self.name if self.name != "step" else f"{timedelta(seconds=self.seconds)}"

    @property
    def season(self) -> int:
        """The usual number of values in a season; 1 if there is none."""
        return _SEASONS.get(self.name, 1)

    def after(self, start: datetime, count: int) -> datetime:
        """Return the time of the value with a number, from 0 at the start."""
        if self.name not in _MONTHS:
            return start + timedelta(seconds=round(count * self.seconds))
        months = start.year * 12 + start.month - 1 + count * _MONTHS[self.name]
        year, month = divmod(months, 12)
        _, last = monthrange(year, month + 1)
        return start.replace(year=year, month=month + 1, day=min(start.day, last))

    def between(self, start: datetime, time: datetime) -> int:
        """Return the number of the value at a time, from 0 at the start."""
        if self.name not in _MONTHS:
            return round((time - start).total_seconds() / self.seconds)
        months = (time.year - start.year) * 12 + time.month - start.month
        return round(months / _MONTHS[self.name])


def date_of(text: str) -> datetime | None:
    """Return the time that a text in ISO form means, or a year or a month; None if it means none.

    It has a time zone if the text has one.
    """
    if found := re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?", text):
        text = f"{found[1]}-{int(found[2] or 1):02}-01"
    try:
        return datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None


def spacing_of(times: Sequence[datetime], path: Path) -> Spacing:
    """Return the spacing of times in ascending order, of which some may be missing.

    Months, quarters and years are those of the calendar, unless all distances of three times or more are whole numbers
    of the same time, such as 28 days.

    Args:
        times: The times, two or more.
        path: Their file, for the message.

    Raises:
        InputError: They are not evenly spaced.
    """
    distances = [(after - before).total_seconds() for before, after in pairwise(times)]
    seconds = median(distances)
    name = next((name for name, usual in _USUAL.items() if abs(seconds / usual - 1) < _TOLERANCE), "step")
    equal = len(distances) > 1 and not any(each % seconds for each in distances)
    if name in _MONTHS and equal and len({time.day for time in times}) > 1:
        name = "step"
    spacing = Spacing(name, _USUAL.get(name, seconds))
    for before, after in pairwise(times):
        place, next_place = (spacing.between(times[0], time) for time in (before, after))
        apart = abs((spacing.after(times[0], next_place) - after).total_seconds())
        if place == next_place or apart > spacing.seconds / 2:
            raise InputError(
                f"The dates of {path} are not evenly spaced: the usual distance is one {spacing}, but {after} follows "
                f"{before}. Give one value each {spacing}."
            )
    return spacing
