"""The trainable subsampling of LeNet-5."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Subsampling"]


class Subsampling(nn.Module):
    """y_c = w_c · Σ x_c + b_c, the sum over 2x2 positions that do not overlap: two trainable numbers a channel.

    Source: LeCun, Bottou, Bengio and Haffner (1998), section II.B (layers S2 and S4).

    Args:
        channels: Maps in and out.

    Shape: (B, channels, H, W) to (B, channels, H/2, W/2).
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels))
        self.bias = nn.Parameter(torch.empty(channels))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """The paper's ±2.4/n_in with four inputs, and no bias."""
        nn.init.uniform_(self.weight, -2.4 / 4, 2.4 / 4)
        nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        sums = 4 * functional.avg_pool2d(x, 2)  # B, channels, H/2, W/2
        return self.weight[:, None, None] * sums + self.bias[:, None, None]
