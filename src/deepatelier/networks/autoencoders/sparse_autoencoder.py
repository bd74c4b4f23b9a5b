"""The autoencoder with a sparse code."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from deepatelier.networks.autoencoders.autoencoder import Autoencoder
from deepatelier.networks.layers import NormalizedLinear

__all__ = ["SparseAutoencoder"]


class SparseAutoencoder(Autoencoder):
    """z = ReLU(W·x + b) and x' = D·z + c, with columns of D of norm 1: a picture is a sum of few features.

    Source: the lecture slides, 'Sparse Autoencoder'. The penalty Σ|z_i| is part of the training:
    `deepatelier.training.tasks.sparse_coding`.

    Departures from the source: the columns of D, the features, have norm 1. Otherwise smaller codes with larger columns
    would lower the penalty, and the picture would be the same.

    Args:
        code: The number of numbers in a code, usually more than are needed without the penalty.
        in_channels: The channels of the picture.
        input_size: Height and width of the picture, in pixels.

    Shape: see `Autoencoder`. Pixels of x' may be outside [0, 1].

    Layers: ``fc1``, ``code`` and ``fc2``.
    """

    def __init__(self, code: int = 256, in_channels: int = 1, input_size: int = 28) -> None:
        super().__init__(code, in_channels, input_size)
        units = in_channels * input_size**2
        self.encoder = self._sequence("encoder", {"fc1": nn.Linear(units, code), "code": nn.ReLU()})
        self.decoder = NormalizedLinear(code, units)
        self.layers["fc2"] = "decoder"

    @torch.no_grad()
    def start_from(self, mean: Tensor) -> None:
        """See `Autoencoder`. The encoder begins as the transpose of D, so that its units are used and do not die."""
        self.decoder.bias.copy_(mean.flatten())
        self.encoder.get_parameter("0.weight").copy_(self.decoder.normalized_weight().T)

    @torch.no_grad()
    def features(self) -> Tensor:
        """Return the features, the columns of D, as (K, C, H, W)."""
        return self.decoder.normalized_weight().T.reshape(-1, *self.input_size)

    def encode(self, image: Tensor) -> Tensor:
        return self.encoder(self.prepare(image).flatten(1))  # B, K

    def decode(self, code: Tensor) -> Tensor:
        return self.decoder(code).unflatten(1, self.input_size)  # B, C, H, W
