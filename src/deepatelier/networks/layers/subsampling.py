"""The trainable subsampling of LeNet-5."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Subsampling"]


class Subsampling(nn.Module):
    """y_c = w_c · Σ x_c + b_c, with sums over non-overlapping 2x2 windows: two parameters per channel.

    Source: LeCun, Bottou, Bengio and Haffner (1998), section II.B (layers S2 and S4).

    Args:
        channels: The channels of input and output.

    Shape: (B, channels, H, W) to (B, channels, H/2, W/2).
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels))
        self.bias = nn.Parameter(torch.empty(channels))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Initialise with the paper's U[±2.4/n_in] for a fan-in of four, and biases of zero."""
        nn.init.uniform_(self.weight, -2.4 / 4, 2.4 / 4)
        nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        sums = 4 * functional.avg_pool2d(x, 2)  # B, channels, H/2, W/2
        return self.weight[:, None, None] * sums + self.bias[:, None, None]
