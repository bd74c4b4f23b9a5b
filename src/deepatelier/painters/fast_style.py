"""Fast style transfer: by the universal painter or a trained one, without optimisation of pixels."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np

from deepatelier.devices import used_memory
from deepatelier.images import Picture, Pixels, to_tensor
from deepatelier.inputs import Input
from deepatelier.jobs import Measures, Plan, numbered
from deepatelier.painters.fast_painter import FastPainter
from deepatelier.painters.fast_style_job import FastStyleOptions
from deepatelier.synthesis.style.chosen_styles import as_paintings, chosen_styles
from deepatelier.synthesis.style.luminance import recolored

__all__ = ["FastStyle"]


class FastStyle:
    """A photograph in the style of paintings, painted once, or once for each region.

    Without the option ``painter``, the universal painter paints, and nothing of it needs torch.

    Args:
        photo: The content image.
        paintings: The style images.
        options: See `FastStyleOptions`.

    Attributes:
        painter: The universal painter, or a trained one.
        inputs: The pictures and files it was given, by their role.

    Raises:
        OptionError: Paintings, weights and mask do not match; there is no such painter, or it was not trained on one of
            the paintings, or the device cannot be used.
        ImageError: The mask cannot be read.
        WeightsError: The painter's file is damaged.
    """

    def __init__(
        self, photo: Picture, paintings: Picture | Sequence[Picture], options: FastStyleOptions | None = None
    ) -> None:
        self.photo, self.options = photo, options or FastStyleOptions()
        several = self._paintings = as_paintings(paintings)
        self._styles, masks = chosen_styles(several, self.options.style_weights, self.options.mask)
        self.painter = _painter(several, self.options)
        pictures = {"photo": Input.of(photo), **numbered("painting", map(Input.of, several)), **masks}
        self.inputs: dict[str, Input] = {**pictures, **self.painter.inputs}
        if self.options.measure:
            from deepatelier.synthesis.style.transfer_measures import check_measurable

            check_measurable({"photograph": [self.size]}, self.options.device)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the result, in pixels."""
        return self.photo.fitted(self.options.size)

    @property
    def bits(self) -> int:
        """The useful bit depth of the result: that of the photograph; with bfloat16 it is 8."""
        return self.photo.bits if self.painter.precision == "float32" else 8

    def alpha(self) -> Pixels | None:
        """Return the photograph's transparency at the result's size, (H, W)."""
        return self.photo.alpha(self.size, self.options.resampling)

    def paint(self) -> Pixels:
        """Return the stylised picture, (H, W, 3), sRGB in [0, 1]."""
        photo = self.photo.array(self.size, self.options.resampling)
        painted = np.zeros_like(photo)
        for where, weights in self._regions():
            painted += where * (self.painter.paint(photo, weights) if any(weights) else photo)
        return recolored(painted, photo) if self.options.colors == "photo" else painted

    def expected(self) -> Plan:
        """Estimate time and memory, from a part of the photograph that is painted for each region as a trial."""
        began = time.perf_counter()
        photo = self.photo.array(self.size, self.options.resampling)
        read, used = time.perf_counter() - began, used_memory(self.painter.device)
        regions = [self.painter.expected(photo, weights) for _, weights in self._regions() if any(weights)]
        memory = used + max(needed for needed, _ in regions)
        return Plan(0, memory, read + sum(seconds for _, seconds in regions), self.size, self.painter.device)

    def measures(self, image: Pixels) -> Measures:
        """Return those of `transfer_measures` for a finished picture if the option ``measure`` is set, else none."""
        if not self.options.measure:
            return {}
        from deepatelier.synthesis.style.transfer_measures import transfer_measures  # here: it needs torch

        longest, resampling = self.options.size, self.options.resampling
        photo = self.photo.tensor(self.size, resampling)
        paintings = [each.tensor(each.fitted(longest), resampling) for each in self._paintings]
        return transfer_measures(to_tensor(image), photo, paintings, self._styles, self.options.device)

    def _regions(self) -> Iterator[tuple[Pixels | float, list[float]]]:
        """Yield where each region is, (H, W, 1) in [0, 1], and the weight of each painting in it.

        Without a mask, everything is one region. In a region that stays as it is in the photograph, all weights are 0.
        """
        if self.options.mask is None:
            yield 1.0, self._weights({style.painting: style.weight for style in self._styles})
            return
        for style in self._styles:
            where = style.where_at(self.size)
            assert where is not None
            yield where[..., None], self._weights({style.painting: 1.0})

    def _weights(self, of: dict[int | None, float]) -> list[float]:
        """Return a weight for each painting, 0 for those that are not given."""
        return [of.get(number, 0.0) for number in range(len(self._paintings))]


def _painter(paintings: Sequence[Picture], options: FastStyleOptions) -> FastPainter:
    if options.painter is None:
        from deepatelier.painters.universal_style import UniversalStyle

        return UniversalStyle(paintings, options)
    from deepatelier.painters.trained_style import TrainedStyle  # here: it needs torch

    return TrainedStyle(paintings, options)
