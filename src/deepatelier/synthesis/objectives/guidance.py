"""Spatial guidance of a style loss: masks, resampled from pixels to the positions of each layer."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from deepatelier.synthesis.objectives.objective import Activations, Region, at_least_float32

__all__ = ["Guidance", "at", "carried", "mean", "parts", "rows"]

Guidance = Mapping[str, Tensor]
"""The weight of each position of a layer, (H, W) in [0, 1], by layer. Without it, all weights are 1."""


def at(guidance: Guidance | None, layer: str) -> Tensor | None:
    """Return the guidance of a layer, or None."""
    return None if guidance is None else guidance[layer]


def carried(mask: Tensor, activations: Activations) -> dict[str, Tensor]:
    """Resample a mask to the positions of each layer, by the mean over the pixels of a position.

    Args:
        mask: (1, 1, H, W) in [0, 1], soft edges allowed, of the whole network input.
        activations: (1, N, H', W') by layer.

    Source: Gatys, Ecker, Bethge, Hertzmann and Shechtman 2017, 'Controlling Perceptual Factors in Neural Style
    Transfer', section 4.1.
    """
    return {
        layer: nn.functional.adaptive_avg_pool2d(mask.to(maps.device), (maps.shape[-2], maps.shape[-1]))[0, 0]
        for layer, maps in activations.items()
    }


def rows(activation: Tensor, region: Region) -> Tensor:
    """Return the positions of a region as rows: (M, N). No copy if the memory format is channels-last."""
    return activation[..., *region.here].permute(0, 2, 3, 1).reshape(-1, activation.shape[1])


def parts(region: Region, guidance: Tensor | None, like: Tensor) -> Tensor:
    """Return each position's share of the whole map, (M, 1): 1/M_whole, or t / Σ t with guidance t."""
    if guidance is None:
        count = (region.here[0].stop - region.here[0].start) * (region.here[1].stop - region.here[1].start)
        return torch.full((count, 1), 1 / (region.whole[0] * region.whole[1]), device=like.device)
    return (guidance[*region.there] / guidance.sum()).reshape(-1, 1)


def mean(activation: Tensor, region: Region, guidance: Tensor | None) -> Tensor:
    """Return a region's contribution to the mean of each channel, (N,)."""
    f = at_least_float32(rows(activation, region))
    return (parts(region, guidance, f).to(f).t() @ f)[0]
