"""Batches of pictures in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from deepatelier.data import Labelled

__all__ = ["SMALL", "Batches", "generator_of", "together"]

SMALL = 0.75
"""The factor of height and width in the first epochs of progressive resizing."""

_FLIPS, _ORDER, _CHANGES = range(3)
"""The purposes of random numbers."""

_LEAST, _MOST, _VALUES = 8, 512, 2**23
"""The minimum and maximum batch size in evaluation, and the maximum number of values in a batch."""


class Batches:
    """Batches of pictures and targets.

    An epoch depends only on the seed and the epoch's number, so a resumed training equals one without interruption.
    Each of several processes gets its share of each batch.

    Args:
        data: The pictures and targets.
        size: The number of pictures in a batch, over all processes.
        device: The device that holds all pictures.
        shuffled: Whether each epoch has a random order. Pictures that do not fill a batch are then left out of the
            epoch.
        seed: The seed of the order and of the augmentation.
        change: The augmentation of a batch of pictures.
        flip: Whether each picture is mirrored in every other epoch, from a random start (Jordan, 2024, section 3.6).
        scale: The factor of height and width in an epoch, from 0.
        rank: The rank of this process.
        processes: The number of processes.
    """

    def __init__(
        self,
        data: Labelled,
        size: int,
        device: torch.device,
        *,
        shuffled: bool = False,
        seed: int = 0,
        change: Callable[[Tensor], Tensor] | None = None,
        flip: bool = False,
        scale: Callable[[int], float] = lambda _epoch: 1.0,
        rank: int = 0,
        processes: int = 1,
    ) -> None:
        self._data = Labelled(data.images.to(device), data.targets.to(device))
        self._size, self._shuffled, self._seed, self._scale = size, shuffled, seed, scale
        self._change, self._rank, self._processes = change, rank, processes
        flips = generator_of(seed, 0, _FLIPS)
        self._flipped = torch.randint(2, (len(data),), generator=flips) if flip else None

    def __len__(self) -> int:
        whole, rest = divmod(len(self._data), self._size)
        return whole if self._shuffled and whole else whole + bool(rest)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        return self.epoch(0)

    def epoch(self, number: int, start: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the batches of an epoch; see `deepatelier.training.fit.BatchSource`."""
        count, scale = len(self._data), self._scale(number)
        order = torch.arange(count)
        if self._shuffled:
            order = torch.randperm(count, generator=generator_of(self._seed, number, _ORDER))
            if not start:
                torch.manual_seed(generator_of(self._seed, number, _CHANGES + self._rank).initial_seed())
        for first in range(start * self._size, len(self) * self._size, self._size):
            indices = order[first : first + self._size][self._rank :: self._processes]
            images = self._data.pixels(indices)
            if self._flipped is not None:
                mirrored = ((self._flipped[indices] + number) % 2 == 1).view(-1, 1, 1, 1).to(images.device)
                images = torch.where(mirrored, images.flip(-1), images)
            if self._change is not None:
                images = self._change(images)
            if images.ndim == 4:
                images = images.contiguous(memory_format=torch.channels_last)
            if scale != 1:
                images = nn.functional.interpolate(images, scale_factor=scale, mode="bilinear", antialias=True)
            yield images, self._data.targets[indices]


def together(data: Labelled) -> int:
    """Return the batch size in evaluation: 512 small pictures, or fewer large ones to limit the memory."""
    return max(_LEAST, min(_MOST, _VALUES // data.images.shape[1:].numel()))


def generator_of(seed: int, epoch: int, purpose: int) -> torch.Generator:
    """Return the random generator of a purpose in an epoch."""
    words = f"{seed} {epoch} {purpose}".encode()
    return torch.Generator().manual_seed(int.from_bytes(hashlib.sha256(words).digest()[:7]))
