"""Multilayer perceptrons: dense layers with ReLU between them."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.networks.network import Network

__all__ = ["MLP", "dense"]


def dense(index: int, units: int, width: int, dropout: float = 0.0, batch_norm: bool = False) -> dict[str, nn.Module]:
    """A hidden layer's modules by their names: ``fc``, ``norm``, ``relu``, ``dropout`` with its number.

    Args:
        index: Its number.
        units: Inputs.
        width: Outputs.
        dropout: The probability at which an output is left out; 0 leaves the module out.
        batch_norm: Whether there is a batch normalisation.

    Raises:
        OptionError: The probability is not in [0, 1).
    """
    if not 0 <= dropout < 1:
        raise OptionError(f"dropout is a probability from 0 to below 1; received {dropout}.")
    modules: dict[str, nn.Module] = {f"fc{index}": nn.Linear(units, width)}
    if batch_norm:
        modules[f"norm{index}"] = nn.BatchNorm1d(width)
    modules[f"relu{index}"] = nn.ReLU()
    if dropout:
        modules[f"dropout{index}"] = nn.Dropout(dropout)
    return modules


class MLP(Network):
    """a_l = ReLU(W_l · a_{l−1} + b_l), the last layer without ReLU.

    Source: document 002, 'MLP for digit recognition': 784-512-512-10.

    Args:
        hidden: Units of each hidden layer.
        num_classes: Outputs.
        in_channels: Channels of the input.
        input_size: Height and width of the input, in pixels.
        dropout: The probability at which a hidden unit is left out in training, its others times 1/(1−p).
        batch_norm: Whether each hidden layer's sums are normalised over the batch.

    Shape: (B, in_channels, input_size, input_size) sRGB in [0, 1] to (B, num_classes).

    Layers: ``fc1, relu1, fc2, relu2, … fcL``; with ``norm{l}`` before and ``dropout{l}`` behind the ReLU.
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
