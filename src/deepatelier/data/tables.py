"""Tables of the user: files of comma-separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from deepatelier.errors import InputError, UnknownNameError
from deepatelier.text import read_pieces

__all__ = ["TableRow", "column_names", "read_table"]

_DELIMITERS = ",;\t"

_LONGEST_CELL = 2**27
"""The maximum length of a cell, in characters."""


class TableRow(NamedTuple):
    """A row of a table.

    Attributes:
        line: The number of its last line in the file, from 1.
        cells: The cells of the wanted columns, in the order in which they were asked for.
    """

    line: int
    cells: tuple[str, ...]


def read_table(path: Path, columns: Sequence[str]) -> list[TableRow]:
    """Return some columns of a table in UTF-8 whose first line has the names of the columns.

    Cells are separated by commas, semicolons or tabs, whichever the first line has most of. Names are compared without
    regard to case. Empty lines are left out.

    Args:
        path: The file.
        columns: The names of the columns.

    Raises:
        InputError: The file is missing, empty or not UTF-8; a row has more or fewer cells than the first line; there is
            no row.
        UnknownNameError: There is no such column.
    """
    text = "".join(read_pieces(path))
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter_of(text), strict=True)
    try:
        names = [name.strip() for name in next(reader)]
        places = [_place(name, names, path) for name in columns]
        rows = list[TableRow]()
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(names):
                raise InputError(
                    f"Line {reader.line_num} of {path} has {_counted(cells)}, but the first line has {len(names)}. Put "
                    "a cell with commas in double quotes."
                )
            rows.append(TableRow(reader.line_num, tuple(cells[place] for place in places)))
    except csv.Error as error:
        raise InputError(f"Line {reader.line_num} of {path} is no row of a table: {error}.") from error
    if not rows:
        raise InputError(f"{path} has the names of columns, but no rows below them.")
    return rows


def column_names(path: Path) -> tuple[str, ...]:
    """Return the names in the first line of a table. Raises InputError if its beginning is not UTF-8, or is empty."""
    first = next(read_pieces(path), "").split("\n", 1)[0]  # the first piece is a megabyte
    return tuple(name.strip() for name in next(csv.reader([first], delimiter=_delimiter_of(first)), []))


def _delimiter_of(text: str) -> str:
    """Return the delimiter of which the first line has most."""
    return max(_DELIMITERS, key=text.split("\n", 1)[0].count)


def _place(name: str, names: Sequence[str], path: Path) -> int:
    """Return the index of a column."""
    if name in names:
        return names.index(name)
    folded = [each.casefold() for each in names]
    if name.casefold() not in folded:
        raise UnknownNameError(f"column of {path}", name, names)
    return folded.index(name.casefold())


def _counted(cells: Sequence[str]) -> str:
    return "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
