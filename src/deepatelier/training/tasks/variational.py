"""The variational bound: an autoencoder whose codes are normally distributed."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor

from deepatelier.networks.autoencoders import Autoencoder, VariationalAutoencoder
from deepatelier.training.tasks.reconstruction import AutoencoderTask, squared_distance

__all__ = ["VariationalBound", "divergence"]


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return KL(N(μ, σ²) ‖ N(0, 1)) = −½·Σ_j (1 + log σ_j² − μ_j² − σ_j²) of each code, (B,).

    Source: Kingma and Welling, 'Auto-Encoding Variational Bayes' (2014), appendix B.
    """
    return -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(dim=1)


class VariationalBound(AutoencoderTask):
    """L = ‖x − Dec(z)‖² + β·KL(q(z|x) ‖ N(0, 1)), with z = μ(x) + σ(x)·ε and ε ~ N(0, 1).

    Up to constants, it is 2·v times the negative bound of the source for normally distributed pixels of variance
    v = β/2. The metric is that of z = μ(x).

    Source: Kingma and Welling, 'Auto-Encoding Variational Bayes' (2014), equation 10; for β, Higgins et al., 'beta-VAE'
    (2017).

    Args:
        beta: β.
    """

    def __init__(self, beta: float) -> None:
        self.beta = beta

    def objective(self, network: Autoencoder, images: Tensor) -> tuple[Tensor, Tensor]:  # noqa: D102
        mean, log_variance = (each.float() for each in cast("VariationalAutoencoder", network).distribution(images))
        drawn = network.decode(mean + torch.randn_like(mean) * (log_variance / 2).exp())
        loss = squared_distance(drawn, images) + self.beta * divergence(mean, log_variance).mean()
        return loss, drawn if network.training else network.decode(mean)
