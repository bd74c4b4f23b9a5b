"""The universal painter, as `FastPainter`: any painting, without training and without torch."""

from __future__ import annotations

from collections.abc import Sequence

from deepatelier.images import Picture, Pixels
from deepatelier.inputs import Input
from deepatelier.jobs import Runtime
from deepatelier.painters.fast_style_job import FastStyleOptions
from deepatelier.painters.matching_features import prepare
from deepatelier.painters.universal_painter import largest, paint

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
        self._options = options
        prepare()
        longest = min(int(options.stroke_scale * (options.style_size or options.size)), largest(options.size))
        self._paintings = [painting.array(painting.fitted(longest), options.resampling) for painting in paintings]

    def paint(self, photo: Pixels, weights: Sequence[float]) -> Pixels:
        """See `FastPainter`."""
        used = [(painting, weight) for painting, weight in zip(self._paintings, weights, strict=True) if weight]
        paintings, shares = zip(*used, strict=True)
        return paint(photo, paintings, shares, strength=self._options.strength, seed=self._options.seed)
