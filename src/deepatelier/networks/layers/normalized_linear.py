"""A dense layer with columns of norm 1."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

__all__ = ["NormalizedLinear"]


class NormalizedLinear(nn.Module):
    """y = Ŵ·x + b, with ŵ_j = w_j / ‖w_j‖₂ for each column j of W.

    Args:
        in_features: The number of inputs.
        out_features: The number of outputs.

    Shape: (…, in_features) to (…, out_features).
    """

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the columns uniformly from all directions; the bias is 0."""
        nn.init.normal_(self.weight, std=1 / math.sqrt(self.weight.shape[0]))
        nn.init.zeros_(self.bias)

    def normalized_weight(self) -> Tensor:
        """Return Ŵ, (out_features, in_features)."""
        return nn.functional.normalize(self.weight, dim=0)

    def forward(self, inputs: Tensor) -> Tensor:
        return nn.functional.linear(inputs, self.normalized_weight(), self.bias)
