"""Input normalisation, the first layer of every network: from sRGB in [0, 1] to the input that the weights expect."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["InputNormalization"]


class InputNormalization(nn.Module):
    """y = (scale · x[channels] − mean) / std, channel by channel.

    It computes in the input's precision and returns the network's precision, so that a network in bfloat16 still
    subtracts an exact mean. It has no parameters and adds no key to the ``state_dict``.

    Args:
        mean: One value per channel, after scaling and in the order of ``channels``; or one value for all channels.
        std: The same for the standard deviation.
        scale: The scale factor: 255 for weights that were trained on inputs from 0 to 255.
        channels: The order of the channels: (2, 1, 0) converts RGB to BGR. None keeps the order.

    Shape: (B, C, H, W) sRGB in [0, 1] to (B, C, H, W).
    """

    precision: Tensor

    def __init__(
        self,
        mean: tuple[float, ...] = (0.0,),
        std: tuple[float, ...] = (1.0,),
        scale: float = 1.0,
        channels: tuple[int, ...] | None = None,
    ) -> None:
        super().__init__()
        self.mean, self.std, self.scale, self.channels = mean, std, scale, channels
        # network.to(dtype) also converts this empty buffer, whose dtype is therefore the network's precision
        self.register_buffer("precision", torch.empty(0), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        if self.channels is not None:
            x = x[:, list(self.channels)]
        mean = x.new_tensor(self.mean).view(1, -1, 1, 1)
        std = x.new_tensor(self.std).view(1, -1, 1, 1)
        return ((self.scale * x - mean) / std).to(self.precision.dtype)

    def extra_repr(self) -> str:
        return f"mean={self.mean}, std={self.std}, scale={self.scale}, channels={self.channels}"
