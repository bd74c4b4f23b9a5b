"""The text that a picture carries beside its pixels."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from deepatelier.files import read_picture_file
from deepatelier.images.reading import opened

__all__ = ["exif_with", "holds_text", "png_with", "read_text", "user_comment"]

_KEY = "deepatelier"
"""The keyword of the text in a PNG."""

_UNDEFINED = b"\0" * 8
"""The character code with which an EXIF user comment may begin: not one of the standard's. The text is UTF-8."""

_EXIF_FORMATS = ("JPEG", "WEBP", "TIFF", "AVIF")

_EXIF_LIMIT = 60_000
"""Bytes that a JPEG's EXIF surely holds; its segment ends at 65,533."""


def holds_text(format_: str, text: str) -> bool:
    """Whether a format has a place for a text of this length."""
    return format_ == "PNG" or (format_ in _EXIF_FORMATS and len(text.encode()) <= _EXIF_LIMIT)


def png_with(text: str | None) -> PngInfo:
    """A PNG's further chunks: the colour space sRGB, and the text."""
    info = PngInfo()
    info.add(b"sRGB", b"\x00")
    if text is not None:
        info.add_itxt(_KEY, text)
    return info


def user_comment(text: str) -> bytes:
    """A text as the value of EXIF's user comment."""
    return _UNDEFINED + text.encode()


def exif_with(text: str) -> bytes:
    """EXIF: the colour space sRGB, and the text as its user comment."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif).update({ExifTags.Base.ColorSpace: 1, ExifTags.Base.UserComment: user_comment(text)})
    return exif.tobytes()


def read_text(path: str | os.PathLike[str]) -> str | None:
    """The text that a picture carries, as this package writes it: in a PNG under its name, elsewhere in EXIF.

    Raises:
        ImageError: As `open_picture`.
    """
    path = Path(path)
    with opened(read_picture_file(path), str(path)) as raster:
        raster.load()  # a PNG's text may stand behind its pixels
        if raster.format == "PNG":
            text = getattr(raster, "text", {}).get(_KEY)
            return None if text is None else str(text)
        exif = raster.getexif()
        comment = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment) or exif.get(ExifTags.Base.UserComment)
        return comment[8:].decode() if isinstance(comment, bytes) and comment.startswith(_UNDEFINED) else None
