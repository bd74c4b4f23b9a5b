"""The pixels of a picture: upright sRGB colours, alpha, and 16 bits if the file has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from deepatelier.images.arrays import Pixels

__all__ = ["Raster"]

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Raster:
    """The pixels of a picture in sRGB.

    Attributes:
        colors: RGB with 8 bits, alpha not applied.
        alpha: L with 8 bits, 255 where the picture is opaque; None if it is opaque everywhere.
        planes: Red, green and blue in 16 bits (I;16); None if there are only 8.
        bits: The bits per channel in the file: 8 or 16.
        animated: Whether the file has more frames.
    """

    colors: Image.Image
    alpha: Image.Image | None = None
    planes: tuple[Image.Image, ...] | None = None
    bits: int = 8
    animated: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.colors.height, self.colors.width

    def turned(self, orientation: int) -> Raster:
        """Return the upright raster, given the EXIF orientation, 1 to 8. Other values are treated as 1."""
        if orientation not in _TURNS:
            return self
        return self._each(lambda image: image.transpose(_TURNS[orientation]))

    def resized(self, size: tuple[int, int], filter_: Image.Resampling) -> Raster:
        """Return the raster at another height and width, resized with a filter of Pillow."""
        return self if size == self.size else self._each(lambda image: image.resize((size[1], size[0]), filter_))

    def over_white(self) -> Raster:
        """Return the raster composed over white, without alpha."""
        if self.alpha is None:
            return self
        colors = Image.composite(self.colors, Image.new("RGB", self.colors.size, "white"), self.alpha)
        planes = None
        if self.planes:
            share = np.asarray(self.alpha, np.float32) / 255
            planes = tuple(
                Image.fromarray((np.asarray(plane) * share + 65535 * (1 - share)).round().astype(np.uint16))
                for plane in self.planes
            )
        return replace(self, colors=colors, alpha=None, planes=planes)

    def array(self) -> Pixels:
        """Return the colours (H, W, 3), float32 in [0, 1]."""
        if self.planes:
            deep = np.stack([np.asarray(plane, np.uint16) for plane in self.planes], axis=-1)
            return np.divide(deep, 65535, dtype=np.float32)
        return _shares(self.colors)

    def alpha_array(self) -> Pixels | None:
        """Return alpha (H, W), float32 in [0, 1]; None if everything is opaque."""
        return None if self.alpha is None else _shares(self.alpha)

    def _each(self, change: Callable[[Image.Image], Image.Image]) -> Raster:
        return replace(
            self,
            colors=change(self.colors),
            alpha=self.alpha and change(self.alpha),
            planes=self.planes and tuple(change(plane) for plane in self.planes),
        )


def _shares(image: Image.Image) -> Pixels:
    """Return levels of 0 to 255 as float32 in [0, 1]."""
    return np.divide(np.asarray(image, np.uint8), 255, dtype=np.float32)
