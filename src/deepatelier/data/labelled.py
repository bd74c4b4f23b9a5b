"""Pictures or sequences with targets, in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

__all__ = ["Dataset", "Labelled"]


@dataclass(frozen=True)
class Labelled:
    """Pictures and their targets, or sequences and theirs.

    Attributes:
        images: (N, C, H, W): bytes, levels of 0 to 255; or float32, the input of a network. Sequences are
            (N, T, values at each step), float32.
        targets: The class index of each picture, (N,) int64; or the target values of each, (N, K) float32.
        names: The source of each picture; empty if there are only numbers.
    """

    images: Tensor
    targets: Tensor
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)

    @property
    def contains(self) -> Literal["pictures", "sequences"]:
        """What it contains."""
        return "sequences" if self.images.ndim == 3 else "pictures"

    def take(self, indices: Tensor) -> Labelled:
        """Return the pictures with these indices, in this order."""
        names = tuple(self.names[index] for index in indices.tolist()) if self.names else ()
        return Labelled(self.images[indices], self.targets[indices], names)

    def pixels(self, indices: Tensor | slice = slice(None)) -> Tensor:
        """Return some of the pictures in float32. Levels of 0 to 255 are scaled to [0, 1]."""
        images = self.images[indices]
        return images.float() / 255 if images.dtype == torch.uint8 else images

    def sha256(self) -> str:
        """Return the sha256 of all pictures and targets."""
        digest = hashlib.sha256()
        for tensor in (self.images, self.targets):
            digest.update(repr(tuple(tensor.shape)).encode())
            digest.update(tensor.contiguous().numpy().data)
        return digest.hexdigest()


@dataclass(frozen=True)
class Dataset:
    """Training pictures, and optionally test pictures; or sequences.

    Attributes:
        name: Its name or that of its folder.
        train: The training pictures. The validation part is split off from these; so is the test part if there is none.
        test: The test pictures, for one evaluation at the end.
        classes: The names of the classes, in the order of their indices; empty for a regression.
        values: The names of the target values; empty for a classification.
        skipped: The reasons why pictures were skipped.
    """

    name: str
    train: Labelled
    test: Labelled | None
    classes: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """(C, H, W) of a picture; (T, values at each step) of a sequence."""
        return tuple(self.train.images.shape[1:])

    @property
    def contains(self) -> Literal["pictures", "sequences"]:
        """What it contains."""
        return self.train.contains

    def only(self, classes: tuple[int, ...]) -> Dataset:
        """Return the pictures of some classes, with new class indices."""
        number = torch.full((len(self.classes),), -1)
        number[list(classes)] = torch.arange(len(classes))

        def of(part: Labelled) -> Labelled:
            kept = part.take((number[part.targets] >= 0).nonzero()[:, 0])
            return replace(kept, targets=number[kept.targets])

        test = None if self.test is None else of(self.test)
        return replace(self, train=of(self.train), test=test, classes=tuple(self.classes[each] for each in classes))
