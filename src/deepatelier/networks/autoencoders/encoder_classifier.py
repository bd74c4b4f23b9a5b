"""A classifier that starts with the encoder of a convolutional autoencoder."""

from __future__ import annotations

from torch import Tensor, nn

from deepatelier.networks.autoencoders.convolutional import encoder_modules
from deepatelier.networks.autoencoders.convolutional_autoencoder import ConvolutionalAutoencoder
from deepatelier.networks.autoencoders.variational_autoencoder import VariationalAutoencoder
from deepatelier.networks.network import Network

__all__ = ["EncoderClassifier"]


class EncoderClassifier(Network):
    """The encoder of `ConvolutionalAutoencoder`, ReLU, and a dense layer.

    With the weights of an autoencoder, only the last layer is new.

    Source: the lecture slides, 'Autoencoder Applications', 2.

    Args:
        code: The number of numbers in a code.
        num_classes: The number of outputs.
        in_channels: The channels of the picture.
        input_size: Height and width of the picture, in pixels.

    Shape: (B, in_channels, input_size, input_size) sRGB in [0, 1] to (B, num_classes).

    Layers: those of the encoder, ``relu_code`` and ``fc``.
    """

    def __init__(self, code: int = 32, num_classes: int = 10, in_channels: int = 1, input_size: int = 28) -> None:
        super().__init__((in_channels, input_size, input_size), exact=True)
        self.encoder = self._sequence("encoder", encoder_modules(code, in_channels, input_size))
        self.classifier = self._sequence("classifier", {"relu_code": nn.ReLU(), "fc": nn.Linear(code, num_classes)})

    @classmethod
    def of(cls, autoencoder: ConvolutionalAutoencoder | VariationalAutoencoder) -> EncoderClassifier:
        """Return a classifier with the encoder of an autoencoder; of a variational one, μ is the code."""
        channels, side, _ = autoencoder.input_size
        network = cls(autoencoder.code, in_channels=channels, input_size=side)
        state = autoencoder.encoder.state_dict()
        shapes = {name: each.shape for name, each in network.encoder.state_dict().items()}
        network.encoder.load_state_dict({name: each[: shapes[name][0]] for name, each in state.items()})
        network.normalization = autoencoder.normalization
        return network

    def forward(self, image: Tensor) -> Tensor:
        return self.classifier(self.encoder(self.prepare(image)))  # B, num_classes
