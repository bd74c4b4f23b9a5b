"""Radial basis outputs, which measure the distance from fixed codes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

__all__ = ["RadialBasis"]


class RadialBasis(nn.Module):
    """y_i = −Σ_j (x_j − c_ij)², where the codes c are not trained; the output of the nearest code is the largest.

    Source: LeCun, Bottou, Bengio and Haffner (1998), equation 7. Departure from the source: the sign, so that the
    largest output wins, as with every other network.

    Args:
        codes: The code of each output, all of the same length.

    Shape: (B, length) to (B, len(codes)).
    """

    codes: Tensor

    def __init__(self, codes: Sequence[Sequence[float]]) -> None:
        super().__init__()
        self._values = [list(code) for code in codes]
        self.register_buffer("codes", torch.empty(len(codes), len(codes[0])), persistent=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Write the codes, which are a buffer and not parameters."""
        self.codes.copy_(torch.tensor(self._values, device=self.codes.device))

    def forward(self, x: Tensor) -> Tensor:
        return -(x[:, None, :] - self.codes).square().sum(2)

    def extra_repr(self) -> str:
        return f"length={self.codes.shape[1]}, outputs={self.codes.shape[0]}"
