"""From a file's bytes to upright sRGB pixels, whatever the file."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from deepatelier.errors import ImageError
from deepatelier.images.color import ColorConversion
from deepatelier.images.raster import Raster
from deepatelier.images.sixteen_bits import (
    DEEP_GREY,
    grey_planes,
    has_deep_planes,
    has_sixteen_bits,
    joined_planes,
    take_lower_bytes,
)

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["MAX_PIXELS", "decode", "opened", "read"]

MAX_PIXELS = 100_000_000
"""The largest picture that is read, in pixels. It bounds the memory that a small, hostile file can take."""

_READABLE = "JPEG, PNG, WebP, TIFF, BMP, GIF or AVIF"

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "PPM", "JPEG2000")
"""Pillow's decoders that are used: not those that start other programs or that nobody has looked at for decades."""

_ANIMATIONS = ("GIF", "PNG", "WEBP", "AVIF", "TIFF")


def decode(data: bytes) -> Tensor:
    """The image (1, 3, H, W) in a picture file's bytes, laid over white. Raises ImageError as `open_picture` does."""
    return read(data, "the picture").over_white().tensor()


def read(data: bytes, name: str) -> Raster:
    """The pixels in a picture file's bytes: EXIF orientation applied, ICC profile converted to sRGB.

    Of an animation it is the first frame. 16 bits a channel are kept where the pixels have no profile or one of sRGB;
    with any other, littlecms converts 8.

    Raises:
        ImageError: The bytes are damaged, no picture, or above `MAX_PIXELS`.
    """
    with opened(data, name) as raster:
        bits = 16 if has_sixteen_bits(raster) else 8
        if has_deep_planes(raster):
            raise ImageError(f"{name} is a TIFF with 16 bits in separate planes, which cannot be read. Save it as PNG.")
        raster.load()
        to_srgb = ColorConversion(raster.info.get("icc_profile"))
        planes = None
        if raster.mode in DEEP_GREY:
            planes = grey_planes(raster)
            colors = to_srgb(Image.fromarray((np.asarray(planes[0]) >> 8).astype(np.uint8)))
            alpha = _keyed(raster)
            planes = planes if to_srgb.keeps_rgb else None
        else:
            own, alpha = _without_alpha(raster)
            colors = to_srgb(own)
            if bits == 16 and to_srgb.keeps_rgb and "transparency" not in raster.info:
                with opened(data, name) as again:
                    if take_lower_bytes(again):
                        again.load()
                        planes = joined_planes(own, again.convert("RGB"))
        if alpha and alpha.getextrema()[0] == 255:
            alpha = None
        animated = raster.format in _ANIMATIONS and bool(getattr(raster, "is_animated", False))
        orientation = raster.getexif().get(ExifTags.Base.Orientation, 1)
        return Raster(colors, alpha, planes, bits, animated).turned(orientation)


@contextmanager
def opened(data: bytes, name: str) -> Iterator[Image.Image]:
    """A picture, open and not loaded: every failure inside is an ImageError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of damage that it can mend, and of sizes that we check
            with Image.open(io.BytesIO(data), formats=_FORMATS) as raster:
                if raster.width * raster.height > MAX_PIXELS:
                    raise _too_large(name, f"{raster.width} x {raster.height} pixels")
                yield raster
    except (ImageError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise _too_large(name, "far more pixels") from error
    except UnidentifiedImageError as error:
        if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
            raise ImageError(f"{name} is an HEIC picture, which cannot be read. Save it as JPEG or PNG.") from error
        raise ImageError(f"{name} is not a picture that can be read. Give a {_READABLE}.") from error
    # a damaged file makes Pillow's decoders raise nearly anything: OSError, SyntaxError, struct.error, IndexError …
    except Exception as error:
        raise ImageError(f"{name} is damaged or incomplete ({error}). Get a whole copy of the picture.") from error


def _too_large(name: str, what: str) -> ImageError:
    return ImageError(f"{name} has {what}; at most {MAX_PIXELS:,} pixels are read. Make it smaller first.")


def _without_alpha(raster: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """The colours in a mode that has a colour space, and alpha."""
    grey = raster.mode in ("1", "L", "LA", "La")
    if "transparency" in raster.info or raster.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        transparent = raster.convert("RGBA")
        return transparent.convert("L" if grey else "RGB"), transparent.getchannel("A")
    if raster.mode in ("CMYK", "LAB", "YCbCr"):
        return raster, None
    return raster.convert("L" if grey else "RGB"), None


def _keyed(raster: Image.Image) -> Image.Image | None:
    """Alpha of deep greyscale that names one value as transparent."""
    key = raster.info.get("transparency")
    if not isinstance(key, int):
        return None
    return Image.fromarray(np.where(np.asarray(raster) == key, 0, 255).astype(np.uint8))
