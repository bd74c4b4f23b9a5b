"""The measures of a training, epoch by epoch, and their table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

__all__ = ["Row", "as_csv", "from_csv"]

Row = dict[str, float]
"""The measures of an epoch: its number, steps and seconds so far, the learning rate, losses and metrics."""


def from_csv(text: str) -> list[Row]:
    """Return the rows of a table that `as_csv` wrote."""
    rows = csv.DictReader(io.StringIO(text))
    return [{name: float(value) for name, value in row.items() if value} for row in rows]


def as_csv(rows: Sequence[Row]) -> str:
    """Return the rows as a table with a column for each name. Missing values are left empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
