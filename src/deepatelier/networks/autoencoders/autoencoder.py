"""The base class of autoencoders."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor

from deepatelier.networks.network import Network

__all__ = ["Autoencoder", "start_near"]


class Autoencoder(Network):
    """x' = Dec(Enc(x)): a picture x, its code Enc(x), and the picture x' that is made from the code.

    Args:
        code: The number K of numbers in a code.
        in_channels: The channels of the picture.
        input_size: Height and width of the picture, in pixels.

    Shape: (B, in_channels, input_size, input_size) sRGB in [0, 1] to the same; codes are (B, K).

    Attributes:
        code_mean: The mean of the codes of the training pictures, (K,).
        code_axes: The principal axes of these codes, (K, K): row k is the unit vector of the k-th axis times the
            standard deviation along it. Together they are the normal distribution N(mean, axesᵀ·axes) of the codes.
    """

    code_mean: Tensor
    code_axes: Tensor

    def __init__(self, code: int, in_channels: int, input_size: int) -> None:
        super().__init__((in_channels, input_size, input_size), exact=True)
        self.code = code
        self.register_buffer("code_mean", torch.empty(code))
        self.register_buffer("code_axes", torch.empty(code, code))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the distribution of the codes to N(0, 1), before a training."""
        torch.nn.init.zeros_(self.code_mean)
        torch.nn.init.eye_(self.code_axes)

    @torch.no_grad()
    def describe(self, codes: Tensor) -> None:
        """Set `code_mean` and `code_axes` to those of codes, (N, K)."""
        codes = codes.double()
        mean = codes.mean(dim=0)
        _, deviations, axes = torch.linalg.svd((codes - mean) / max(1, len(codes) - 1) ** 0.5, full_matrices=False)
        self.code_mean.copy_(mean)
        self.code_axes.zero_()
        self.code_axes[: len(axes)] = (deviations[:, None] * axes).to(self.code_axes)

    @abstractmethod
    def start_from(self, mean: Tensor) -> None:
        """Let the decoder begin near the mean picture of a training, (C, H, W) in [0, 1]."""

    @abstractmethod
    def encode(self, image: Tensor) -> Tensor:
        """Return the codes of pictures, (B, K)."""

    @abstractmethod
    def decode(self, code: Tensor) -> Tensor:
        """Return the pictures of codes, (B, K) to (B, C, H, W), sRGB in [0, 1]."""

    def forward(self, image: Tensor) -> Tensor:
        return self.decode(self.encode(image))  # B, C, H, W


@torch.no_grad()
def start_near(last: torch.nn.Module, mean: Tensor) -> None:
    """Let the layer before the last sigmoid begin near a mean picture, or near the mean of each channel.

    The layer gets a tenth of its weights, and the logit of the mean as its bias. Otherwise a decoder of mostly dark
    pictures often learns in its first steps to make them all black, where a sigmoid has no gradient.

    Args:
        last: The layer, dense or convolutional.
        mean: (C, H, W) in [0, 1].
    """
    assert isinstance(last.bias, Tensor)
    assert isinstance(last.weight, Tensor)
    per_output = mean if last.bias.numel() == mean.numel() else mean.mean(dim=(1, 2))
    last.bias.copy_(torch.logit(per_output.flatten(), eps=0.01))
    last.weight.mul_(0.1)
