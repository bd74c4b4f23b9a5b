"""A classifier that starts with the convolutions of an autoencoder."""

from __future__ import annotations

from torch import Tensor

from deepatelier.networks.autoencoders.convolutional import encoder_modules
from deepatelier.networks.autoencoders.convolutional_autoencoder import ConvolutionalAutoencoder
from deepatelier.networks.autoencoders.variational_autoencoder import VariationalAutoencoder
from deepatelier.networks.network import Network

__all__ = ["EncoderClassifier"]


class EncoderClassifier(Network):
    """The encoder of `ConvolutionalAutoencoder` up to its code, and a dense layer in the place of the code.

    With the weights of an autoencoder, only the last layer is new. (Codes are a worse start than feature maps.)

    Source: the lecture slides, 'Autoencoder Applications', 2.

    Args:
        num_classes: The number of outputs.
        in_channels: The channels of the picture.
        input_size: Height and width of the picture, in pixels.

    Shape: (B, in_channels, input_size, input_size) sRGB in [0, 1] to (B, num_classes).

    Layers: ``conv1, relu1, conv2 …`` of the encoder, and ``fc``.
    """

    def __init__(self, num_classes: int = 10, in_channels: int = 1, input_size: int = 28) -> None:
        super().__init__((in_channels, input_size, input_size), exact=True)
        modules = encoder_modules(num_classes, in_channels, input_size)
        last = modules.pop("code")
        self.encoder = self._sequence("encoder", modules)
        self.classifier = self._sequence("classifier", {"fc": last})

    @classmethod
    def of(cls, autoencoder: ConvolutionalAutoencoder | VariationalAutoencoder) -> EncoderClassifier:
        """Return a classifier with the convolutions of an autoencoder."""
        channels, side, _ = autoencoder.input_size
        network = cls(in_channels=channels, input_size=side)
        known = network.encoder.state_dict()
        network.encoder.load_state_dict(
            {name: each for name, each in autoencoder.encoder.state_dict().items() if name in known}
        )
        network.normalization = autoencoder.normalization
        return network

    def forward(self, image: Tensor) -> Tensor:
        return self.classifier(self.encoder(self.prepare(image)))  # B, num_classes
