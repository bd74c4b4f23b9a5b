"""Channels of 16 bits: libvips reads and writes colours, Pillow has them for greyscale alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ExifTags import Base

from deepatelier.images.color import srgb_profile

if TYPE_CHECKING:
    import pyvips

__all__ = ["DEEP_GREY", "deep_colors", "encoded_png", "grey_planes", "has_deep_colors"]

DEEP_GREY = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
"""Pillow's modes for greyscale of more than 8 bits."""

_BIT_DEPTH = 24
"""Where a PNG's first chunk says how many bits a channel has."""


def has_deep_colors(raster: Image.Image, data: bytes) -> bool:
    """Return whether a file has colours of 16 bits a channel.

    Args:
        raster: The file, open and not loaded.
        data: The file's bytes.
    """
    if raster.mode not in ("RGB", "RGBA", "LA") or "transparency" in raster.info:
        return False
    if raster.format == "PNG":
        return data[_BIT_DEPTH] == 16
    bits: tuple[int, ...] = getattr(raster, "tag_v2", {}).get(Base.BitsPerSample, (8,))
    return set(bits) == {16}


def deep_colors(data: bytes, format_: str | None) -> NDArray[np.uint16]:
    """Return the pixels of a PNG or TIFF for which `has_deep_colors` holds: (H, W, 3 or 4), red, green, blue, alpha.

    Raises:
        pyvips.Error: The file is damaged.
    """
    import pyvips  # here: few pictures need it

    load = pyvips.Image.pngload_buffer if format_ == "PNG" else pyvips.Image.tiffload_buffer
    values: NDArray[np.uint16] = load(data, fail_on="error").numpy()
    return values if values.shape[-1] > 2 else values[..., [0, 0, 0, 1]]


def encoded_png(channels: NDArray[np.uint16], text: tuple[str, str] | None, effort: int) -> bytes:
    """Return the bytes of a PNG of 16 bits a channel, tagged as sRGB.

    Args:
        channels: (H, W, 3 or 4).
        text: A keyword and the text under it. libvips writes it as UTF-8 into a ``tEXt`` chunk, for which the standard
            has Latin-1: other programs show ASCII as it is.
        effort: zlib's level.
    """
    import pyvips

    image: pyvips.Image = pyvips.Image.new_from_array(channels, interpretation="rgb16").copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", srgb_profile())
    if text is not None:
        image.set_type(pyvips.GValue.gstr_type, f"png-comment-0-{text[0]}", text[1])
    encoded: bytes = image.pngsave_buffer(compression=effort, filter="up", keep="icc|other")
    return encoded


def grey_planes(raster: Image.Image) -> tuple[Image.Image, ...]:
    """Return red, green and blue in 16 bits of a loaded greyscale picture.

    The white of floating point is 1, or the next of 255 and 65535 that no value exceeds; that of integers is 65535, and
    2³² - 1 for unsigned ones of 32 bits.
    """
    tags: Any = getattr(raster, "tag_v2", {})
    tops: tuple[float, ...]
    unsigned = tags.get(Base.BitsPerSample) == (32,) and tags.get(Base.SampleFormat, (1,)) == (1,)
    if raster.mode == "I" and unsigned:
        values, tops = np.asarray(raster).view(np.uint32).astype(np.float64), (2.0**32 - 1,)
    else:
        values = np.nan_to_num(np.asarray(raster, dtype=np.float64))
        tops = (1.0, 255.0, 65535.0) if raster.mode == "F" else (65535.0,)
    highest = values.max(initial=0)
    top = next((top for top in tops if highest <= top), tops[-1])
    inverted = tags.get(Base.PhotometricInterpretation) == 0  # for 8 bits Pillow inverts by itself
    if inverted:
        values = top - values
    plane = Image.fromarray((np.clip(values / top, 0, 1) * 65535).round().astype(np.uint16))
    return plane, plane, plane
