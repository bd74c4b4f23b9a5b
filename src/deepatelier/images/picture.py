"""A picture as given by the user."""

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
from deepatelier.images.arrays import Pixels, to_tensor
from deepatelier.images.raster import Raster
from deepatelier.images.reading import read

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Picture", "Resampling", "open_picture", "open_pixels", "picture_from_array", "picture_from_bytes"]

Resampling = Literal["bilinear", "lanczos"]

_FILTERS = {"bilinear": Image.Resampling.BILINEAR, "lanczos": Image.Resampling.LANCZOS}


@dataclass(frozen=True)
class Picture:
    """A picture as given: sRGB, upright, at its own size.

    Attributes:
        name: The file's name without its folders, or the sample's name.
        sha256: The sha256 of the file, or of the pixels for a generated picture.
        source: Its path as given, for messages. By default the name.
    """

    name: str
    sha256: str
    _raster: Raster
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", self.source or self.name)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self._raster.size

    @property
    def bits(self) -> int:
        """The bits per channel in the file: 8 or 16."""
        return self._raster.bits

    @property
    def animated(self) -> bool:
        """Whether the file has more frames than the first one, which this is."""
        return self._raster.animated

    def tensor(self, size: tuple[int, int] | None = None, resampling: Resampling = "lanczos") -> Tensor:
        """Return the picture as a tensor (1, 3, H, W), float32, sRGB in [0, 1]. Transparent areas are composed over
        white.

        Args:
            size: Height and width of the result; None keeps the picture's size.
            resampling: Pillow's filter. It works on the file's 8 or 16 bits, as in the published programs.
        """
        return to_tensor(self.array(size, resampling))

    def array(self, size: tuple[int, int] | None = None, resampling: Resampling = "lanczos") -> Pixels:
        """Return the picture as an array (H, W, 3), float32, sRGB in [0, 1]. Otherwise as `tensor`; needs no torch."""
        return self._over_white.resized(size or self.size, _FILTERS[resampling]).array()

    def alpha(self, size: tuple[int, int] | None = None, resampling: Resampling = "lanczos") -> Pixels | None:
        """Return the opacity, (H, W) in [0, 1]; None if nothing is transparent. Arguments as for `tensor`."""
        return self._raster.resized(size or self.size, _FILTERS[resampling]).alpha_array()

    def fitted(self, longest: int) -> tuple[int, int]:
        """Return the size with a longest side of ``longest``: int(side · longest / longest side), at least 1."""
        height, width = self.size
        return max(1, height * longest // max(self.size)), max(1, width * longest // max(self.size))

    @cached_property
    def _over_white(self) -> Raster:
        return self._raster.over_white()


def open_picture(path: str | os.PathLike[str]) -> Picture:
    """Read a picture from a file: JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF (the first frame of an animation).

    The EXIF orientation is applied and the ICC profile converted to sRGB. 16 bits per channel are kept if the
    profile is sRGB or missing; with another profile, littlecms converts only 8 of them.

    Raises:
        ImageError: The file is missing, empty, a folder, damaged, not a picture, or above `MAX_PIXELS`.
    """
    path = Path(path)
    return picture_from_bytes(path.name, read_picture_file(path), str(path))


def picture_from_bytes(name: str, data: bytes, source: str | None = None) -> Picture:
    """Decode a picture from a file's bytes, as `open_picture`. Error messages name ``source``, by default the name."""
    return Picture(name, hashlib.sha256(data).hexdigest(), read(data, source or name), source or name)


def open_pixels(path: str | os.PathLike[str], name: str) -> Picture:
    """Open a picture with the sha256 of its 8-bit sRGB pixels instead of the file's. Errors as `open_picture`."""
    raster = read(read_picture_file(path), str(path))
    return Picture(name, hashlib.sha256(np.ascontiguousarray(raster.colors).data).hexdigest(), raster)


def picture_from_array(name: str, pixels: NDArray[np.uint8]) -> Picture:
    """Return a picture from an array (H, W, 3) of 8-bit sRGB values."""
    return Picture(name, hashlib.sha256(np.ascontiguousarray(pixels).data).hexdigest(), Raster(Image.fromarray(pixels)))
