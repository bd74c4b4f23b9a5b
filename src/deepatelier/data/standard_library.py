"""Texts that every machine with Python has: the sources of its standard library, and the topics of its help."""

from __future__ import annotations

import sysconfig
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from deepatelier.data.corpus import Corpus, Document
from deepatelier.text import read_pieces

__all__ = ["python", "topics"]

_LEFT_OUT = {"site-packages", "dist-packages", "test", "tests", "idle_test", "__pycache__", "__phello__"}
"""Folders of the standard library with other packages, or with tests, some of which are no UTF-8 on purpose."""


def python() -> Corpus:
    """Return the sources of the standard library of the Python that runs, without tests. A label is a module's name."""
    return Corpus("python", _sources)


def topics() -> Corpus:
    """Return the topics of Python's help, in English, as ``help('topics')`` shows them. Each has its own label.

    Source: the Python Software Foundation, 'The Python Language Reference'.
    """
    return Corpus("topics", _topics)


def _sources() -> Iterator[Document]:
    folder = Path(sysconfig.get_path("stdlib"))
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(folder)
        if not _LEFT_OUT & set(place.parts) and path.stat().st_size:
            yield Document(place.as_posix(), Path(place.parts[0]).stem, partial(read_pieces, path))


def _topics() -> Iterator[Document]:
    from pydoc_data.topics import topics as texts

    for name, text in sorted(texts.items()):
        yield Document(name, name, partial(iter, (text,)))
