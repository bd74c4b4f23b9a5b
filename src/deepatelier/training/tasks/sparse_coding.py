"""Sparse coding: an autoencoder whose codes have few numbers that are not zero."""

from __future__ import annotations

from torch import Tensor

from deepatelier.networks.autoencoders import Autoencoder
from deepatelier.training.tasks.reconstruction import AutoencoderTask, squared_distance

__all__ = ["SparseCoding"]


class SparseCoding(AutoencoderTask):
    """L = ‖x − Dec(Enc(x))‖² + λ·Σ_i |Enc_i(x)|.

    Source: the lecture slides, 'Sparse Autoencoder', where λ is 1.

    Args:
        sparsity: λ.
    """

    def __init__(self, sparsity: float) -> None:
        self.sparsity = sparsity

    def objective(self, network: Autoencoder, images: Tensor) -> tuple[Tensor, Tensor]:  # noqa: D102
        code = network.encode(images)
        reconstructed = network.decode(code)
        penalty = code.float().abs().sum(dim=1).mean()
        return squared_distance(reconstructed, images) + self.sparsity * penalty, reconstructed
