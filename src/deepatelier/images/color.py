"""Convert a picture's own colour space to sRGB."""

from __future__ import annotations

import io
from functools import cached_property

import numpy as np
from PIL import Image, ImageCms

__all__ = ["ColorConversion", "srgb_profile"]


def srgb_profile() -> bytes:
    """Return an ICC profile of sRGB, for the formats that embed one."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


class ColorConversion:
    """Converts to sRGB by the ICC profile, with littlecms and perceptual intent; without a profile as Pillow does.

    A profile that is damaged, or whose colour space differs from that of the pixels, is ignored.

    Args:
        profile: The ICC profile's bytes.
    """

    def __init__(self, profile: bytes | None) -> None:
        self._profile = profile

    def __call__(self, image: Image.Image) -> Image.Image:
        """Return the image in RGB. Modes: L, RGB, CMYK, LAB, YCbCr."""
        if self._profile:
            try:
                source = ImageCms.ImageCmsProfile(io.BytesIO(self._profile))
                return _converted(image, source)
            except (ImageCms.PyCMSError, OSError, ValueError):
                pass
        if image.mode == "LAB":
            return _converted(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
        return image.convert("RGB")

    @cached_property
    def keeps_rgb(self) -> bool:
        """Whether the conversion keeps RGB, up to one level: there is no profile, or it is sRGB."""
        steps = np.linspace(0, 255, 9).astype(np.uint8)
        lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
        converted = np.asarray(self(Image.fromarray(lattice)), np.int16)
        return bool(np.abs(converted - lattice).max() <= 1)


def _converted(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert converted is not None  # None only if it converts in place
    return converted
