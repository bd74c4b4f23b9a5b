"""From an image to a file's bytes."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, features

from deepatelier.errors import OptionError
from deepatelier.images.arrays import Pixels, to_array
from deepatelier.images.color import srgb_profile
from deepatelier.images.metadata import PNG_KEY, exif_with, png_with, user_comment
from deepatelier.images.sixteen_bits import encoded_png

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["OUTPUT_FORMATS", "deepest", "encode", "format_of", "holds_alpha"]

OUTPUT_FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
    ".gif": "GIF",
    **({".avif": "AVIF"} if features.check("avif") else {}),
}
"""File endings that can be written, and Pillow's name of each format."""

_WITH_ALPHA = ("PNG", "WEBP", "TIFF", "AVIF", "GIF")

_WITH_SIXTEEN_BITS = ("PNG", "TIFF")

_QUALITY: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"quality": 95, "exact": True},
    "AVIF": {"quality": 90, "subsampling": "4:4:4"},
}

_EFFORT = 6
"""zlib's level for PNG of 16 bits a channel."""

_RUNS = zlib.Z_RLE
"""zlib's strategy for PNG of 8 bits: runs alone. After PNG's filters, a painting repeats nothing else: it takes a
fourth of the time of level 6, and the file is as small."""

_UNDEFINED_BYTES = 7
"""TIFF's number for the type of EXIF's user comment."""


def format_of(path: str | Path) -> str:
    """Pillow's name of the format that a path's ending stands for."""
    return OUTPUT_FORMATS[Path(path).suffix.lower()]


def holds_alpha(format_: str) -> bool:
    """Whether a format has transparency."""
    return format_ in _WITH_ALPHA


def deepest(format_: str) -> int:
    """The bits of a channel that a format can have here: 8 or 16."""
    return 16 if format_ in _WITH_SIXTEEN_BITS else 8


def encode(
    image: Tensor | Pixels,
    format_: str,
    *,
    alpha: Pixels | None = None,
    bits: int = 8,
    text: str | None = None,
    compressed: bool = True,
) -> bytes:
    """A picture file's bytes, tagged as sRGB where the format has a place for it (not BMP and GIF).

    Args:
        image: (1, 3, H, W), or an array (H, W, 3), sRGB; values outside [0, 1] are clipped.
        format_: A value of `OUTPUT_FORMATS`.
        alpha: (H, W) in [0, 1]. The image is what is seen over white: the file's colours are those that give it
            again. A format without transparency keeps the image as it is over white.
        bits: 8 or 16 a channel; a format that has only 8 takes 8.
        text: What the picture carries beside its pixels, where `holds_text` says so.
        compressed: Whether a PNG, which loses nothing by it, is made small; that takes most of the time.

    Raises:
        OptionError: The format cannot hold a picture of this size.
    """
    pixels = to_array(image).clip(0, 1)
    if alpha is not None and format_ in _WITH_ALPHA:
        share = alpha[..., None]
        colors = np.where(share > 0, (pixels - (1 - share)) / share.clip(1e-6), pixels).clip(0, 1)
        pixels = np.concatenate([colors, share], axis=-1)
    levels, dtype = (65535, np.uint16) if bits == 16 and format_ in _WITH_SIXTEEN_BITS else (255, np.uint8)
    channels = np.ascontiguousarray(np.rint(pixels.astype(np.float64) * levels).astype(dtype))
    effort = _EFFORT if compressed else 0
    if format_ == "TIFF":
        return _tiff(channels, text)
    if levels == 65535:
        return encoded_png(channels, None if text is None else (PNG_KEY, text), effort)
    raster = Image.fromarray(channels)
    options = dict(_QUALITY.get(format_, {}))
    if format_ == "PNG":
        options |= {"pnginfo": png_with(text), "compress_level": effort, "compress_type": _RUNS}
    elif format_ not in ("BMP", "GIF"):
        options["icc_profile"] = srgb_profile()
        if text is not None:
            options["exif"] = exif_with(text)
    buffer = io.BytesIO()
    try:
        raster.save(buffer, format_, **options)
    except (OSError, ValueError) as error:  # a format's own limit: WebP ends at 16383 pixels a side, JPEG at 65500
        raise OptionError(
            f"{format_} cannot hold {raster.width} x {raster.height} pixels ({error}). Write a .png."
        ) from error
    return buffer.getvalue()


def _tiff(channels: NDArray[np.unsignedinteger], text: str | None) -> bytes:
    """Pillow writes neither 16 bits of colour nor, with compression, EXIF."""
    import tifffile  # here: it takes as long as all the rest of this folder

    comment = None if text is None else user_comment(text)
    buffer = io.BytesIO()
    tifffile.imwrite(
        buffer,
        channels,
        photometric="rgb",
        extrasamples=["unassalpha"] if channels.shape[-1] == 4 else None,
        compression="adobe_deflate",
        predictor=False,
        iccprofile=srgb_profile(),
        software=False,
        metadata=None,
        extratags=[(ExifTags.Base.UserComment, _UNDEFINED_BYTES, len(comment), comment, True)] if comment else [],
    )
    return buffer.getvalue()
