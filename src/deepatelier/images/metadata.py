"""Embed a text in a picture file, and read it again."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo, iTXt

from deepatelier.files import read_picture_file
from deepatelier.images.reading import opened

__all__ = ["PNG_KEY", "exif_with", "holds_text", "png_with", "read_text", "user_comment"]

PNG_KEY = "deepatelier"
"""The keyword of the text in a PNG."""

_UNDEFINED = b"\0" * 8
"""The character code at the start of an EXIF user comment: none of the standard's. The text is UTF-8."""

_EXIF_FORMATS = ("JPEG", "WEBP", "TIFF", "AVIF")

_EXIF_LIMIT = 60_000
"""The maximum size of the text in a JPEG's EXIF, in bytes; the segment ends at 65,533."""


def holds_text(format_: str, text: str) -> bool:
    """Return whether a format can store a text of this length."""
    return format_ == "PNG" or (format_ in _EXIF_FORMATS and len(text.encode()) <= _EXIF_LIMIT)


def png_with(text: str | None) -> PngInfo:
    """Return the extra chunks of a PNG: the colour space sRGB, and the text."""
    info = PngInfo()
    info.add(b"sRGB", b"\x00")
    if text is not None:
        info.add_itxt(PNG_KEY, text)
    return info


def user_comment(text: str) -> bytes:
    """Return a text as the value of the EXIF user comment."""
    return _UNDEFINED + text.encode()


def exif_with(text: str) -> bytes:
    """Return EXIF data with the colour space sRGB, and the text as the user comment."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif).update({ExifTags.Base.ColorSpace: 1, ExifTags.Base.UserComment: user_comment(text)})
    return exif.tobytes()


def read_text(path: str | os.PathLike[str]) -> str | None:
    """Read the text that this package embeds in a picture: from a PNG's text chunk, or from EXIF.

    Raises:
        ImageError: As for `open_picture`.
    """
    path = Path(path)
    with opened(read_picture_file(path), str(path)) as raster:
        raster.load()  # the text chunk may be after the pixels
        if raster.format == "PNG":
            text = getattr(raster, "text", {}).get(PNG_KEY)
            if text is None or isinstance(text, iTXt):
                return text
            return str(text).encode("latin-1").decode(errors="replace")  # of 16 bits: UTF-8 in a chunk for Latin-1
        exif = raster.getexif()
        comment = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment) or exif.get(ExifTags.Base.UserComment)
        return comment[8:].decode() if isinstance(comment, bytes) and comment.startswith(_UNDEFINED) else None
