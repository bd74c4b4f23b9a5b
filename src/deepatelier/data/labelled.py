"""Pictures with what is to be told of them, in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import torch
from torch import Tensor

__all__ = ["Dataset", "Labelled"]


@dataclass(frozen=True)
class Labelled:
    """Pictures and their targets.

    Attributes:
        images: (N, C, H, W): bytes, levels of 0 to 255; or float32, values as a network takes them.
        targets: The number of each picture's class, (N,) int64; or the values to be told of it, (N, K) float32.
        names: Where each comes from; empty where only its number says so.
    """

    images: Tensor
    targets: Tensor
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)

    def take(self, indices: Tensor) -> Labelled:
        """Those of these numbers, in their order."""
        names = tuple(self.names[index] for index in indices.tolist()) if self.names else ()
        return Labelled(self.images[indices], self.targets[indices], names)

    def pixels(self, indices: Tensor | slice = slice(None)) -> Tensor:
        """Some of the pictures, float32, levels of 0 to 255 as values in [0, 1]."""
        images = self.images[indices]
        return images.float() / 255 if images.dtype == torch.uint8 else images

    def sha256(self) -> str:
        """Of all pictures and targets."""
        digest = hashlib.sha256()
        for tensor in (self.images, self.targets):
            digest.update(repr(tuple(tensor.shape)).encode())
            digest.update(tensor.contiguous().numpy().data)
        return digest.hexdigest()


@dataclass(frozen=True)
class Dataset:
    """Pictures to learn from, and those to be judged by.

    Attributes:
        name: Its name or its folder's.
        train: To learn from; the validation pictures are taken from them, and the test pictures if ``test`` is None.
        test: To be judged by once, at the end.
        classes: The names of the classes, in the order of their numbers; empty if values are to be told.
        values: The names of the values to be told of a picture; empty if there are classes.
        skipped: What is wrong with pictures that could not be used.
    """

    name: str
    train: Labelled
    test: Labelled | None
    classes: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of a picture."""
        channels, height, width = self.train.images.shape[1:]
        return channels, height, width

    def only(self, classes: tuple[int, ...]) -> Dataset:
        """The pictures of some classes, which are numbered anew."""
        number = torch.full((len(self.classes),), -1)
        number[list(classes)] = torch.arange(len(classes))

        def of(part: Labelled) -> Labelled:
            kept = part.take((number[part.targets] >= 0).nonzero()[:, 0])
            return replace(kept, targets=number[kept.targets])

        test = None if self.test is None else of(self.test)
        return replace(self, train=of(self.train), test=test, classes=tuple(self.classes[each] for each in classes))
