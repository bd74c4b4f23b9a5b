"""A picture as the user gave it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from deepatelier.files import read_picture_file
from deepatelier.images.raster import Raster
from deepatelier.images.reading import read

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Picture", "Resampling", "open_picture", "open_pixels", "picture_from_array", "picture_from_bytes"]

Resampling = Literal["bilinear", "lanczos"]

_FILTERS = {"bilinear": Image.Resampling.BILINEAR, "lanczos": Image.Resampling.LANCZOS}


@dataclass(frozen=True)
class Picture:
    """A picture as it was given: sRGB, upright, at its own size.

    Attributes:
        name: The file's name without its folders, or the sample's name.
        sha256: Of the file's bytes, or of the pixels for a picture that was drawn.
    """

    name: str
    sha256: str
    _raster: Raster

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self._raster.size

    @property
    def bits(self) -> int:
        """The bits of a channel in the file: 8 or 16."""
        return self._raster.bits

    @property
    def animated(self) -> bool:
        """Whether the file has more frames than this, its first one."""
        return self._raster.animated

    def tensor(self, size: tuple[int, int] | None = None, resampling: Resampling = "lanczos") -> Tensor:
        """The picture as a tensor (1, 3, H, W), float32, sRGB in [0, 1]; what is transparent is laid over white.

        Args:
            size: Height and width of the result; its own size if None.
            resampling: Pillow's filter, on the file's 8 or 16 bits, as the published programs resize.
        """
        return self._over_white.resized(size or self.size, _FILTERS[resampling]).tensor()

    def alpha(self, size: tuple[int, int] | None = None, resampling: Resampling = "lanczos") -> Tensor | None:
        """How opaque the picture is: (1, 1, H, W) in [0, 1]; None if it has no transparency. As `tensor`."""
        return self._raster.resized(size or self.size, _FILTERS[resampling]).alpha_tensor()

    def fitted(self, longest: int) -> tuple[int, int]:
        """Height and width at which the longest side is ``longest``: int(side · longest / longest side), at least 1."""
        height, width = self.size
        return max(1, height * longest // max(self.size)), max(1, width * longest // max(self.size))

    @cached_property
    def _over_white(self) -> Raster:
        return self._raster.over_white()


def open_picture(path: str | os.PathLike[str]) -> Picture:
    """Read a picture from a file: JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF (the first frame of an animation).

    The EXIF orientation is applied and the ICC profile converted to sRGB. 16 bits a channel are kept where the profile
    is sRGB's or missing; with another, littlecms converts 8 of them.

    Raises:
        ImageError: The file is missing, empty, a folder, damaged, not a picture, or above `MAX_PIXELS`.
    """
    path = Path(path)
    return picture_from_bytes(path.name, read_picture_file(path), str(path))


def picture_from_bytes(name: str, data: bytes, source: str | None = None) -> Picture:
    """A picture from a file's bytes, as `open_picture`. Errors call it by its source, which is its name by default."""
    return Picture(name, hashlib.sha256(data).hexdigest(), read(data, source or name))


def open_pixels(path: str | os.PathLike[str], name: str) -> Picture:
    """A picture whose sha256 is that of its 8-bit sRGB pixels, whatever its format. Raises as `open_picture`."""
    raster = read(read_picture_file(path), str(path))
    return Picture(name, hashlib.sha256(np.ascontiguousarray(raster.colors).data).hexdigest(), raster)


def picture_from_array(name: str, pixels: NDArray[np.uint8]) -> Picture:
    """A picture from an array (H, W, 3) of 8-bit sRGB values."""
    return Picture(name, hashlib.sha256(np.ascontiguousarray(pixels).data).hexdigest(), Raster(Image.fromarray(pixels)))
