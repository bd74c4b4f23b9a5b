"""The autoencoder of dense layers."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from deepatelier.networks.autoencoders.autoencoder import Autoencoder, start_near
from deepatelier.networks.mlp import dense

__all__ = ["DenseAutoencoder"]


class DenseAutoencoder(Autoencoder):
    """Dense layers with ReLU in between, down to the code and up again; a sigmoid gives the pixels.

    Source: the lecture slides, 'Fully-Connected (Multilayer-Perceptron) Autoencoder'; Hinton and
    Salakhutdinov, 'Reducing the Dimensionality of Data with Neural Networks' (2006).

    Departures from the source: ReLU instead of sigmoids, and no pretraining layer by layer.

    Args:
        code: The number of numbers in a code.
        hidden: The units of the layers from the picture to the code; the decoder has the same in reverse.
        in_channels: The channels of the picture.
        input_size: Height and width of the picture, in pixels.

    Shape: see `Autoencoder`.

    Layers: ``fc1, relu1 …, code`` of the encoder; ``fc4, relu4 …, fc6, sigmoid`` of the decoder.
    """

    def __init__(
        self, code: int = 32, hidden: Sequence[int] = (512, 256), in_channels: int = 1, input_size: int = 28
    ) -> None:
        super().__init__(code, in_channels, input_size)
        units = in_channels * input_size**2
        modules: dict[str, nn.Module] = {}
        width = units
        for index, following in enumerate(hidden, start=1):
            modules |= dense(index, width, following)
            width = following
        self.encoder = self._sequence("encoder", {**modules, "code": nn.Linear(width, code)})
        modules, width = {}, code
        for index, following in enumerate(reversed(hidden), start=len(hidden) + 2):
            modules |= dense(index, width, following)
            width = following
        modules[f"fc{2 * len(hidden) + 2}"] = nn.Linear(width, units)
        self.decoder = self._sequence("decoder", {**modules, "sigmoid": nn.Sigmoid()})

    def start_from(self, mean: Tensor) -> None:
        start_near(self.decoder[-2], mean)

    def encode(self, image: Tensor) -> Tensor:
        return self.encoder(self.prepare(image).flatten(1))  # B, K

    def decode(self, code: Tensor) -> Tensor:
        return self.decoder(code).unflatten(1, self.input_size)  # B, C, H, W
