"""Decode a picture file of any format to upright sRGB pixels."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from PIL import (
    ExifTags,
    Image,
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401 (else opening a WebP imports all 40 plugins)
)

from deepatelier.errors import ImageError
from deepatelier.images.arrays import to_tensor
from deepatelier.images.color import ColorConversion
from deepatelier.images.raster import Raster
from deepatelier.images.sixteen_bits import DEEP_GREY, deep_colors, grey_planes, has_deep_colors

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["MAX_PIXELS", "decode", "opened", "read"]

MAX_PIXELS = 100_000_000
"""The maximum number of pixels. It bounds the memory that a small, malicious file can use."""

_READABLE = "JPEG, PNG, WebP, TIFF, BMP, GIF or AVIF"

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "PPM", "JPEG2000")
"""The Pillow decoders in use. Those that start other programs or are unmaintained are excluded."""

_ANIMATIONS = ("GIF", "PNG", "WEBP", "AVIF", "TIFF")


def decode(data: bytes) -> Tensor:
    """Decode a picture file to an image (1, 3, H, W) over white. Raises ImageError, as for `open_picture`."""
    return to_tensor(read(data, "the picture").over_white().array())


def read(data: bytes, name: str) -> Raster:
    """Decode a picture file. The EXIF orientation is applied and the ICC profile converted to sRGB.

    Of an animation, the first frame is read. 16 bits per channel are kept if there is no profile or an sRGB profile;
    with any other, littlecms converts only 8.

    Raises:
        ImageError: The bytes are damaged, not a picture, or above `MAX_PIXELS`.
    """
    with opened(data, name) as raster:
        to_srgb = ColorConversion(raster.info.get("icc_profile"))
        bits, planes = 8, None
        if has_deep_colors(raster, data):
            bits, values = 16, deep_colors(data, raster.format)
            upper = (values >> 8).astype(np.uint8)
            colors = to_srgb(Image.fromarray(np.ascontiguousarray(upper[..., :3])))
            alpha = Image.fromarray(np.ascontiguousarray(upper[..., 3])) if values.shape[-1] == 4 else None
            planes = tuple(Image.fromarray(np.ascontiguousarray(values[..., channel])) for channel in range(3))
        elif raster.mode in DEEP_GREY:
            raster.load()
            bits, planes = 16, grey_planes(raster)
            colors = to_srgb(Image.fromarray((np.asarray(planes[0]) >> 8).astype(np.uint8)))
            alpha = _keyed(raster)
        else:
            raster.load()
            own, alpha = _without_alpha(raster)
            colors = to_srgb(own)
        if planes and not to_srgb.keeps_rgb:
            planes = None
        if alpha and alpha.getextrema()[0] == 255:
            alpha = None
        animated = raster.format in _ANIMATIONS and bool(getattr(raster, "is_animated", False))
        orientation = raster.getexif().get(ExifTags.Base.Orientation, 1)
        return Raster(colors, alpha, planes, bits, animated).turned(orientation)


@contextmanager
def opened(data: bytes, name: str) -> Iterator[Image.Image]:
    """Open a picture without loading its pixels. Every failure inside the context becomes an ImageError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # Pillow warns of damage that it can repair, and of sizes that are checked here
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
        said = "; ".join(line.strip() for line in str(error).splitlines())
        raise ImageError(f"{name} is damaged or incomplete ({said}). Get a complete copy of the picture.") from error


def _too_large(name: str, what: str) -> ImageError:
    return ImageError(f"{name} has {what}; at most {MAX_PIXELS:,} pixels are read. Make it smaller first.")


def _without_alpha(raster: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Return the colours in a mode that has a colour space, and alpha."""
    grey = raster.mode in ("1", "L", "LA", "La")
    if "transparency" in raster.info or raster.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        transparent = raster.convert("RGBA")
        return transparent.convert("L" if grey else "RGB"), transparent.getchannel("A")
    if raster.mode in ("CMYK", "LAB", "YCbCr"):
        return raster, None
    return raster.convert("L" if grey else "RGB"), None


def _keyed(raster: Image.Image) -> Image.Image | None:
    """Return the alpha of deep greyscale in which one value is declared transparent."""
    key = raster.info.get("transparency")
    if not isinstance(key, int):
        return None
    return Image.fromarray(np.where(np.asarray(raster) == key, 0, 255).astype(np.uint8))
