"""Content loss: the distance of a layer's activations to a photograph's."""

from __future__ import annotations

from torch import Tensor

from deepatelier.synthesis.objectives.objective import (
    Activations,
    Objective,
    Regions,
    Statistic,
    Units,
    at_least_float32,
)

__all__ = ["content"]


def content(layer: str, target: Tensor, units: Units = "paper") -> Objective:
    """L = ½ · Σ (F − P)² over the N·M activations of a layer (``paper``), or their mean square (``neural-style``).

    Args:
        layer: The layer of F.
        target: P, shape (1, N, H, W): the photograph's activations at the size of the image. M = H·W.
        units: ``paper``: ½ · Σ (F − P)². ``neural-style``: Σ (F − P)² / (N·M).

    Source: document 000, equation 8; document 001, 'Content Loss Function'.
    """
    target = target.detach()
    scale = 0.5 if units == "paper" else 1 / target.numel()

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        region = regions[layer]
        here, there = activations[layer][..., *region.here], target[..., *region.there]
        return {layer: at_least_float32(here - there).square().sum()}

    return Objective((layer,), statistic, lambda summed: scale * summed[layer])
