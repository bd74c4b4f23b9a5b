"""Whose colours a style transfer paints with: the painting's, or the photograph's in one of two ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from torch import Tensor

from deepatelier.images import Picture
from deepatelier.synthesis.style.colors import Colors, match_colors
from deepatelier.synthesis.style.luminance import grey, match_luminance

__all__ = ["StyleColors"]


@dataclass(frozen=True)
class StyleColors:
    """The photograph and the paintings in the colours in which they are compared.

    - ``painting``: each picture in its own, so that the result has the painting's.
    - ``photo``: all without colours; each painting with the mean and the deviation of the photograph's luminance. The
      result is given the photograph's colours (`luminance.recolored`).
    - ``match``: each painting in the photograph's colours, by the affine map of `match_colors`.

    Args:
        photo: The photograph.
        paintings: The paintings, by their numbers.
        mode: Which of the three.
        resampling: The filter that resizes the pictures.
        size: Height and width of the result, in pixels: the photograph's luminance is that at this size.

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
        """Whether the photograph changes nothing of the paintings."""
        return self.mode == "painting"

    def compared(self, image: Tensor) -> Tensor:
        """An image (1, 3, H, W) as it is painted and measured: grey of the same L* with ``photo``."""
        return grey(image) if self.mode == "photo" else image

    def photo_at(self, size: tuple[int, int]) -> Tensor:
        """The photograph as it is painted over, at a height and width: (1, 3, H, W), sRGB in [0, 1]."""
        return self.compared(self.photo.tensor(size, self.resampling))

    def painting(self, number: int, size: tuple[int, int] | None = None) -> Tensor:
        """A painting in the colours in which it is the style: (1, 3, H, W), sRGB.

        Args:
            number: Which, from 0.
            size: Height and width; None: its own.
        """
        given = self.paintings[number]
        painting = given.tensor(size, self.resampling)
        if self.mode == "photo":
            return match_luminance(grey(painting), self.photo_at(self.size))
        if self.mode == "match":
            return match_colors(painting, self._of_photo, Colors.of(given.tensor()))
        return painting

    @cached_property
    def _of_photo(self) -> Colors:
        return Colors.of(self.photo.tensor())
