"""The user's own texts: a UTF-8 file, or a folder of .txt files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from deepatelier.data.corpus import Corpus, Document
from deepatelier.errors import InputError
from deepatelier.text import read_pieces

__all__ = ["text_files"]


def text_files(path: Path) -> Corpus:
    """Return a text file with any ending, or all .txt files in a folder and its subfolders.

    The label of a file is the name of its folder.

    Raises:
        InputError: There is no .txt file in the folder, or only empty ones. Reading a document raises it if the file
            is empty or not UTF-8.
    """
    if not path.is_dir():
        return Corpus(path.stem, lambda: iter([Document(path.name, path.parent.name, partial(read_pieces, path))]))
    if not any(True for _ in _paths(path)):
        raise InputError(f"There is no .txt file with text in {path}. Give a folder of .txt files, or one text file.")
    return Corpus(path.resolve().name, partial(_documents, path))


def _paths(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() == ".txt" and path.is_file() and path.stat().st_size:
            yield path


def _documents(folder: Path) -> Iterator[Document]:
    for path in _paths(folder):
        name = path.relative_to(folder).as_posix()
        yield Document(name, path.parent.name, partial(read_pieces, path))
