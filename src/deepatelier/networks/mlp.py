"""Multilayer perceptrons: dense layers with ReLU in between."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.networks.network import Network

__all__ = ["MLP", "dense"]


def dense(index: int, units: int, width: int, dropout: float = 0.0, batch_norm: bool = False) -> dict[str, nn.Module]:
    """Return the modules of a hidden layer by name: ``fc``, ``norm``, ``relu``, ``dropout`` with the layer's index.

    Args:
        index: The index of the layer.
        units: The number of inputs.
        width: The number of outputs.
        dropout: The dropout probability; 0 omits the module.
        batch_norm: Whether to add batch normalisation.

    Raises:
        OptionError: The probability is not in [0, 1).
    """
    if not 0 <= dropout < 1:
        raise OptionError(f"dropout must be a probability of at least 0 and less than 1; received {dropout}.")
    modules: dict[str, nn.Module] = {f"fc{index}": nn.Linear(units, width)}
    if batch_norm:
        modules[f"norm{index}"] = nn.BatchNorm1d(width)
    modules[f"relu{index}"] = nn.ReLU()
    if dropout:
        modules[f"dropout{index}"] = nn.Dropout(dropout)
    return modules


class MLP(Network):
    """a_l = ReLU(W_l · a_{l−1} + b_l), the last layer without ReLU.

    Source: Müller, 'Introduction to Deep Learning' (2019), 'MLP for digit recognition': 784-512-512-10.

    Args:
        hidden: The units of each hidden layer.
        num_classes: The number of outputs.
        in_channels: The channels of the input.
        input_size: Height and width of the input, in pixels.
        dropout: The dropout probability p of the hidden units in training; the others are multiplied by 1/(1−p).
        batch_norm: Whether each hidden layer has batch normalisation before the ReLU.

    Shape: (B, in_channels, input_size, input_size) sRGB in [0, 1] to (B, num_classes).

    Layers: ``fc1, relu1, fc2, relu2, … fcL``; with ``norm{l}`` before and ``dropout{l}`` after the ReLU.
    """

    def __init__(
        self,
        hidden: Sequence[int] = (512, 512),
        num_classes: int = 10,
        in_channels: int = 1,
        input_size: int = 28,
        dropout: float = 0.0,
        batch_norm: bool = False,
    ) -> None:
        super().__init__((in_channels, input_size, input_size), exact=True)
        modules: dict[str, nn.Module] = {}
        units = in_channels * input_size**2
        for index, width in enumerate(hidden, start=1):
            modules |= dense(index, units, width, dropout, batch_norm)
            units = width
        modules[f"fc{len(hidden) + 1}"] = nn.Linear(units, num_classes)
        self.classifier = self._sequence("classifier", modules)

    def forward(self, image: Tensor) -> Tensor:
        return self.classifier(self.prepare(image).flatten(1))  # B, num_classes
