"""The interface of the painters to fast style transfer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from deepatelier.images import Pixels
from deepatelier.inputs import Input
from deepatelier.jobs import Runtime

__all__ = ["TRIALS", "FastPainter", "part_of"]

TRIALS = 2
"""How often a part is painted for an estimate of the time; the fastest counts, so that loading a network does not."""


def part_of(image: Pixels) -> Pixels:
    """Return the upper left quarter of an image, as a trial for an estimate of the time."""
    return image[: -(-image.shape[0] // 2), : -(-image.shape[1] // 2)]


class FastPainter(Protocol):
    """What paints photographs in the style of the paintings for which it was prepared."""

    @property
    def inputs(self) -> Mapping[str, Input]:
        """The files it was given besides the pictures, by their role."""

    @property
    def device(self) -> str:
        """The device it runs on."""

    @property
    def precision(self) -> str:
        """The number format it computes in."""

    @property
    def runtime(self) -> Runtime:
        """The library that runs it."""

    def paint(self, photo: Pixels, weights: Sequence[float]) -> Pixels:
        """Return a photograph, (H, W, 3), in the paintings' styles.

        Args:
            photo: The photograph, (H, W, 3), sRGB in [0, 1].
            weights: The weight of each painting; they sum to 1. The universal painter gives shares of the result, a
                trained one mixes the styles.

        Raises:
            MemoryLimitError: It would need more memory than is free.
        """

    def expected(self, photo: Pixels, weights: Sequence[float]) -> tuple[int, float]:
        """Return the memory in bytes and the seconds that `paint` needs. Paints a part of the photograph as a trial."""
