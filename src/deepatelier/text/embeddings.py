"""Vectors of words, and what can be asked of them: neighbours and analogies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier.errors import InputError, OptionError, UnknownNameError
from deepatelier.networks import WEIGHTS_NAME
from deepatelier.text.vocabulary import Vocabulary

__all__ = ["Embeddings", "Neighbour"]

_VECTORS, _VOCABULARY = "vectors", "vocabulary"


class Neighbour(NamedTuple):
    """A word near another one: the word, and the cosine between their vectors, in [−1, 1]."""

    word: str
    cosine: float


@dataclass(frozen=True)
class Embeddings:
    """A vector for each token of a vocabulary.

    Attributes:
        vectors: (vocabulary, dimensions), float32.
        vocabulary: The vocabulary, the most frequent tokens first.
    """

    vectors: Tensor
    vocabulary: Vocabulary

    def neighbours(self, word: str, count: int = 10, among: int | None = None) -> list[Neighbour]:
        """Return the words whose vectors have the largest cosines with that of a word, the nearest first.

        Args:
            word: The word.
            count: The number of neighbours.
            among: The number of most frequent words among which they are; None takes all.

        Raises:
            UnknownNameError: The word is not in the vocabulary.
        """
        number = self._number(word)
        return self._nearest(self.vectors[number], count, among, [number])

    def analogy(self, first: str, second: str, third: str, count: int = 5, among: int | None = None) -> list[Neighbour]:
        """Return the words that are to the third as the second is to the first.

        They have the largest cosines with x_second − x_first + x_third, where each vector x has the length 1. The three
        words themselves are left out.

        Source: Mikolov, Yih and Zweig, 'Linguistic Regularities in Continuous Space Word Representations' (2013),
        section 4.

        Args:
            first, second, third: The words.
            count, among: See `neighbours`.

        Raises:
            UnknownNameError: A word is not in the vocabulary.
        """
        numbers = [self._number(word) for word in (first, second, third)]
        a, b, c = torch.nn.functional.normalize(self.vectors[numbers], dim=1)
        return self._nearest(b - a + c, count, among, numbers)

    def ranks(self, pairs: Sequence[tuple[str, str]], among: int) -> list[tuple[int, int]]:
        """Return how near the words of pairs are to each other.

        Args:
            pairs: Pairs of words.
            among: The number of most frequent words that are compared.

        Returns:
            For each pair, the place of the second word among the neighbours of the first, from 1, and that of the first
            among those of the second.

        Raises:
            UnknownNameError: A word is not in the vocabulary.
            OptionError: A word is not among the most frequent ones.
        """
        chosen = self._chosen(among)
        place = {number: row for row, number in enumerate(chosen.tolist())}
        unit = torch.nn.functional.normalize(self.vectors[chosen], dim=1)
        found = []
        for pair in pairs:
            numbers = [self._number(word) for word in pair]
            for word, number in zip(pair, numbers, strict=True):
                if number not in place:
                    raise OptionError(f"{word!r} is not among the {among} most frequent words. Compare more words.")
            first, second = (place[number] for number in numbers)
            found.append((_rank(unit, first, second), _rank(unit, second, first)))
        return found

    def _number(self, word: str) -> int:
        numbers = self.vocabulary.numbers
        if word not in numbers:
            raise UnknownNameError("word of the vocabulary", word, self.vocabulary.tokens[self._first :])
        return numbers[word]

    @property
    def _first(self) -> int:
        """The number of the first token that is no entry for unknown ones."""
        return int(self.vocabulary.has_unknown)

    def _chosen(self, among: int | None) -> Tensor:
        """Return the numbers of the most frequent words."""
        words = len(self.vocabulary) - self._first
        return torch.arange(self._first, self._first + min(words, among or words))

    def _nearest(self, vector: Tensor, count: int, among: int | None, without: Iterable[int]) -> list[Neighbour]:
        chosen = self._chosen(among)
        chosen = chosen[~torch.isin(chosen, torch.tensor(list(without)))]
        cosines = torch.nn.functional.cosine_similarity(self.vectors[chosen], vector[None])
        values, places = cosines.topk(min(count, len(chosen)))
        words = self.vocabulary.decode(chosen[places].tolist())
        return [Neighbour(*each) for each in zip(words, values.tolist(), strict=True)]

    def to_bytes(self) -> bytes:
        """Return the vectors as a .safetensors file, with the vocabulary in its header."""
        from safetensors.torch import save

        tensors = {_VECTORS: self.vectors.detach().cpu().contiguous()}
        return save(tensors, {_VOCABULARY: self.vocabulary.to_json()})

    @classmethod
    def load(cls, path: Path) -> Embeddings:
        """Read a file of `to_bytes`, or that of a run folder. Raises InputError."""
        from safetensors import SafetensorError, safe_open

        if path.is_dir():
            path = path / WEIGHTS_NAME
        if not path.is_file():
            raise InputError(f"There is no file {path}. Train embeddings with atelier train TEXT --network skipgram.")
        try:
            with safe_open(path, "pt") as file:
                vectors, about = file.get_tensor(_VECTORS).float(), file.metadata() or {}
        except (SafetensorError, OSError) as error:
            raise InputError(f"{path} holds no embeddings, or is damaged ({error}).") from error
        vocabulary = Vocabulary.from_json(about.get(_VOCABULARY, ""))
        if vectors.ndim != 2 or len(vectors) != len(vocabulary):
            raise InputError(f"{path} has {tuple(vectors.shape)} numbers for {len(vocabulary)} words. It was changed.")
        return cls(vectors, vocabulary)


def _rank(unit: Tensor, first: int, second: int) -> int:
    """Return the place of the second row among the neighbours of the first, from 1."""
    cosines = unit @ unit[first]
    nearer = cosines > cosines[second]
    nearer[first] = False
    return int(nearer.sum()) + 1
