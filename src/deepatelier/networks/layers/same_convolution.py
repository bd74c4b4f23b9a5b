"""A convolution with TensorFlow's 'same' padding, which torch.nn supports for stride 1 only."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["SameConv2d"]


class SameConv2d(nn.Conv2d):
    """A convolution with ceil(n / s) output positions per side, for any stride s.

    A side of length n is padded with max((ceil(n/s) − 1)·s + k − n, 0) zeros; if their number is odd, the extra zero is
    at the end. Weights from TensorFlow need this asymmetric padding.

    Args:
        in_channels, out_channels, kernel_size, stride, groups, bias: As for torch.nn.Conv2d.

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
