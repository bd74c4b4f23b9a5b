"""The small ConvNets that document 003 compares with a dense network on digits."""

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
    """A convolution of ``width`` filters with ReLU, and whether a 2x2 pooling follows it."""

    width: int
    kernel_size: int
    pooled: bool = True


CONFIGURATIONS: dict[str, tuple[Sequence[Convolution], bool, Sequence[int]]] = {
    "conv5": ((Convolution(5, 5),), True, (300,)),
    "conv32": ((Convolution(32, 5), Convolution(32, 5), Convolution(32, 3)), False, ()),
    "conv64": ((Convolution(64, 5), Convolution(64, 5), Convolution(32, 3, pooled=False)), False, ()),
}
"""Document 003, 'Comparison': the convolutions, whether they are padded to 'same' size, and the hidden dense layers."""


class DigitConvNet(Network):
    """Convolutions with ReLU and 2x2 pooling, then dense layers.

    Source: document 003, 'Comparison'. Where its figures disagree with its own layers, the layers are built.

    Args:
        configuration: One of `CONFIGURATIONS`.
        num_classes: Outputs.
        in_channels: Channels of the input.
        input_size: Height and width of the input, in pixels.
        pooling: ``max`` or ``average``.
        dropout: Of the hidden dense layers, as in `MLP`; of the last maps where there is none.
        batch_norm: Whether convolutions and hidden dense layers are normalised over the batch.

    Shape: (B, in_channels, input_size, input_size) sRGB in [0, 1] to (B, num_classes).

    Layers: ``conv1, relu1, pool1, conv2 …``, then ``fc…`` counted on.

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
                f"digits_{configuration} takes larger pictures than {input_size} x {input_size} pixels: "
                "nothing is left of such behind its convolutions."
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
