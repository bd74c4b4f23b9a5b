"""A convolution with TensorFlow's 'same' padding, which torch.nn has for stride 1 only."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["SameConv2d"]


class SameConv2d(nn.Conv2d):
    """A convolution that gives ceil(n / s) positions a side, whatever the stride s.

    A side of n is padded by max((ceil(n/s) − 1)·s + k − n, 0) zeros, the odd one at its end; that is not symmetrical,
    and weights from TensorFlow need it.

    Args:
        in_channels, out_channels, kernel_size, stride, groups, bias: As of torch.nn.Conv2d.

    Shape: (B, in_channels, H, W) to (B, out_channels, ceil(H/stride), ceil(W/stride)).
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, groups: int = 1, bias: bool = True
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, groups=groups, bias=bias)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (torch's name)
        return super().forward(functional.pad(input, (*self._padding(input.shape[3]), *self._padding(input.shape[2]))))

    def _padding(self, side: int) -> tuple[int, int]:
        stride, kernel_size = self.stride[0], self.kernel_size[0]
        total = max((-(-side // stride) - 1) * stride + kernel_size - side, 0)
        return total // 2, total - total // 2
