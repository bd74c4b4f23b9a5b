"""Pairs of texts by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from deepatelier.data.number_words import numbers
from deepatelier.data.pair_file import pair_file
from deepatelier.data.pairs import Pairs
from deepatelier.data.written_dates import dates
from deepatelier.errors import UnknownNameError

__all__ = ["PAIRS", "NamedPairs", "open_pairs"]


class NamedPairs(NamedTuple):
    """Pairs with a name.

    Attributes:
        about: A summary in one line.
        load: Returns them.
    """

    about: str
    load: Callable[[], Pairs]


PAIRS = {
    "numbers": NamedPairs("Numbers from 0 to 999,999 and their words in four languages.", numbers),
    "dates": NamedPairs("Dates as people of ten locales write them, and their ISO form.", dates),
}
"""The pairs by name."""


def open_pairs(name: str) -> Pairs:
    """Open pairs by their name, or the user's own. A file that is called like a name is ``./name``.

    Raises:
        UnknownNameError: There are no such pairs and no such file.
        InputError: The file is invalid.
        SurroundingsError: A package is not installed.
    """
    if name in PAIRS:
        return PAIRS[name].load()
    if not Path(name).exists():
        raise UnknownNameError("pairs of texts", name, PAIRS, "Your own are a .tsv with a source and a target a line.")
    return pair_file(Path(name))
