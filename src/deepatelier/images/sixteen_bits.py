"""Channels of 16 bits, which Pillow has for greyscale only."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from PIL import Image
from PIL.ExifTags import Base

__all__ = ["DEEP_GREY", "grey_planes", "has_deep_planes", "has_sixteen_bits", "joined_planes", "take_lower_bytes"]

DEEP_GREY = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
"""Pillow's modes for greyscale of more than 8 bits."""


def has_sixteen_bits(raster: Image.Image) -> bool:
    """Whether a channel in the file, which is open and not loaded, has 16 bits or more."""
    return raster.mode in DEEP_GREY or any(";16" in mode for mode in _raw_modes(raster))


def has_deep_planes(raster: Image.Image) -> bool:
    """Whether a file, open and not loaded, has 16 bits in a plane for each colour: Pillow takes them for 8."""
    bits = getattr(raster, "tag_v2", {}).get(Base.BitsPerSample, (8,))
    return max(bits) > 8 and not has_sixteen_bits(raster)


def grey_planes(raster: Image.Image) -> tuple[Image.Image, ...]:
    """Red, green and blue in 16 bits of a loaded greyscale picture.

    The white of floating point is 1, or the next of 255 and 65535 that no value exceeds; that of integers is 65535, and
    2³² - 1 for unsigned ones of 32 bits.
    """
    tags = getattr(raster, "tag_v2", {})
    tops: tuple[float, ...]
    unsigned = tags.get(Base.BitsPerSample) == (32,) and tags.get(Base.SampleFormat, (1,)) == (1,)
    if raster.mode == "I" and unsigned:
        values, tops = np.asarray(raster).view(np.uint32).astype(np.float64), (2.0**32 - 1,)
    else:
        values = np.nan_to_num(np.asarray(raster, dtype=np.float64))
        tops = (1.0, 255.0, 65535.0) if raster.mode == "F" else (65535.0,)
    highest = values.max(initial=0)
    top = next((top for top in tops if highest <= top), tops[-1])
    if (
        tags.get(Base.PhotometricInterpretation) == 0
    ):  # the least value is white; for 8 bits Pillow turns it round itself
        values = top - values
    plane = Image.fromarray((np.clip(values / top, 0, 1) * 65535).round().astype(np.uint16))
    return plane, plane, plane


def take_lower_bytes(raster: Image.Image) -> bool:
    """Make a picture of 16-bit colours, open and not loaded, load each channel's lower byte; False if it has none.

    Pillow keeps the upper byte of each channel. Told that the bytes come in the other order, it keeps the lower one.
    """
    if not all(re.fullmatch(r"RGB[AX]?;16[BLN]", mode) for mode in _raw_modes(raster)):
        return False
    raster.tile = [  # type: ignore[attr-defined]
        tile._replace(args=_other_order(tile.args) if isinstance(tile.args, str) else
                      (_other_order(tile.args[0]), *tile.args[1:]))
        for tile in raster.tile  # type: ignore[attr-defined]
    ]  # fmt: skip
    return True


def joined_planes(upper: Image.Image, lower: Image.Image) -> tuple[Image.Image, ...]:
    """Red, green and blue in 16 bits, from an RGB picture of the upper bytes and one of the lower."""
    values = (np.asarray(upper, np.uint16) << 8) | np.asarray(lower, np.uint16)
    return tuple(Image.fromarray(np.ascontiguousarray(values[..., channel])) for channel in range(3))


def _raw_modes(raster: Image.Image) -> Sequence[str]:
    arguments = [tile.args for tile in getattr(raster, "tile", [])]
    return [str(args if isinstance(args, str) else args[0]) for args in arguments if args]


def _other_order(raw_mode: str) -> str:
    """The raw mode that takes the bytes of a channel in the other order; N is the machine's own, and ours is little."""
    return raw_mode[:-1] + ("L" if raw_mode.endswith("B") else "B")
