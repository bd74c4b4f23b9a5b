"""A pass over pictures in memory, batch by batch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from deepatelier.data import Labelled

__all__ = ["Batches", "together"]

_FLIPS, _ORDER, _CHANGES = range(3)
"""What random numbers are drawn for."""

_LEAST, _MOST, _VALUES = 8, 512, 2**23
"""Pictures and values of a batch where nothing learns."""


class Batches:
    """Batches of pictures and targets, to be gone through once an epoch.

    What an epoch brings depends on the seed and the epoch's number alone, so that a training that was interrupted goes
    on as if it had not been. Several processes each take every so many-th picture of each batch.

    Args:
        data: The pictures.
        size: Pictures in a batch, over all processes.
        device: Where they are; all are kept there.
        shuffled: Whether each epoch has its own order; then pictures that fill no whole batch wait for another epoch.
        seed: Of the order and the changes.
        epoch: Gives the epoch's number when a pass begins.
        change: What is done to a batch of pictures.
        flip: Whether a picture is its mirror image in every other epoch, beginning at random (Jordan, 2024, 3.6).
        rank, processes: Which of how many processes this is.
    """

    def __init__(
        self,
        data: Labelled,
        size: int,
        device: torch.device,
        *,
        shuffled: bool = False,
        seed: int = 0,
        epoch: Callable[[], int] = lambda: 0,
        change: Callable[[Tensor], Tensor] | None = None,
        flip: bool = False,
        rank: int = 0,
        processes: int = 1,
    ) -> None:
        self._data = Labelled(data.images.to(device), data.targets.to(device))
        self._size, self._shuffled, self._seed, self._epoch = size, shuffled, seed, epoch
        self._change, self._rank, self._processes = change, rank, processes
        flips = _generator(seed, 0, _FLIPS)
        self._flipped = torch.randint(2, (len(data),), generator=flips) if flip else None

    def __len__(self) -> int:
        whole, rest = divmod(len(self._data), self._size)
        return whole if self._shuffled and whole else whole + bool(rest)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        epoch, count = self._epoch(), len(self._data)
        order = torch.arange(count)
        if self._shuffled:
            order = torch.randperm(count, generator=_generator(self._seed, epoch, _ORDER))
            torch.manual_seed(_generator(self._seed, epoch, _CHANGES + self._rank).initial_seed())
        for start in range(0, len(self) * self._size, self._size):
            indices = order[start : start + self._size][self._rank :: self._processes]
            images = self._data.pixels(indices)
            if self._flipped is not None:
                mirrored = ((self._flipped[indices] + epoch) % 2 == 1).view(-1, 1, 1, 1).to(images.device)
                images = torch.where(mirrored, images.flip(-1), images)
            if self._change is not None:
                images = self._change(images)
            if images.ndim == 4:
                images = images.contiguous(memory_format=torch.channels_last)
            yield images, self._data.targets[indices]


def together(data: Labelled) -> int:
    """Pictures in a batch where nothing learns: 512 small ones, fewer that are larger, so that memory is bounded."""
    return max(_LEAST, min(_MOST, _VALUES // data.images.shape[1:].numel()))


def _generator(seed: int, epoch: int, purpose: int) -> torch.Generator:
    """Random numbers of their own for each purpose in each epoch."""
    words = f"{seed} {epoch} {purpose}".encode()
    return torch.Generator().manual_seed(int.from_bytes(hashlib.sha256(words).digest()[:7]))
