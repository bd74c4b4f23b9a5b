"""Batches of texts of different lengths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from deepatelier.networks.recurrent.text_classifier import Texts
from deepatelier.training.batches import generator_of

__all__ = ["PaddedBatches"]

_ORDER = 20
"""The purpose of the random numbers."""

_POOL = 32
"""The number of batches whose texts are sorted by length, so that texts in a batch have similar lengths."""


class PaddedBatches:
    """Batches of texts and their classes; see `deepatelier.training.fit.BatchSource`.

    Args:
        texts: The numbers of the tokens of each text, (T,).
        targets: The class index of each text, (N,).
        size: The number of texts in a batch.
        device: The device of the network.
        seed: The seed of the order, in an epoch of training; None keeps the order.
    """

    def __init__(
        self, texts: Sequence[Tensor], targets: Tensor, size: int, device: torch.device, seed: int | None = None
    ) -> None:
        self._texts, self._targets, self._size, self._device, self._seed = texts, targets, size, device, seed

    def __len__(self) -> int:
        return -(-len(self._texts) // self._size)

    def __iter__(self) -> Iterator[tuple[Texts, Tensor]]:
        return self.epoch(0)

    def epoch(self, number: int, start: int = 0) -> Iterator[tuple[Texts, Tensor]]:
        """Yield the batches of an epoch; see `deepatelier.training.fit.BatchSource`."""
        for chosen in self._indices(number)[start:]:
            texts = Texts.padded([self._texts[index] for index in chosen.tolist()], self._device)
            yield texts, self._targets[chosen].to(self._device)

    def _indices(self, number: int) -> list[Tensor]:
        """Return the indices of each batch of an epoch."""
        count = len(self._texts)
        if self._seed is None:
            return list(torch.split(torch.arange(count), self._size))
        generator = generator_of(self._seed, number, _ORDER)
        lengths = torch.tensor([len(text) for text in self._texts])
        order = torch.randperm(count, generator=generator)
        pools = [pool[lengths[pool].argsort(stable=True)] for pool in torch.split(order, _POOL * self._size)]
        batches = [batch for pool in pools for batch in torch.split(pool, self._size)]
        return [batches[index] for index in torch.randperm(len(batches), generator=generator).tolist()]
