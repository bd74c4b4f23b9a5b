"""Batches of sources and targets of similar lengths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from deepatelier.training.batches import generator_of
from deepatelier.training.tasks.next_token import IGNORED
from deepatelier.training.tasks.translation import SourcesAndTargets

__all__ = ["PairBatches"]

_ORDER, _CHANGES = range(2)
"""The purposes of random numbers."""


class PairBatches:
    """Batches of pairs, sorted by the length of the source and then of the target, so that there is little padding.

    In training, each epoch sorts pairs of equal lengths in a random order, and takes the batches in a random order. An
    epoch depends only on the seed and its number.

    Args:
        sources: The numbers of the tokens of each source, with the end.
        targets: The same for targets.
        size: The number of pairs in a batch.
        start: The number of the token that precedes the first one of a target.
        device: Where the batches are.
        shuffled: Whether each epoch has an order of its own.
        seed: The seed of the order.
    """

    def __init__(
        self,
        sources: Sequence[Sequence[int]],
        targets: Sequence[Sequence[int]],
        size: int,
        start: int,
        device: torch.device,
        *,
        shuffled: bool = False,
        seed: int = 0,
    ) -> None:
        self._sources = [torch.tensor(each) for each in sources]
        self._targets = [torch.tensor(each) for each in targets]
        self._size, self._start, self._device, self._shuffled, self._seed = size, start, device, shuffled, seed
        self._lengths = [(len(source), len(target)) for source, target in zip(sources, targets, strict=True)]

    def __len__(self) -> int:
        return -(-len(self._sources) // self._size)

    def __iter__(self) -> Iterator[SourcesAndTargets]:
        return self.epoch(0)

    def epoch(self, number: int, start: int = 0) -> Iterator[SourcesAndTargets]:
        """Yield the batches of an epoch; see `deepatelier.training.fit.BatchSource`."""
        order = torch.arange(len(self._sources))
        batches = torch.arange(len(self))
        if self._shuffled:
            generator = generator_of(self._seed, number, _ORDER)
            order = torch.randperm(len(order), generator=generator)
            batches = torch.randperm(len(batches), generator=generator)
            if not start:
                torch.manual_seed(generator_of(self._seed, number, _CHANGES).initial_seed())
        by_length = sorted(order.tolist(), key=self._lengths.__getitem__)
        for batch in batches[start:].tolist():
            yield self._batch(by_length[batch * self._size : (batch + 1) * self._size])

    def _batch(self, indices: list[int]) -> SourcesAndTargets:
        targets = _padded([self._targets[index] for index in indices], IGNORED)
        before = targets.roll(1, dims=1).clamp_min(0)  # what follows after the end has no effect
        before[:, 0] = self._start
        sources = [self._sources[index] for index in indices]
        lengths = torch.tensor([len(each) for each in sources])
        tensors = (_padded(sources, 0), lengths, before, targets)
        return SourcesAndTargets(*(each.to(self._device) for each in tensors))


def _padded(rows: list[Tensor], value: int) -> Tensor:
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=value)
