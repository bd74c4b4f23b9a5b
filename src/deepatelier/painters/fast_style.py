"""Fast style transfer: by the universal painter or a trained one, without optimisation of pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepatelier.images import Picture, Pixels, to_tensor
from deepatelier.inputs import Input
from deepatelier.jobs import Measures, numbered
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
        if self.options.mask is None:
            painted = self.painter.paint(photo, self._weights({s.painting: s.weight for s in self._styles}))
        else:
            painted = np.zeros_like(photo)
            for style in self._styles:
                where = style.where_at(self.size)
                assert where is not None
                own = (
                    photo if style.painting is None else self.painter.paint(photo, self._weights({style.painting: 1.0}))
                )
                painted += where[..., None] * own
        return recolored(painted, photo) if self.options.colors == "photo" else painted

    def measures(self, image: Pixels) -> Measures:
        """Return those of `transfer_measures` for a finished picture if the option ``measure`` is set, else none."""
        if not self.options.measure:
            return {}
        from deepatelier.synthesis.style.transfer_measures import transfer_measures  # here: it needs torch

        longest, resampling = self.options.size, self.options.resampling
        photo = self.photo.tensor(self.size, resampling)
        paintings = [each.tensor(each.fitted(longest), resampling) for each in self._paintings]
        return transfer_measures(to_tensor(image), photo, paintings, self._styles, self.options.device)

    def _weights(self, of: dict[int | None, float]) -> list[float]:
        """Return a weight for each painting, 0 for those that are not given."""
        return [of.get(number, 0.0) for number in range(len(self._paintings))]


def _painter(paintings: Sequence[Picture], options: FastStyleOptions) -> FastPainter:
    if options.painter is None:
        from deepatelier.painters.universal_style import UniversalStyle

        return UniversalStyle(paintings, options)
    from deepatelier.painters.trained_style import TrainedStyle  # here: it needs torch

    return TrainedStyle(paintings, options)
