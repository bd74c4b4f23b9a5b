"""Series: values at evenly spaced times."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepatelier.data.spacing import Spacing, date_of, spacing_of
from deepatelier.data.tables import read_table
from deepatelier.errors import InputError, SurroundingsError, UnknownNameError

__all__ = ["SERIES", "Series", "open_series"]

_MISSING = {"", "nan", "na", "n/a", "null", "none", "-", "."}
"""What stands for a missing value."""

_MOST_MISSING = 0.2
"""The maximum fraction of the values that may be missing."""

SERIES: dict[str, tuple[str, str, tuple[str, str], int]] = {
    "sunspots": ("The number of sunspots, each year from 1700 to 2008.", "sunspots", ("YEAR", "SUNACTIVITY"), 11),
    "co2": (
        "CO2 in the air of Mauna Loa in ppm, each week from March 1958 to December 2001.",
        "co2",
        ("date", "co2"),
        52,
    ),
}
"""The series by name, from statsmodels: a summary, the folder and the columns of the file, and the season."""


@dataclass(frozen=True)
class Series:
    """Values at evenly spaced times, without gaps.

    Attributes:
        name: The name of the series.
        start: The time of the first value.
        spacing: The time from one value to the next.
        values: The values, (T,), float64.
        season: The number of values in a season; 1 if there is none.
        notes: Messages for the user.
    """

    name: str
    start: datetime
    spacing: Spacing
    values: NDArray[np.float64]
    season: int
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def time(self, index: int) -> datetime:
        """Return the time of a value, which may lie beyond the end."""
        return self.spacing.after(self.start, index)

    def sha256(self) -> str:
        """Return the sha256 of the values and their times."""
        text = f"{self.start.isoformat()} {self.spacing} ".encode()
        return hashlib.sha256(text + self.values.astype("<f8").tobytes()).hexdigest()


def open_series(source: str, season: int | None = None) -> Series:
    """Return a series.

    Missing values and times are interpolated between their neighbours; missing values at the ends are left out. Rows
    may be in any order.

    Args:
        source: One of `SERIES`, or the path of a .csv with the columns ``date`` and ``value``. Times are years, months
            (2020-01), days or hours in ISO form; those with a time zone are converted into the zone of the first one.
            Values have a decimal point.
        season: The number of values in a season; None is that of the series by name, or of the spacing: 24 hours, 7
            days, 52 weeks, 12 months, 4 quarters, otherwise 1.

    Raises:
        UnknownNameError: There is no such series, file or column.
        InputError: The file is invalid, the times are not evenly spaced, or more than a fifth of the values is missing.
        SurroundingsError: statsmodels, which has the series by name, is not installed.
    """
    if source in SERIES:
        _, folder, columns, usual = SERIES[source]
        return _read(_file_of(folder), columns, source, season or usual)
    path = Path(source)
    if not path.exists():
        raise UnknownNameError("series", source, SERIES, "Your own is a .csv with the columns date and value.")
    return _read(path, ("date", "value"), path.stem, season)


def _file_of(folder: str) -> Path:
    """Return the table of a series in statsmodels, whose code is not run: it takes two seconds."""
    spec = find_spec("statsmodels")
    places = [Path(place) / "datasets" / folder for place in (spec and spec.submodule_search_locations) or ()]
    path = next((place / f"{folder}.csv" for place in places if (place / f"{folder}.csv").is_file()), None)
    if path is None:
        raise SurroundingsError(
            f"The series {folder} is in the package statsmodels, which is not installed: "
            "pip install 'deepatelier[text]'."
        )
    return path


def _read(path: Path, columns: tuple[str, str], name: str, season: int | None) -> Series:
    found, zone = {}, None
    for line, (when, value) in read_table(path, columns):
        time = date_of(when.strip())
        if time is None:
            raise InputError(
                f"Line {line} of {path} has the date {when!r}. Write it as 2020, 2020-01, 2020-01-31 or "
                "2020-01-31T14:00."
            )
        if time.tzinfo is not None:
            zone = zone or time.tzinfo
            time = time.astimezone(zone).replace(tzinfo=None)
        if time in found:
            raise InputError(f"Line {line} of {path} has the date {when} again. Give one value for each date.")
        found[time] = _number(value.strip(), line, path)
    times = sorted(found)
    present = [time for time in times if not math.isnan(found[time])]
    if len(present) < 2:
        raise InputError(f"{path} has {len(present)} values. A series needs two or more.")
    times = [time for time in times if present[0] <= time <= present[-1]]
    spacing = spacing_of(times, path)
    places = [spacing.between(times[0], time) for time in times]
    values = np.full(places[-1] + 1, np.nan)
    values[places] = [found[time] for time in times]
    missing = np.isnan(values)
    if missing.mean() > _MOST_MISSING:
        raise InputError(
            f"{missing.sum():,} of the {len(values):,} values of {path} are missing, one each {spacing}. At most a "
            "fifth may be."
        )
    places_known = np.flatnonzero(~missing)
    values[missing] = np.interp(np.flatnonzero(missing), places_known, values[places_known])
    note = f"{missing.sum():,} of {len(values):,} values are missing: they are interpolated between their neighbours."
    notes = (note,) if missing.any() else ()
    return Series(name, times[0], spacing, values, season or spacing.season, notes)


def _number(text: str, line: int, path: Path) -> float:
    """Return a value; NaN if it is missing."""
    if text.lower() in _MISSING:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        hint = " Write decimals with a point." if text.count(",") == 1 else ""
        raise InputError(f"Line {line} of {path} has the value {text!r}, which is no number.{hint}") from None
    if math.isinf(value):
        raise InputError(f"Line {line} of {path} has an infinite value. Leave the cell empty if it is unknown.")
    return value
