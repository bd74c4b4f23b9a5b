"""The initial image of a style transfer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
from torch import Tensor

from deepatelier import samples
from deepatelier.images import Picture, Pixels, resize, to_array, to_tensor
from deepatelier.inputs import Input
from deepatelier.jobs.registry import load
from deepatelier.synthesis.engine.noise import white_noise
from deepatelier.synthesis.style.colors import Colors, match_colors
from deepatelier.synthesis.style.regions import Style
from deepatelier.synthesis.style.style_balance import style_share
from deepatelier.synthesis.style.style_colors import StyleColors
from deepatelier.synthesis.style.style_job import STARTS, StyleOptions

__all__ = ["StyleStart", "matched"]

_NOISE_SHARE = 0.99
"""'Deep Learning Review: Final Report': the initial image is 99 % noise and 1 % photograph."""


class _FastStyle(Protocol):
    """What ``--init fast`` needs of fast style transfer, which the import contract forbids here."""

    @property
    def inputs(self) -> dict[str, Input]: ...

    def paint(self) -> Pixels: ...


@dataclass(frozen=True)
class StyleStart:
    """The initial image of the first level, as given by the option ``init``.

    With the photograph P, the style's share s (`style_share`) and noise N within ± 20 levels of middle grey:

    - ``content``: P.
    - ``matched``: P + s · (P in the paintings' colours − P), see `matched`.
    - ``fast``: P + s · (painter(P) − P). With ``colors`` other than ``painting``, painter(P) is first mapped to the
      photograph's colours.
    - ``noise``: N.
    - ``mix``: 0.99 · N + 0.01 · P.
    - A picture's path: that picture, stretched to the photograph's size.

    At strength 0 it is P, whatever ``init`` is.

    Attributes:
        options: The options, among them ``init``.
        picture: The initial picture, if ``init`` is a path or a sample's name.
        painter: Fast style transfer, if ``init`` is ``fast``.
    """

    options: StyleOptions
    picture: Picture | None
    painter: _FastStyle | None

    @classmethod
    def of(cls, photo: Picture, paintings: Sequence[Picture], options: StyleOptions) -> StyleStart:
        """Return the initial image that the options ask for.

        Raises:
            ImageError: The initial picture cannot be read.
            OptionError: With ``fast``: there is no such painter, or it was not trained on one of the paintings.
            WeightsError: The painter's file is damaged.
        """
        picture = None if options.init in STARTS else samples.open_picture(options.init, others=STARTS)
        painter: _FastStyle | None = None
        if options.init == "fast":  # through the registry
            painter = cast("Any", load("style/fast")).of_style(photo, paintings, options)
        return cls(options, picture, painter)

    @property
    def is_picture(self) -> bool:
        """Whether the initial image is a finished picture, so that no coarse levels are needed."""
        return self.picture is not None or self.painter is not None

    @property
    def inputs(self) -> dict[str, Input]:
        """The files and pictures it needs, by their role."""
        given = {} if self.picture is None else {"init": Input.of(self.picture)}
        return given if self.painter is None else {**given, **self.painter.inputs}

    def image(self, size: tuple[int, int], colors: StyleColors, styles: Sequence[Style]) -> Tensor:
        """Return the initial image at a height and width: (1, 3, H, W), sRGB.

        Args:
            size: Height and width of the first level.
            colors: The colours of the photograph and the paintings.
            styles: The region and the weight of each painting.
        """
        options, photo = self.options, colors.photo_at(size)
        if options.strength == 0:
            return photo
        if self.picture is not None:
            return self.picture.tensor(size, options.resampling)
        if options.init == "content":
            return photo
        if self.painter is not None:
            painted = resize(to_tensor(self.painter.paint()), size)
            if not colors.of_paintings_alone:
                painted = to_tensor(match_colors(to_array(painted), Colors.of(to_array(photo))).clip(0, 1))
            return photo + style_share(options) * (painted - photo)
        if options.init == "matched":
            return photo + style_share(options) * (matched(photo, colors, styles) - photo)
        noise = white_noise(photo.shape, options.seed)
        return noise if options.init == "noise" else _NOISE_SHARE * noise + (1 - _NOISE_SHARE) * photo


def matched(photo: Tensor, colors: StyleColors, styles: Sequence[Style]) -> Tensor:
    """Return a photograph in the paintings' colours, region by region: (1, 3, H, W) in [0, 1].

    It is the affine map of `match_colors` to the paintings' mean and covariance. Without regions, these are the
    statistics of all paintings together, weighted. A region without a painting stays as it is.

    Args:
        photo: (1, 3, H, W), sRGB in [0, 1], in the colours used for the losses.
        colors: The colours of the paintings.
        styles: The region and the weight of each painting.
    """

    def colors_of(style: Style) -> Colors:
        assert style.painting is not None
        painting = to_array(colors.painting(style.painting))
        return Colors.of(painting, style.source_at(painting.shape[:2]))

    pixels = to_array(photo)
    if all(style.where is None for style in styles):
        weights = [style.weight for style in styles]
        mixed = Colors.mixed([colors_of(style) for style in styles], weights)
        return to_tensor(match_colors(pixels, mixed).clip(0, 1))
    image = np.zeros_like(pixels)
    for style in styles:
        where = style.where_at(pixels.shape[:2])
        assert where is not None
        own = pixels
        if style.painting is not None:
            own = match_colors(pixels, colors_of(style), Colors.of(pixels, where)).clip(0, 1)
        image += where[..., None] * own
    return to_tensor(image)
