"""Resize images."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor
from torch.nn.functional import interpolate

__all__ = ["resize"]


def resize(image: Tensor, size: Sequence[int]) -> Tensor:
    """Resize an image (1, C, H, W) in [0, 1] to another height and width, by antialiased bicubic interpolation."""
    return interpolate(image, tuple(size), mode="bicubic", antialias=True).clamp(0, 1)
