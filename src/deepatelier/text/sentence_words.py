"""Words and punctuation of a sentence, with the spaces before them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from deepatelier.text.tokenizers import Tokenizer

__all__ = ["SPACE", "SentenceWords"]

SPACE = "▁"
"""The first character of a token that follows after a space."""

_TOKEN = re.compile(rf"{SPACE}?(?:\w+(?:['’]\w+)*|[^\w\s])")


class SentenceWords(Tokenizer):
    """Words as they are written, and punctuation marks. A token that follows after a space begins with ``▁``.

    A text begins as if after a space, and joining is the inverse of splitting, but for spaces in a row and at the ends:
    ``He said: "No."`` is ``▁He ▁said : ▁" No . "``.

    Source: Kudo and Richardson, 'SentencePiece' (2018), section 3.2, for the mark; it splits words further.
    """

    name = "sentence-words"

    def stream(self, pieces: Iterable[str]) -> Iterator[list[str]]:
        """See `Tokenizer`. Yields the tokens of the whole text at once: it is for sentences."""
        words = "".join(pieces).replace(SPACE, "_").split()
        if words:
            yield _TOKEN.findall(SPACE + SPACE.join(words))

    def join(self, tokens: Iterable[str]) -> str:  # noqa: D102
        return "".join(tokens).replace(SPACE, " ").removeprefix(" ")
