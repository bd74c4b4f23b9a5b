"""Denoising: an autoencoder makes a picture from its noisy form."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from deepatelier.networks.autoencoders import Autoencoder
from deepatelier.training.tasks.reconstruction import AutoencoderTask, squared_distance

__all__ = ["Denoising", "Noise", "noisy", "noisy_with_seed"]

Noise = Literal["gaussian", "masking"]


def noisy(images: Tensor, noise: Noise, level: Tensor) -> Tensor:
    """Return noisy pictures; draws from torch's global generator.

    Args:
        images: (B, C, H, W), sRGB in [0, 1].
        noise: ``gaussian``: x + σ·ε with ε ~ N(0, 1), which may leave [0, 1]. ``masking``: pixels are set to 0, in all
            channels, with probability σ.
        level: σ of each picture, (B,) or ().
    """
    level = level.to(images.device).reshape(-1, 1, 1, 1)
    if noise == "gaussian":
        return images + level * torch.randn_like(images)
    return images * (torch.rand_like(images[:, :1]) >= level)


def noisy_with_seed(images: Tensor, noise: Noise, level: float, seed: int) -> Tensor:
    """Return pictures with the noise of a seed, and restore the generators' states. Arguments as for `noisy`."""
    with torch.random.fork_rng(devices=[images.device] if images.is_cuda else []):
        torch.manual_seed(seed)
        return noisy(images, noise, torch.tensor(level))


class Denoising(AutoencoderTask):
    """L = ‖x − Dec(Enc(x̃))‖², with a noisy picture x̃ whose level of noise is uniform in [0, σ].

    Source: Vincent et al., 'Extracting and Composing Robust Features with Denoising Autoencoders' (2008), section 2.3,
    for masking; the lecture slides, 'Denoising Autoencoder', for both.

    Departures from the source: the level is drawn for each picture, so that one network removes noise of any level.

    Args:
        noise: The kind of noise.
        level: σ, the highest level.
    """

    def __init__(self, noise: Noise, level: float) -> None:
        self.noise, self.level = noise, level

    def objective(self, network: Autoencoder, images: Tensor) -> tuple[Tensor, Tensor]:  # noqa: D102
        level = self.level * torch.rand(len(images), device=images.device)
        reconstructed = network(noisy(images, self.noise, level))
        return squared_distance(reconstructed, images), reconstructed
