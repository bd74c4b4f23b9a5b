"""The variational autoencoder."""

from __future__ import annotations

from torch import Tensor

from deepatelier.networks.autoencoders.autoencoder import Autoencoder, start_near
from deepatelier.networks.autoencoders.convolutional import Upsampling, decoder_modules, encoder_modules

__all__ = ["VariationalAutoencoder"]


class VariationalAutoencoder(Autoencoder):
    """A code is normally distributed: q(z|x) = N(μ(x), diag σ²(x)). The code of a picture is μ(x).

    Source: Kingma and Welling, 'Auto-Encoding Variational Bayes' (2014), section 3 and appendix C.

    Departures from the source: convolutions instead of dense layers.

    Args:
        code: The number of numbers in a code.
        upsampling: ``resize`` or ``transposed``, as in `ConvolutionalAutoencoder`.
        in_channels: The channels of the picture.
        input_size: Height and width of the picture, in pixels.

    Shape: see `Autoencoder`.

    Layers: as in `ConvolutionalAutoencoder`; ``code`` has μ and log σ².
    """

    def __init__(
        self, code: int = 32, upsampling: Upsampling = "resize", in_channels: int = 1, input_size: int = 28
    ) -> None:
        super().__init__(code, in_channels, input_size)
        self.encoder = self._sequence("encoder", encoder_modules(2 * code, in_channels, input_size))
        self.decoder = self._sequence("decoder", decoder_modules(code, in_channels, input_size, upsampling))

    def distribution(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return μ and log σ² of the codes of pictures, (B, K) each."""
        mean, log_variance = self.encoder(self.prepare(image)).chunk(2, dim=1)
        return mean, log_variance

    def start_from(self, mean: Tensor) -> None:
        start_near(self.decoder[-2], mean)

    def encode(self, image: Tensor) -> Tensor:
        return self.distribution(image)[0]  # B, K

    def decode(self, code: Tensor) -> Tensor:
        return self.decoder(code)  # B, C, H, W
