"""The universal painter, as `FastPainter`: any painting, without training and without torch."""

from __future__ import annotations

import time
from collections.abc import Sequence

from deepatelier.devices import fastest
from deepatelier.images import Picture, Pixels
from deepatelier.inputs import Input
from deepatelier.jobs import Runtime
from deepatelier.painters.fast_painter import TRIALS, part_of
from deepatelier.painters.fast_style_job import FastStyleOptions
from deepatelier.painters.matching_features import prepare
from deepatelier.painters.universal_painter import cell_of, largest, memory, paint

__all__ = ["UniversalStyle"]


class UniversalStyle:
    """The universal painter, prepared for paintings.

    Args:
        paintings: The style images.
        options: The size of the paintings sets the scale of the strokes; strength and seed.
    """

    device = "cpu"
    precision = "float32"
    runtime: Runtime = "onnxruntime"

    def __init__(self, paintings: Sequence[Picture], options: FastStyleOptions) -> None:
        self.inputs: dict[str, Input] = {}
        self._paintings, self._options = paintings, options
        prepare()

    def paint(self, photo: Pixels, weights: Sequence[float]) -> Pixels:
        """See `FastPainter`."""
        paintings, shares = self._used(weights)
        return paint(photo, paintings, shares, strength=self._options.strength, seed=self._options.seed)

    def expected(self, photo: Pixels, weights: Sequence[float]) -> tuple[int, float]:
        """See `FastPainter`. The trial has a part of each painting too, to be a certain part of the whole work."""
        began = time.perf_counter()
        paintings, shares = self._used(weights)
        read = time.perf_counter() - began
        parts, cell = [part_of(each) for each in paintings], cell_of(max(photo.shape))
        part = part_of(photo)
        seconds = fastest(lambda: paint(part, parts, shares, cell=cell), TRIALS, self.device)
        return memory(photo, paintings, cell), read + seconds * photo.size / part.size

    def _used(self, weights: Sequence[float]) -> tuple[list[Pixels], list[float]]:
        """Return the paintings with a weight, at the size that sets the scale of the strokes, and their weights."""
        used = [(painting, weight) for painting, weight in zip(self._paintings, weights, strict=True) if weight]
        wanted = int(self._options.stroke_scale * (self._options.style_size or self._options.size))
        longest = min(wanted, largest(self._options.size, len(used)))
        paintings = [each.array(each.fitted(longest), self._options.resampling) for each, _ in used]
        return paintings, [weight for _, weight in used]
