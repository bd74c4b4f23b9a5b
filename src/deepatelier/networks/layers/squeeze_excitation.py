"""The squeeze-and-excitation block."""

from __future__ import annotations

from torch import Tensor, nn

__all__ = ["SqueezeExcitation"]


class SqueezeExcitation(nn.Module):
    """y = x · σ(W₂ · ReLU(W₁ · mean(x))): each channel is reweighted by global information.

    Source: Hu, Shen and Sun, 'Squeeze-and-Excitation Networks' (2017), equations 2 to 4.

    Args:
        channels: The channels of input and output.
        reduction: The paper's r: the bottleneck has channels / r units.

    Shape: (B, channels, H, W) to the same.
    """

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, channels // reduction, 1)
        self.relu = nn.ReLU()
        self.fc2 = nn.Conv2d(channels // reduction, channels, 1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        weights: Tensor = self.sigmoid(self.fc2(self.relu(self.fc1(self.pool(x)))))  # B, channels, 1, 1
        return x * weights
