"""From a picture's own colours to sRGB."""

from __future__ import annotations

import io
from functools import cached_property

import numpy as np
from PIL import Image, ImageCms

__all__ = ["ColorConversion", "srgb_profile"]


def srgb_profile() -> bytes:
    """An ICC profile of sRGB, for the formats that tag their colours with one."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


class ColorConversion:
    """Converts to sRGB with littlecms, perceptually, as the ICC profile says; as Pillow does where there is none.

    A profile that is damaged, or of another colour space than the pixels, is passed over.

    Args:
        profile: The ICC profile's bytes.
    """

    def __init__(self, profile: bytes | None) -> None:
        self._profile = profile

    def __call__(self, image: Image.Image) -> Image.Image:
        """The image in RGB. Modes: L, RGB, CMYK, LAB, YCbCr."""
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
        """Whether RGB comes out as it went in, to one level: there is no profile, or it is one of sRGB."""
        steps = np.linspace(0, 255, 9).astype(np.uint8)
        lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
        converted = np.asarray(self(Image.fromarray(lattice)), np.int16)
        return bool(np.abs(converted - lattice).max() <= 1)


def _converted(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert converted is not None  # it is only when it converts in place
    return converted
