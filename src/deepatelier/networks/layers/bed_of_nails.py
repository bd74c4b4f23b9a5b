"""Upsampling by a bed of nails."""

from __future__ import annotations

from torch import Tensor, nn

from deepatelier.errors import OptionError

__all__ = ["BedOfNails"]


class BedOfNails(nn.Module):
    """y[s·i, s·j] = x[i, j], and 0 elsewhere: each value in the upper left corner of its s x s cell.

    Source: the lecture slides, 'Up-Sampling Method'.

    Args:
        scale: s.

    Shape: (…, H, W) to (…, s·H, s·W).

    Raises:
        OptionError: The scale is less than 1.
    """

    def __init__(self, scale: int = 2) -> None:
        super().__init__()
        if scale < 1:
            raise OptionError(f"The scale of a bed of nails is 1 or more; received {scale}.")
        self.scale = scale

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        nails = x.new_zeros(*x.shape[:-2], self.scale * height, self.scale * width)
        nails[..., :: self.scale, :: self.scale] = x
        return nails
