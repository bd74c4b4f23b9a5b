"""The convolutional autoencoder."""

from __future__ import annotations

from torch import Tensor

from deepatelier.networks.autoencoders.autoencoder import Autoencoder, start_near
from deepatelier.networks.autoencoders.convolutional import Upsampling, decoder_modules, encoder_modules

__all__ = ["ConvolutionalAutoencoder"]


class ConvolutionalAutoencoder(Autoencoder):
    """Convolutions with stride 2 down to the code, and enlargements with convolutions up again.

    Source: the lecture slides, 'A Convolutional Autoencoder' and 'A Convolutional Autoencoder
    with Nearest Neighbor Interpolation'; Masci et al., 'Stacked Convolutional Auto-Encoders for Hierarchical Feature
    Extraction' (2011).

    Args:
        code: The number of numbers in a code.
        upsampling: ``resize`` (nearest neighbours, then a convolution) or ``transposed`` (transposed convolution).
        in_channels: The channels of the picture.
        input_size: Height and width of the picture, in pixels.

    Shape: see `Autoencoder`.

    Layers: ``conv1, relu1, conv2 …, code`` of the encoder; ``expand``, ``up1 … sigmoid`` of the decoder.
    """

    def __init__(
        self, code: int = 32, upsampling: Upsampling = "resize", in_channels: int = 1, input_size: int = 28
    ) -> None:
        super().__init__(code, in_channels, input_size)
        self.encoder = self._sequence("encoder", encoder_modules(code, in_channels, input_size))
        self.decoder = self._sequence("decoder", decoder_modules(code, in_channels, input_size, upsampling))

    def start_from(self, mean: Tensor) -> None:
        start_near(self.decoder[-2], mean)

    def encode(self, image: Tensor) -> Tensor:
        return self.encoder(self.prepare(image))  # B, K

    def decode(self, code: Tensor) -> Tensor:
        return self.decoder(code)  # B, C, H, W
