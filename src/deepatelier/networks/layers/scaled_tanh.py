"""The activation function of LeNet-5."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["ScaledTanh"]


class ScaledTanh(nn.Module):
    """f(a) = 1.7159 · tanh(2/3 · a), so that f(1) = 1 and f(−1) = −1.

    Source: LeCun, Bottou, Bengio and Haffner (1998), equation 6 and appendix A.
    """

    def forward(self, x: Tensor) -> Tensor:
        return 1.7159 * torch.tanh(x * (2 / 3))
