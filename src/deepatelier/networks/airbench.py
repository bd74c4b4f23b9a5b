"""A small ConvNet that trains in few epochs.

Source: Jordan, '94% on CIFAR-10 in 3.29 Seconds on a Single GPU' (2024), section 3, and its program airbench94.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.networks.layers import BatchShift, Pooling, pool2d
from deepatelier.networks.network import Network

__all__ = ["Airbench"]

_KERNEL = 2
_MOMENTUM = 0.4
"""The momentum of the batch normalisation."""

_SMALLEST_VARIANCE = 5e-4
_SCALE = 1 / 9


class Airbench(Network):
    """A 2x2 whitening convolution, three groups of two 3x3 convolutions, and one dense layer without bias.

    A group consists of convolution, 2x2 max pooling, batch normalisation, GELU, convolution, batch normalisation, GELU.
    The normalisation layers have no scale.

    Args:
        widths: The filters of each group.
        num_classes: The number of outputs.
        in_channels: The channels of the input.
        pooling: ``max`` or ``average``.

    Shape: (B, in_channels, H, W) sRGB in [0, 1], H and W 9 or more, to (B, num_classes).

    Layers: ``whiten``, ``gelu0``, and of group g from 1 to 3 ``conv{g}_1, pool{g}, norm{g}_1, gelu{g}_1, conv{g}_2,
    norm{g}_2, gelu{g}_2``; ``pool4``, ``fc``.

    Departures from the source: the last pooling takes the maximum over all positions, which equals the source's 3x3
    window at 32 x 32 pixels. The normalisation layers have ε = 1e-5 instead of 1e-12, with which the gradients of a
    channel that is nearly constant over a batch are unbounded.
    """

    initialization = "identity"

    def __init__(
        self,
        widths: Sequence[int] = (64, 256, 256),
        num_classes: int = 10,
        in_channels: int = 3,
        pooling: Pooling = "max",
    ) -> None:
        super().__init__((in_channels, 32, 32), smallest=_KERNEL - 1 + 2 ** len(widths))
        modules: dict[str, nn.Module] = {}
        channels = 2 * in_channels * _KERNEL**2
        modules |= {"whiten": nn.Conv2d(in_channels, channels, _KERNEL), "gelu0": nn.GELU()}
        for group, width in enumerate(widths, start=1):
            modules |= {
                f"conv{group}_1": nn.Conv2d(channels, width, 3, padding=1, bias=False),
                f"pool{group}": pool2d(pooling, 2, 2),
                f"norm{group}_1": BatchShift(width, _MOMENTUM),
                f"gelu{group}_1": nn.GELU(),
                f"conv{group}_2": nn.Conv2d(width, width, 3, padding=1, bias=False),
                f"norm{group}_2": BatchShift(width, _MOMENTUM),
                f"gelu{group}_2": nn.GELU(),
            }
            channels = width
        modules["pool4"] = nn.AdaptiveMaxPool2d(1) if pooling == "max" else nn.AdaptiveAvgPool2d(1)
        self.features = self._sequence("features", modules)
        self.fc = nn.Linear(channels, num_classes, bias=False)
        self.layers["fc"] = "fc"

    def forward(self, image: Tensor) -> Tensor:
        x = self.features(self.prepare(image))  # B, widths[-1], 1, 1
        return self.fc(x.flatten(1)) * _SCALE  # B, num_classes

    @property
    def whitening(self) -> nn.Conv2d:
        """The first convolution, whose weights `whiten` sets."""
        first = self.features[0]
        assert isinstance(first, nn.Conv2d)
        return first

    @torch.no_grad()
    def whiten(self, images: Tensor) -> None:
        """Set the first filters to the principal components of the pictures' 2x2 patches, scaled to whiten them.

        Each filter occurs with both signs. The filters are w_i = v_i / √(λ_i + ε) with C·v_i = λ_i·v_i, where C is the
        covariance of the normalised patches and ε = 5e-4.

        Args:
            images: (N, in_channels, H, W) sRGB in [0, 1]; a few thousand are enough.

        Raises:
            OptionError: There is no picture.
        """
        if not len(images):
            raise OptionError("The first layer learns from pictures how to whiten them; no pictures were given.")
        x = self.prepare(images).float()
        patches = x.unfold(2, _KERNEL, 1).unfold(3, _KERNEL, 1)  # B, C, h, w, 2, 2
        rows = patches.permute(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * _KERNEL**2)
        variances, directions = torch.linalg.eigh(rows.T @ rows / len(rows))
        filters = (directions / torch.sqrt(variances.clamp(min=0) + _SMALLEST_VARIANCE)).T.flip(0)
        filters = filters.reshape(-1, x.shape[1], _KERNEL, _KERNEL)
        self.whitening.weight.copy_(torch.cat([filters, -filters]))
