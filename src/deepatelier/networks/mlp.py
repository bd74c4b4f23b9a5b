"""Multilayer perceptrons: dense layers with ReLU between them."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from deepatelier.networks.network import Network

__all__ = ["MLP"]


class MLP(Network):
    """a_l = ReLU(W_l · a_{l−1} + b_l), the last layer without ReLU.

    Source: document 002, 'MLP for digit recognition': 784-512-512-10.

    Args:
        hidden: Units of each hidden layer.
        num_classes: Outputs.
        in_channels: Channels of the input.
        input_size: Height and width of the input, in pixels.

    Shape: (B, in_channels, input_size, input_size) sRGB in [0, 1] to (B, num_classes).

    Layers: ``fc1, relu1, fc2, relu2, … fcL``.
    """

    def __init__(
        self,
        hidden: Sequence[int] = (512, 512),
        num_classes: int = 10,
        in_channels: int = 1,
        input_size: int = 28,
    ) -> None:
        super().__init__((in_channels, input_size, input_size), exact=True)
        modules: dict[str, nn.Module] = {}
        units = in_channels * input_size**2
        for index, width in enumerate(hidden, start=1):
            modules |= {f"fc{index}": nn.Linear(units, width), f"relu{index}": nn.ReLU()}
            units = width
        modules[f"fc{len(hidden) + 1}"] = nn.Linear(units, num_classes)
        self.classifier = self._sequence("classifier", modules)

    def forward(self, image: Tensor) -> Tensor:
        return self.classifier(self.prepare(image).flatten(1))  # B, num_classes
