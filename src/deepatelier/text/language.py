"""Trained language models with all that is needed to use them."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deepatelier.errors import OptionError, UnknownNameError, WeightsError
from deepatelier.inputs import Input
from deepatelier.text.tokenizers import Bytes, Characters, SpacedWords, Tokenizer
from deepatelier.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from deepatelier.networks.recurrent.language_model import LanguageModel

__all__ = ["LOSSLESS", "START", "Language", "characters_in", "joined"]

START = "<start>"
"""The input at the start of a document. It is never predicted."""

LOSSLESS: dict[str, Tokenizer] = {"characters": Characters(), "words": SpacedWords(), "bytes": Bytes()}
"""The tokenizers of language models, whose joining is the inverse of splitting, by name."""


@dataclass(frozen=True)
class Language:
    """A language model with its tokens.

    Attributes:
        source: The name of its run or text, and the sha256 of its weights or text.
        network: The network, in evaluation mode.
        vocabulary: The tokens.
        tokenizer: Splits text into them; one of `LOSSLESS`.
        labels: The names of the classes; empty if it has none.
    """

    source: Input
    network: LanguageModel
    vocabulary: Vocabulary
    tokenizer: Tokenizer
    labels: tuple[str, ...] = ()

    @classmethod
    def open(cls, folder: Path) -> Language:
        """Open a language model by its run folder or weights file.

        Raises:
            InputError: There is none.
            WeightsError: The file is damaged.
        """
        from deepatelier.networks.sequence_models import load_sequence_model, run_input

        network, model = load_sequence_model(folder, "language-model")
        about = model.about
        try:
            vocabulary = Vocabulary(tuple(map(str, about["vocabulary"])))
            labels = tuple(map(str, about["labels"]))
            tokenizer = LOSSLESS[str(about["tokens"])]
        except (KeyError, TypeError) as error:
            raise WeightsError(f"The metadata in {folder} are invalid. They are damaged.") from error
        if len(vocabulary) != model.options.get("tokens") or START not in vocabulary.numbers:
            raise WeightsError(f"The vocabulary in {folder} does not fit the network. The file is damaged.")
        return cls(run_input(folder), network, vocabulary, tokenizer, labels)

    @property
    def name(self) -> str:
        """The name of its run or text."""
        return self.source.name

    def label(self, name: str | None) -> int | None:
        """Return the number of a class; None for a network without classes.

        Raises:
            UnknownNameError: There is no such class.
            OptionError: A class is missing, or given to a network without classes.
        """
        if not self.labels:
            if name is not None:
                raise OptionError(
                    f"{self.name} has no classes. Leave --label out, or train with --condition label on texts in "
                    "classes."
                )
            return None
        if name is None:
            few = ", ".join(self.labels[:6]) + (", …" if len(self.labels) > 6 else "")
            raise OptionError(f"{self.name} writes in the manner of a class. Give one of its --label: {few}.")
        if name not in self.labels:
            raise UnknownNameError("class of texts", name, self.labels)
        return self.labels.index(name)


def characters_in(token: str, tokens: str) -> int:
    """Return how many characters of a text a token has: 1; the length of a word; 0 or 1 for a byte of UTF-8.

    Args:
        token: The token.
        tokens: The name of its tokenizer.
    """
    if tokens == Bytes.name:
        return int(not 0x80 <= ord(token) < 0xC0)  # the other bytes of a character continue it
    return 1 if tokens == Characters.name else len(token)


def joined(tokens: Iterable[str], tokenizer: Tokenizer) -> Iterator[str]:
    """Yield the text of each token as soon as it is complete: that of bytes with the last byte of a character."""
    if tokenizer.name != Bytes.name:
        yield from tokens
        return
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    for token in tokens:
        yield decoder.decode(token.encode("latin-1"))
    yield decoder.decode(b"", final=True)
