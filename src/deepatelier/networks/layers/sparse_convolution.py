"""A convolution whose outputs are connected to only some of the inputs."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["SparseConv2d"]


class SparseConv2d(nn.Module):
    """A convolution with a connection table: y_i = b_i + Σ_{j in table[i]} w_ij ∗ x_j.

    Only existing connections have weights: ``weight`` is (connections, kernel_size, kernel_size), in the order of the
    table.

    Source: LeCun, Bottou, Bengio and Haffner (1998), table I (layer C3).

    Args:
        in_channels: The input channels.
        table: The input channels of each output channel.
        kernel_size: The side of the square kernel.

    Shape: (B, in_channels, H, W) to (B, len(table), H − kernel_size + 1, W − kernel_size + 1).
    """

    def __init__(self, in_channels: int, table: Sequence[Sequence[int]], kernel_size: int) -> None:
        super().__init__()
        self.in_channels, self.table = in_channels, tuple(map(tuple, table))
        self.kernel_size = kernel_size
        self.weight = nn.Parameter(torch.empty(sum(map(len, self.table)), kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(len(self.table)))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Initialise with the paper's U[±2.4/n_in], where n_in is the fan-in of each output, and biases of zero."""
        with torch.no_grad():
            first = 0
            for row in self.table:
                bound = 2.4 / (len(row) * self.kernel_size**2)
                self.weight[first : first + len(row)].uniform_(-bound, bound)
                first += len(row)
        nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        outputs = [i for i, row in enumerate(self.table) for _ in row]
        inputs = [j for row in self.table for j in row]
        dense = self.weight.new_zeros(len(self.table), self.in_channels, self.kernel_size, self.kernel_size)
        dense = dense.index_put((self._index(outputs), self._index(inputs)), self.weight)
        return functional.conv2d(x, dense, self.bias)

    def _index(self, values: list[int]) -> Tensor:
        return torch.tensor(values, device=self.weight.device)

    def extra_repr(self) -> str:
        return f"{self.in_channels}, {len(self.table)}, kernel_size={self.kernel_size}"
