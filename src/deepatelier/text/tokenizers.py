"""Tokenizers: text is split into characters, words or bytes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, ClassVar

from deepatelier.errors import UnknownNameError
from deepatelier.extras import from_extra

__all__ = ["TOKENIZERS", "Bytes", "Characters", "SpacedWords", "Tokenizer", "Words", "WordsAndSigns", "tokenizer"]


class Tokenizer(ABC):
    """Splits text into tokens, and joins tokens to text. The tokens of a text do not depend on how it is cut in pieces.

    Attributes:
        name: The name of the tokenizer.
    """

    name: ClassVar[str]

    @abstractmethod
    def stream(self, pieces: Iterable[str]) -> Iterator[list[str]]:
        """Yield the tokens of a text that is given in pieces, in one list or none for each.

        The memory that is needed depends on the longest piece and the longest token, and not on the text.

        Raises:
            SurroundingsError: The package ``regex`` is not installed.
        """

    @abstractmethod
    def join(self, tokens: Iterable[str]) -> str:
        """Return the text of tokens."""

    def split(self, text: str) -> list[str]:
        """Return the tokens of a text. Raises SurroundingsError as `stream`."""
        return [token for tokens in self.stream([text]) for token in tokens]


class Characters(Tokenizer):
    """Characters as readers see them: the extended grapheme clusters of Unicode.

    A letter with its combining marks is one token, and so is an emoji of several code points, such as a flag or a
    family. Joining is the inverse of splitting.

    Source: Unicode Standard Annex 29, 'Unicode Text Segmentation', section 3.
    """

    name = "characters"

    def stream(self, pieces: Iterable[str]) -> Iterator[list[str]]:  # noqa: D102
        return _matches(r"\X", pieces)

    def join(self, tokens: Iterable[str]) -> str:  # noqa: D102
        return "".join(tokens)


class Words(Tokenizer):
    """Words in lower case, without the characters between them.

    A word is a sequence of letters, digits, underscores and combining marks, with apostrophes inside: ``don't`` is one
    word. Emoji and punctuation are no words. Joining puts a space between two words.

    Source: Unicode Technical Standard 18, 'Unicode Regular Expressions', annex C, the property ``word``.
    """

    name = "words"

    def stream(self, pieces: Iterable[str]) -> Iterator[list[str]]:  # noqa: D102
        is_word = _compiled(r"\w").match
        for tokens in _matches(r"\w+(?:['’]\w+)*|\X", pieces):
            yield [each.lower() for each in tokens if each.isalnum() or (not each.isspace() and is_word(each))]

    def join(self, tokens: Iterable[str]) -> str:  # noqa: D102
        return " ".join(tokens)


class WordsAndSigns(Tokenizer):
    """Words as they are written, and every other character that is no space on its own.

    Joining puts a space between two tokens.
    """

    name = "words-and-signs"

    def stream(self, pieces: Iterable[str]) -> Iterator[list[str]]:  # noqa: D102
        for tokens in _matches(r"\w+|\X", pieces):
            yield [token for token in tokens if not token.isspace()]

    def join(self, tokens: Iterable[str]) -> str:  # noqa: D102
        return " ".join(tokens)


class SpacedWords(Tokenizer):
    """Words with the space before them, as they are written; and every other character on its own.

    Joining is the inverse of splitting, so a text that is made of such tokens can be read.

    Source: the words are those of `Words`; the space before them is an idea of Radford et al., 'Language Models are
    Unsupervised Multitask Learners' (2019), section 2.2.
    """

    name = "spaced-words"

    def stream(self, pieces: Iterable[str]) -> Iterator[list[str]]:  # noqa: D102
        return _matches(r" ?\w+(?:['’]\w+)*|\X", pieces)

    def join(self, tokens: Iterable[str]) -> str:  # noqa: D102
        return "".join(tokens)


class Bytes(Tokenizer):
    """The bytes of the text in UTF-8. A token is the character whose code point is the byte's value, from 0 to 255.

    Joining is the inverse of splitting. Tokens that are not valid UTF-8 are joined with U+FFFD in their place.
    """

    name = "bytes"

    def stream(self, pieces: Iterable[str]) -> Iterator[list[str]]:  # noqa: D102
        for piece in pieces:
            yield list(piece.encode().decode("latin-1"))

    def join(self, tokens: Iterable[str]) -> str:  # noqa: D102
        return "".join(tokens).encode("latin-1").decode(errors="replace")


TOKENIZERS: dict[str, Tokenizer] = {
    each.name: each for each in (Characters(), Words(), WordsAndSigns(), SpacedWords(), Bytes())
}
"""The tokenizers by name."""


def tokenizer(name: str) -> Tokenizer:
    """Return a tokenizer by its name. Raises UnknownNameError."""
    if name not in TOKENIZERS:
        raise UnknownNameError("tokenizer", name, TOKENIZERS)
    return TOKENIZERS[name]


@cache
def _compiled(pattern: str) -> Any:
    return from_extra("regex", "text").compile(pattern)


def _matches(pattern: str, pieces: Iterable[str]) -> Iterator[list[str]]:
    """Yield the matches of a pattern that covers the text without gaps.

    The last two matches are held back until more text follows, because they may be longer then: ``don`` and ``'`` are
    followed by ``t``.
    """
    find, held = _compiled(pattern).findall, ""
    for piece in pieces:
        found = find(held + piece)
        held = "".join(found[-2:])
        if found[:-2]:
            yield found[:-2]
    if held:
        yield find(held)
