"""Pooling layers by name."""

from __future__ import annotations

from typing import Literal

from torch import nn

from deepatelier.errors import UnknownNameError

__all__ = ["Pooling", "pool2d"]

Pooling = Literal["max", "average"]
"""``max``, as in the papers, or ``average``, which Gatys et al. (2015) recommend for style transfer."""


def pool2d(
    pooling: Pooling, kernel_size: int, stride: int, padding: int = 0, *, ceil_mode: bool = False
) -> nn.MaxPool2d | nn.AvgPool2d:
    """Return a pooling layer. Average pooling does not count padding, so that borders do not darken.

    Raises:
        UnknownNameError: ``pooling`` is neither ``max`` nor ``average``.
    """
    if pooling == "max":
        return nn.MaxPool2d(kernel_size, stride, padding, ceil_mode=ceil_mode)
    if pooling == "average":
        return nn.AvgPool2d(kernel_size, stride, padding, ceil_mode=ceil_mode, count_include_pad=False)
    raise UnknownNameError("pooling", pooling, ("max", "average"))
