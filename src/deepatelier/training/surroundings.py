"""Batches of words with the words around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count

import numpy as np
import torch
from torch import Tensor

from deepatelier.data import EncodedText
from deepatelier.training.batches import generator_of
from deepatelier.training.tasks.negative_sampling import Surroundings

__all__ = ["SurroundingsOf", "keep_probabilities"]

_CHUNK = 128
"""The number of words in a row that belong to the same part, training or validation."""

_NOISE = 256
"""The number of noise words that the pairs of a batch share."""

_NOISE_POWER = 0.75
"""The exponent of the words' frequencies in the distribution of noise words."""

_CPU = torch.device("cpu")

_PARTS, _ORDER = range(10, 12)
"""The purposes of random numbers."""


def keep_probabilities(counts: Sequence[int], threshold: float) -> Tensor:
    """Return the probability min(1, √(t/f) + t/f) with which each occurrence of a word is kept in an epoch, (words,).

    Source: the program word2vec of Mikolov et al. (2013). Their paper has 1 − √(t/f) for the probability of leaving a
    word out.

    Args:
        counts: How often each word occurs; f is the count divided by the sum.
        threshold: t. 0 keeps all words.
    """
    frequencies = torch.tensor(counts, dtype=torch.float64) / max(1, sum(counts))
    if not threshold:
        return torch.ones(len(counts))
    ratio = threshold / frequencies.clamp(min=1e-30)
    return (ratio.sqrt() + ratio).clamp(max=1).float()


@dataclass(frozen=True)
class SurroundingsOf:
    """The batches of a text: random words, with the words around them; see `deepatelier.training.fit.BatchSource`.

    In each epoch, frequent words are left out at random. Then each word that is kept is a center once, and its contexts
    are the words within a distance that is drawn for it from 1 to the window. The text is read in blocks, whose order
    is random, and so is that of the centers in a block. Noise words are drawn in proportion to (count)^0.75.

    Source: Mikolov et al., 'Distributed Representations of Words and Phrases and their Compositionality' (2013),
    sections 2.2 and 2.3.

    Attributes:
        text: The text.
        counts: How often each word of the vocabulary occurs.
        window: The maximum distance.
        size: The number of centers in a batch, on average.
        subsample: The threshold t of `keep_probabilities`.
        validation: The fraction of the text that is held out, in chunks of 128 words.
        held_out: Whether the batches are of that part.
        seed: The seed of all random numbers.
        device: The device of the batches.
    """

    text: EncodedText
    counts: Sequence[int]
    window: int
    size: int
    subsample: float
    validation: float
    held_out: bool
    seed: int
    device: torch.device = _CPU

    @cached_property
    def _keep(self) -> Tensor:
        return keep_probabilities(self.counts, self.subsample)

    @cached_property
    def _noise(self) -> Tensor:
        """The cumulative distribution of noise words, (words,)."""
        weights = torch.tensor(self.counts, dtype=torch.float64) ** _NOISE_POWER
        return (weights / weights.sum()).cumsum(0)

    @cached_property
    def _batches(self) -> list[int]:
        """The number of batches of each block: that of the centers that are kept on average, by the batch size."""
        expected = [self._keep[self._words(block)].sum().item() for block in range(self.text.blocks)]
        return [max(1, round(each / self.size)) if each else 0 for each in expected]

    def __len__(self) -> int:
        return sum(self._batches)

    def __iter__(self) -> Iterator[Surroundings]:
        return self.epoch(0)

    def epoch(self, number: int, start: int = 0) -> Iterator[Surroundings]:
        """Yield the batches of an epoch; see `deepatelier.training.fit.BatchSource`."""
        generator = generator_of(self.seed, number, _ORDER)
        index = count()
        for block in torch.randperm(self.text.blocks, generator=generator).tolist():
            if not self._batches[block]:
                continue
            words = self._words(block)
            words = words[torch.rand(len(words), generator=generator) < self._keep[words]]
            order = torch.randperm(len(words), generator=generator)
            distances = torch.randint(1, self.window + 1, (len(words),), generator=generator)
            for places in order.tensor_split(self._batches[block]):
                drawn = torch.rand(_NOISE, dtype=torch.float64, generator=generator)
                if next(index) < start:
                    continue
                noise = torch.searchsorted(self._noise, drawn).clamp(max=len(self.counts) - 1)
                batch = (words[places], *self._around(words, places, distances), noise)
                yield Surroundings(*(each.to(self.device) for each in batch))

    def _around(self, words: Tensor, places: Tensor, distances: Tensor) -> tuple[Tensor, Tensor]:
        """Return the words around places, and for each of them the index of its place."""
        offsets = torch.cat([torch.arange(-self.window, 0), torch.arange(1, self.window + 1)])
        at = places[:, None] + offsets
        near = (offsets.abs() <= distances[places][:, None]) & (at >= 0) & (at < len(words))
        return words[at[near]], near.nonzero()[:, 0]

    def _words(self, block: int) -> Tensor:
        """Return the words of this part in a block, (words,)."""
        words = torch.from_numpy(self.text.block(block).astype(np.int64))
        if not self.validation:
            return words[: 0 if self.held_out else None]
        chunks = -(-len(words) // _CHUNK)
        chosen = torch.rand(chunks, generator=generator_of(self.seed, block, _PARTS)) < self.validation
        return words[chosen.repeat_interleave(_CHUNK)[: len(words)] == self.held_out]
