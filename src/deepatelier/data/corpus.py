"""Texts, read document by document and not kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deepatelier.text import Tokenizer

__all__ = ["Corpus", "Document"]


@dataclass(frozen=True)
class Document:
    """A document of a corpus.

    Attributes:
        name: Its name in the corpus.
        label: The group to which it belongs, such as the book of the Bible or the module of the standard library.
        pieces: Reads its text, in pieces; see `deepatelier.text.read_pieces`.
    """

    name: str
    label: str
    pieces: Callable[[], Iterator[str]]


@dataclass(frozen=True)
class Corpus:
    """Documents.

    Attributes:
        name: Its name or that of its file or folder.
        documents: Yields the documents, in an order that is always the same.
    """

    name: str
    documents: Callable[[], Iterator[Document]]

    def tokens(self, tokenizer: Tokenizer) -> Iterator[list[str]]:
        """Yield the tokens of all documents, in lists of the length of a piece. Raises as the documents' readers."""
        for document in self.documents():
            yield from tokenizer.stream(document.pieces())
