"""Images as arrays, for everything that works without torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["LUMA", "Pixels", "resized", "resized_plane", "to_array", "to_tensor"]

Pixels = NDArray[np.float32]
"""An image (H, W, 3), sRGB in [0, 1], or one of its planes (H, W)."""

LUMA = (0.299, 0.587, 0.114)
"""The weights of red, green and blue in luma, ITU-R BT.601."""


def to_array(image: Tensor | Pixels) -> Pixels:
    """Return an image (1, C, H, W) as an array (H, W, C), float32. An array is returned as it is."""
    if isinstance(image, np.ndarray):
        return image
    array: Pixels = image.detach()[0].float().cpu().permute(1, 2, 0).numpy()
    return array


def to_tensor(pixels: Pixels) -> Tensor:
    """Return an array (H, W, C), or a plane (H, W), as a tensor (1, C, H, W)."""
    import torch  # here: the arrays are for code that works without it

    planes = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    return torch.from_numpy(np.ascontiguousarray(planes))[None]


def resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Resize an array (H, W) or (H, W, C) to another height and width, by bicubic interpolation with antialiasing.

    Values may lie slightly outside the range of those given.
    """
    if pixels.shape[:2] == size:
        return pixels
    if pixels.ndim == 3:
        return np.stack([resized(pixels[..., channel], size) for channel in range(pixels.shape[2])], axis=2)
    image = Image.fromarray(np.ascontiguousarray(pixels, np.float32))
    return np.asarray(image.resize((size[1], size[0]), Image.Resampling.BICUBIC), np.float32)


def resized_plane(plane: Pixels, size: tuple[int, int]) -> Pixels:
    """Resize a plane (H, W) in [0, 1] to another height and width, as `resize` does."""
    return plane if plane.shape == size else resized(plane, size).clip(0, 1)
