"""Style transfer at once: a trained painter looks at the photograph once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import torch
from torch import Tensor

from deepatelier.devices import choose_device, choose_precision
from deepatelier.images import Picture
from deepatelier.runs import Input, Measures
from deepatelier.synthesis.engine import State, Step
from deepatelier.synthesis.painters import load_painter
from deepatelier.synthesis.style_options import StyleOptions

__all__ = ["FastStyle"]


class FastStyle:
    """A `Recipe` without steps: the photograph through a painter.

    Args:
        photo: Gives the content.
        painting: Gives the style; the painter has to know it. A sample may be given by its name, and is not drawn then.
        options: Of them ``size``, ``painter``, ``resampling``, ``device`` and ``precision`` count.

    Raises:
        OptionError: There is no such painter, it does not know the painting, or the device cannot be used.
        WeightsError: The painter's file is damaged.
    """

    planned = 0

    def __init__(self, photo: Picture, painting: Picture | str, options: StyleOptions) -> None:
        self.options, self.photo = options, photo
        self._painter = load_painter(options.painter)
        self._style = self._painter.style_of(painting)
        known = self._painter.paintings[self._style]
        self.inputs = {"photo": Input.of(photo), "painting": known if isinstance(painting, str) else Input.of(painting)}
        if options.painter:
            self.inputs["painter"] = self._painter.file
        _ = self.device

    @cached_property
    def device(self) -> torch.device:
        """Where it runs."""
        return choose_device(self.options.device)

    @cached_property
    def precision(self) -> torch.dtype:
        """The number format in which the painter runs."""
        return choose_precision(self.options.precision, self.device)

    @property
    def bits(self) -> int:
        """The bits of a channel that the result is worth: those of the photograph; bfloat16 has 8."""
        return self.photo.bits if self.precision == torch.float32 else 8

    def alpha(self) -> Tensor | None:
        """The photograph's transparency at the result's size, (1, 1, H, W)."""
        return self.photo.alpha(self.photo.fitted(self.options.size), self.options.resampling)

    def initial(self) -> Tensor:
        """The painted picture, (1, 3, H, W)."""
        photo = self.photo.tensor(self.photo.fitted(self.options.size), self.options.resampling)
        return self._painter.paint(photo, self._style, self.device, self.precision)

    def steps(self, state: State | None = None) -> Iterator[Step]:  # noqa: ARG002
        """None."""
        return iter(())

    def finished(self, image: Tensor) -> Tensor:
        """The picture itself."""
        return image

    def losses(self, image: Tensor) -> dict[str, float]:  # noqa: ARG002
        """None: nothing is optimised, and to measure would take longer than to paint."""
        return {}

    def measures(self, image: Tensor) -> Measures:  # noqa: ARG002
        """Which painter it was."""
        return {"painter": self._painter.file.sha256[:12]}
