"""A painter of ``atelier train-painter``, as `FastPainter`."""

from __future__ import annotations

from collections.abc import Sequence

from deepatelier.devices import choose_device, choose_precision, fastest, precision_name
from deepatelier.images import Picture, Pixels, to_array, to_tensor
from deepatelier.jobs import Runtime
from deepatelier.painters.fast_painter import TRIALS, part_of
from deepatelier.painters.fast_style_job import FastStyleOptions
from deepatelier.painters.trained_painters import load_painter

__all__ = ["TrainedStyle"]


class TrainedStyle:
    """A trained painter, prepared for some of the paintings it was trained on.

    Args:
        paintings: The style images.
        options: The painter's file, its device and its precision.

    Raises:
        OptionError: There is no such painter, it was not trained on one of the paintings, or the device cannot be used.
        WeightsError: The painter's file is damaged.
    """

    runtime: Runtime = "torch"

    def __init__(self, paintings: Sequence[Picture], options: FastStyleOptions) -> None:
        assert options.painter is not None
        self._painter = load_painter(options.painter)
        self._styles = [self._painter.style_of(painting) for painting in paintings]
        self._device = choose_device(options.device)
        self._dtype = choose_precision(options.precision, self._device)
        self._seed = options.seed
        self.inputs = {"painter": self._painter.file}
        self.device, self.precision = str(self._device), precision_name(self._dtype)

    def paint(self, photo: Pixels, weights: Sequence[float]) -> Pixels:
        """See `FastPainter`."""
        shares: dict[int, float] = {}
        for style, weight in zip(self._styles, weights, strict=True):
            if weight:
                shares[style] = shares.get(style, 0.0) + weight
        return to_array(self._painter.paint(to_tensor(photo), shares, self._device, self._dtype, self._seed))

    def expected(self, photo: Pixels, weights: Sequence[float]) -> tuple[int, float]:
        """See `FastPainter`."""
        part = part_of(photo)
        seconds = fastest(lambda: self.paint(part, weights), TRIALS, self._device)
        height, width = photo.shape[:2]
        return self._painter.memory((height, width), self._dtype), seconds * photo.size / part.size
