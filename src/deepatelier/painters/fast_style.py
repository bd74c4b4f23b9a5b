"""Fast style transfer: a single forward pass of a trained painter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import torch
from torch import Tensor

from deepatelier.devices import choose_device, choose_precision
from deepatelier.images import Picture
from deepatelier.inputs import Input
from deepatelier.jobs import Measures, State, numbered
from deepatelier.painters.fast_style_job import FastStyleOptions
from deepatelier.painters.trained_painters import load_painter
from deepatelier.synthesis.engine.synthesize import Step
from deepatelier.synthesis.style.chosen_styles import as_paintings, chosen_styles
from deepatelier.synthesis.style.luminance import recolored
from deepatelier.synthesis.style.regions import mask_at
from deepatelier.synthesis.style.transfer_measures import check_measurable, transfer_measures

__all__ = ["FastStyle"]


class FastStyle:
    """A `Recipe` without steps: one forward pass of a painter over the photograph.

    Args:
        photo: The content image.
        paintings: The style images. The painter has to have been trained on them.
        options: See `FastStyleOptions`.

    Raises:
        OptionError: There is no such painter, it was not trained on one of the paintings, the device cannot be used, or
            paintings, weights and mask do not match.
        WeightsError: The painter's file is damaged.
    """

    planned = 0
    resumable = False

    def __init__(self, photo: Picture, paintings: Picture | Sequence[Picture], options: FastStyleOptions) -> None:
        several = self._paintings = as_paintings(paintings)
        self.options, self.photo = options, photo
        self._painter = load_painter(options.painter)
        self._known = [self._painter.style_of(painting) for painting in several]
        self._styles, masks = chosen_styles(several, options.style_weights, options.mask)
        self.inputs = {"photo": Input.of(photo), **numbered("painting", map(Input.of, several)), **masks}
        if options.painter:
            self.inputs["painter"] = self._painter.file
        if options.measure:
            check_measurable({"photograph": [photo.fitted(options.size)]}, options.device)
        _ = self.device

    @cached_property
    def device(self) -> torch.device:
        """The device it runs on."""
        return choose_device(self.options.device)

    @cached_property
    def precision(self) -> torch.dtype:
        """The dtype of the painter."""
        return choose_precision(self.options.precision, self.device)

    @property
    def bits(self) -> int:
        """The useful bit depth of the result: that of the photograph; with bfloat16 it is 8."""
        return self.photo.bits if self.precision == torch.float32 else 8

    def alpha(self) -> Tensor | None:
        """Return the photograph's transparency at the result's size, (1, 1, H, W)."""
        return self.photo.alpha(self.photo.fitted(self.options.size), self.options.resampling)

    def initial(self) -> Tensor:
        """Return the stylised picture, (1, 3, H, W)."""
        size = self.photo.fitted(self.options.size)
        photo = self.photo.tensor(size, self.options.resampling)
        if self.options.mask is None:
            weights: dict[int, float] = {}
            for style in self._styles:
                assert style.painting is not None
                known = self._known[style.painting]
                weights[known] = weights.get(known, 0.0) + style.weight
            painted = self._painter.paint(photo, weights, self.device, self.precision)
        else:
            painted = torch.zeros_like(photo, device=self.device)
            for style in self._styles:
                own = photo
                if style.painting is not None:
                    own = self._painter.paint(photo, {self._known[style.painting]: 1.0}, self.device, self.precision)
                assert style.where is not None
                painted += (mask_at(style.where, size) * own.cpu()).to(self.device)
        return recolored(painted.cpu(), photo) if self.options.colors == "photo" else painted

    def steps(self, state: State | None = None) -> Iterator[Step]:  # noqa: ARG002
        """Return no steps."""
        return iter(())

    def finished(self, image: Tensor) -> Tensor:
        """Return the picture itself."""
        return image

    def losses(self, image: Tensor) -> dict[str, float]:  # noqa: ARG002
        """Return no losses: nothing is optimised, and computing them would take longer than the forward pass."""
        return {}

    def measures(self, image: Tensor) -> Measures:
        """Return the painter's name; with the option ``measure`` also the measures of `transfer_measures`."""
        painter: Measures = {"painter": self._painter.file.sha256[:12]}
        if not self.options.measure:
            return painter
        size, resampling = (image.shape[-2], image.shape[-1]), self.options.resampling
        photo = self.photo.tensor(size, resampling)
        paintings = [each.tensor(each.fitted(self.options.size), resampling) for each in self._paintings]
        return painter | transfer_measures(image, photo, paintings, self._styles, self.options.device)
