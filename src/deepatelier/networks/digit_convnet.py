"""The small ConvNets that Loo's 'Deep Learning' (2017) compares with a dense network on digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.networks.layers import Pooling, pool2d
from deepatelier.networks.mlp import dense
from deepatelier.networks.network import Network

__all__ = ["CONFIGURATIONS", "Convolution", "DigitConvNet"]


class Convolution(NamedTuple):
    """A convolution with ``width`` filters and ReLU, and whether 2x2 pooling follows."""

    width: int
    kernel_size: int
    pooled: bool = True


CONFIGURATIONS: dict[str, tuple[Sequence[Convolution], bool, Sequence[int]]] = {
    "conv5": ((Convolution(5, 5),), True, (300,)),
    "conv32": ((Convolution(32, 5), Convolution(32, 5), Convolution(32, 3)), False, ()),
    "conv64": ((Convolution(64, 5), Convolution(64, 5), Convolution(32, 3, pooled=False)), False, ()),
}
"""Loo, 'Comparison': the convolutions, whether they have 'same' padding, and the widths of the hidden dense layers."""


class DigitConvNet(Network):
    """Convolutions with ReLU and 2x2 pooling, followed by dense layers.

    Source: Loo, 'Deep Learning' (2017), 'Comparison'. Where its numbers contradict its layers, the layers are used.

    Args:
        configuration: One of `CONFIGURATIONS`.
        num_classes: The number of outputs.
        in_channels: The channels of the input.
        input_size: Height and width of the input, in pixels.
        pooling: ``max`` or ``average``.
        dropout: The dropout probability of the hidden dense layers, as in `MLP`; of the last feature maps if there are
            none.
        batch_norm: Whether convolutions and hidden dense layers have batch normalisation.

    Shape: (B, in_channels, input_size, input_size) sRGB in [0, 1] to (B, num_classes).

    Layers: ``conv1, relu1, pool1, conv2 …``, then ``fc…`` with consecutive numbers.

    Raises:
        OptionError: ``input_size`` is too small for the convolutions.
    """

    def __init__(
        self,
        configuration: str,
        num_classes: int = 10,
        in_channels: int = 1,
        input_size: int = 28,
        pooling: Pooling = "max",
        dropout: float = 0.0,
        batch_norm: bool = False,
    ) -> None:
        super().__init__((in_channels, input_size, input_size), exact=True)
        convolutions, same, hidden = CONFIGURATIONS[configuration]
        modules: dict[str, nn.Module] = {}
        channels, side = in_channels, input_size
        for index, (width, kernel_size, pooled) in enumerate(convolutions, start=1):
            padding = kernel_size // 2 if same else 0
            modules[f"conv{index}"] = nn.Conv2d(channels, width, kernel_size, padding=padding)
            if batch_norm:
                modules[f"norm{index}"] = nn.BatchNorm2d(width)
            modules[f"relu{index}"] = nn.ReLU()
            side += 2 * padding - kernel_size + 1
            if pooled:
                modules[f"pool{index}"] = pool2d(pooling, 2, 2)
                side //= 2
            channels = width
        if side < 1:
            raise OptionError(
                f"digits_{configuration} needs larger pictures than {input_size} x {input_size} pixels, "
                "because its convolutions would leave nothing of them."
            )
        self.features = self._sequence("features", modules)
        modules, units = {}, channels * side**2
        if dropout and not hidden:
            modules["dropout"] = nn.Dropout(dropout)
        for index, width in enumerate(hidden, start=len(convolutions) + 1):
            modules |= dense(index, units, width, dropout, batch_norm)
            units = width
        modules[f"fc{len(convolutions) + len(hidden) + 1}"] = nn.Linear(units, num_classes)
        self.classifier = self._sequence("classifier", modules)

    def forward(self, image: Tensor) -> Tensor:
        x = self.features(self.prepare(image))  # B, C, h, w
        return self.classifier(x.flatten(1))  # B, num_classes
