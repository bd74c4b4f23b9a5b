"""Batch normalisation with a learnt shift and no scale."""

from __future__ import annotations

import torch
from torch import nn

__all__ = ["BatchShift"]


class BatchShift(nn.BatchNorm2d):
    """y = (x − mean) / √(variance + ε) + bias, over the batch and all positions of a channel.

    Args:
        channels: The channels of the input.
        momentum: The weight of the new values in the running statistics.
        eps: ε.

    Shape: (B, channels, H, W) to the same.
    """

    def __init__(self, channels: int, momentum: float = 0.1, eps: float = 1e-5) -> None:
        super().__init__(channels, eps=eps, momentum=momentum, affine=False)
        self.bias = nn.Parameter(torch.zeros(channels))

    def reset_parameters(self) -> None:
        """Reset the shift and the running statistics."""
        super().reset_parameters()
        if self.bias is not None:  # there is none while the base class is initialised
            nn.init.zeros_(self.bias)
