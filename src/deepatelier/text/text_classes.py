"""A trained classifier of texts, in use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from deepatelier.devices import choose_device
from deepatelier.errors import InputError
from deepatelier.networks.recurrent.text_classifier import TextClassifier, Texts
from deepatelier.networks.sequence_models import load_sequence_model
from deepatelier.text.tokenizers import tokenizer
from deepatelier.text.vocabulary import Vocabulary

__all__ = ["TextClasses", "encoded"]

_TOGETHER = 256
"""The number of texts that are computed at once."""


def encoded(texts: list[str], tokens: str, vocabulary: Vocabulary, longest: int) -> list[Tensor]:
    """Return the numbers of the first tokens of each text, (T,). A text without tokens is one unknown token.

    Args:
        texts: The texts.
        tokens: What a text is split into; the name of a tokenizer.
        vocabulary: The vocabulary, with an entry for unknown tokens.
        longest: The maximum number of tokens.
    """
    split = tokenizer(tokens).split
    return [torch.tensor(vocabulary.encode(split(text)[:longest]) or [0]) for text in texts]


@dataclass(frozen=True)
class TextClasses:
    """A classifier with its vocabulary and its classes.

    Attributes:
        network: The network, in evaluation mode.
        tokens: What a text is split into.
        vocabulary: The tokens that it knows.
        classes: The names of the classes.
        longest: The maximum number of tokens that it reads.
        device: Where it is.
    """

    network: TextClassifier
    tokens: str
    vocabulary: Vocabulary
    classes: tuple[str, ...]
    longest: int
    device: torch.device

    @classmethod
    def of(cls, folder: Path, device: str = "auto") -> Self:
        """Return the classifier in a run folder. Raises as `load_sequence_model`."""
        network, model = load_sequence_model(folder, "classify")
        about, place = model.about, choose_device(device)
        return cls(
            network.to(place),
            about["tokens"],
            Vocabulary(tuple(about["vocabulary"])),
            tuple(about["classes"]),
            about["longest"],
            place,
        )

    @torch.no_grad()
    def probabilities(self, texts: list[str]) -> Tensor:
        """Return the probability of each class for each text, (texts, classes)."""
        pieces = [texts[first : first + _TOGETHER] for first in range(0, len(texts), _TOGETHER)]
        return torch.cat([self.network(self.batch(piece)).softmax(dim=1).cpu() for piece in pieces])

    def check(self, text: str) -> None:
        """Raise InputError if a text is empty, or if the training part has none of its tokens."""
        if not text.strip():
            raise InputError("The text is empty. Give a text, or the path of a file with one.")
        known = self.vocabulary.numbers
        if not any(token in known for token in tokenizer(self.tokens).split(text)[: self.longest]):
            raise InputError(f"The training texts have none of the {self.tokens} of {text[:80]!r}. Give another text.")

    def batch(self, texts: list[str]) -> Texts:
        """Return the input of the network for some texts."""
        return Texts.padded(encoded(texts, self.tokens, self.vocabulary, self.longest), self.device)
