"""Where a style transfer starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from deepatelier import samples
from deepatelier.images import Picture, resize
from deepatelier.inputs import Input
from deepatelier.jobs.registry import load
from deepatelier.synthesis.engine.noise import white_noise
from deepatelier.synthesis.recipe.recipe import Recipe
from deepatelier.synthesis.style.colors import Colors, match_colors
from deepatelier.synthesis.style.regions import Style, mask_at
from deepatelier.synthesis.style.style_balance import style_share
from deepatelier.synthesis.style.style_colors import StyleColors
from deepatelier.synthesis.style.style_job import STARTS, StyleOptions

__all__ = ["StyleStart", "matched"]

_NOISE_SHARE = 0.99
"""Document 000: the mix starts from 99 % noise and 1 % photograph."""


@dataclass(frozen=True)
class StyleStart:
    """The image from which the first level starts, by the option ``init``.

    With the photograph P, the share s of the style (`style_share`) and noise N within ± 20 levels of the middle grey:

    - ``content``: P.
    - ``matched``: P + s · (P in the paintings' colours − P), see `matched`.
    - ``fast``: P + s · (P as a painter paints it − P); with ``colors`` other than ``painting`` what it paints is given
      the photograph's colours.
    - ``noise``: N, and ``mix``: 0.99 · N + 0.01 · P (document 000).
    - A picture's path: that picture, stretched to the photograph's size.

    With the strength 0 it is P, whatever ``init`` is.

    Attributes:
        options: Say which.
        picture: The picture to start from, if ``init`` is a path or a sample's name.
        painter: What paints, if ``init`` is ``fast``.
    """

    options: StyleOptions
    picture: Picture | None
    painter: Recipe | None

    @classmethod
    def of(cls, photo: Picture, paintings: Sequence[Picture], options: StyleOptions) -> StyleStart:
        """What the options ask for.

        Raises:
            ImageError: The picture to start from cannot be read.
            OptionError: With ``fast``: there is no such painter, or it does not know a painting.
            WeightsError: The painter's file is damaged.
        """
        picture = None if options.init in STARTS else samples.open_picture(options.init, others=STARTS)
        painter: Recipe | None = None
        if options.init == "fast":  # this room does not know the painters: the registry does
            painter = cast("Any", load("style/fast")).of_style(photo, paintings, options)
        return cls(options, picture, painter)

    @property
    def is_picture(self) -> bool:
        """Whether it is a finished picture, so that no coarse levels are needed."""
        return self.picture is not None or self.painter is not None

    @property
    def inputs(self) -> dict[str, Input]:
        """The files and pictures that it needs, by their part."""
        given = {} if self.picture is None else {"init": Input.of(self.picture)}
        return given if self.painter is None else {**given, **self.painter.inputs}

    def image(self, size: tuple[int, int], colors: StyleColors, styles: Sequence[Style]) -> Tensor:
        """The image at a height and width: (1, 3, H, W), sRGB.

        Args:
            size: Height and width of the first level.
            colors: Of the photograph and the paintings.
            styles: Which painting counts where.
        """
        options, photo = self.options, colors.photo_at(size)
        if options.strength == 0:
            return photo
        if self.picture is not None:
            return self.picture.tensor(size, options.resampling)
        if options.init == "content":
            return photo
        if self.painter is not None:
            painted = resize(self.painter.initial().cpu(), size)
            if not colors.of_paintings_alone:
                painted = match_colors(painted, Colors.of(photo)).clamp(0, 1)
            return photo + style_share(options) * (painted - photo)
        if options.init == "matched":
            return photo + style_share(options) * (matched(photo, colors, styles) - photo)
        noise = white_noise(photo.shape, options.seed)
        return noise if options.init == "noise" else _NOISE_SHARE * noise + (1 - _NOISE_SHARE) * photo


def matched(photo: Tensor, colors: StyleColors, styles: Sequence[Style]) -> Tensor:
    """A photograph in the paintings' colours, each region in its own's: (1, 3, H, W) in [0, 1].

    It is the affine map of `match_colors` to the paintings' mean and covariance. Without regions, these are of all
    paintings side by side, by their weights; a region that has no painting stays as it is.

    Args:
        photo: (1, 3, H, W), sRGB in [0, 1], in the colours in which it is compared.
        colors: Has the paintings.
        styles: Which of them counts where.
    """

    def colors_of(style: Style) -> Colors:
        assert style.painting is not None
        painting = colors.painting(style.painting)
        size = (painting.shape[-2], painting.shape[-1])
        return Colors.of(painting, None if style.source is None else mask_at(style.source, size))

    if all(style.where is None for style in styles):
        weights = [style.weight for style in styles]
        return match_colors(photo, Colors.mixed([colors_of(style) for style in styles], weights)).clamp(0, 1)
    image = torch.zeros_like(photo)
    for style in styles:
        assert style.where is not None
        where = mask_at(style.where, (photo.shape[-2], photo.shape[-1]))
        own = photo
        if style.painting is not None:
            own = match_colors(photo, colors_of(style), Colors.of(photo, where)).clamp(0, 1)
        image += where * own
    return image
