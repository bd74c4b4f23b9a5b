"""The colours of the result: the painting's, or the photograph's in one of two ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from torch import Tensor

from deepatelier.images import Picture, to_array, to_tensor
from deepatelier.synthesis.style.colors import Colors, match_colors
from deepatelier.synthesis.style.luminance import grey, match_luminance

__all__ = ["StyleColors"]


@dataclass(frozen=True)
class StyleColors:
    """The photograph and the paintings, in the colours in which they are compared.

    - ``painting``: each picture in its own colours, so that the result has the painting's.
    - ``photo``: luminance only. Each painting gets the mean and standard deviation of the photograph's luminance, and
      the result gets the photograph's colours (`luminance.recolored`).
    - ``match``: each painting in the photograph's colours, by the affine map of `match_colors`.

    Args:
        photo: The photograph.
        paintings: The paintings, in order.
        mode: One of the three.
        resampling: The filter for resizing the pictures.
        size: Height and width of the result, in pixels. The statistics of the photograph are taken at this size.

    Source: Gatys, Bethge, Hertzmann and Shechtman 2016, 'Preserving Color in Neural Artistic Style Transfer', sections
    2.1 (``match``) and 2.2 (``photo``).
    """

    photo: Picture
    paintings: Sequence[Picture]
    mode: Literal["painting", "photo", "match"]
    resampling: Literal["lanczos", "bilinear"]
    size: tuple[int, int]

    @property
    def of_paintings_alone(self) -> bool:
        """Whether the colours of the paintings do not depend on the photograph."""
        return self.mode == "painting"

    def compared(self, image: Tensor) -> Tensor:
        """Return an image (1, 3, H, W) as it enters the losses: with ``photo``, the grey image of the same L*."""
        return to_tensor(grey(to_array(image))) if self.mode == "photo" else image

    def photo_at(self, size: tuple[int, int]) -> Tensor:
        """Return the photograph at a height and width as it enters the losses: (1, 3, H, W), sRGB in [0, 1]."""
        return self.compared(self.photo.tensor(size, self.resampling))

    def painting(self, number: int, size: tuple[int, int] | None = None) -> Tensor:
        """Return a painting in the colours used for the style: (1, 3, H, W), sRGB.

        Args:
            number: The index of the painting, from 0.
            size: Height and width. None: the painting's own.
        """
        given = self.paintings[number]
        painting = given.tensor(size, self.resampling)
        if self.mode == "photo":
            matched = match_luminance(grey(to_array(painting)), to_array(self.photo_at(self.size)))
            return to_tensor(matched)
        if self.mode == "match":
            return to_tensor(match_colors(to_array(painting), self._of_photo, Colors.of(given.array())))
        return painting

    @cached_property
    def _of_photo(self) -> Colors:
        return Colors.of(self.photo.array())
