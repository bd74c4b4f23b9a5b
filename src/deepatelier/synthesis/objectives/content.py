"""Content loss: the distance between the activations of an image and a photograph at one layer."""

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
        target: P, shape (1, N, H, W): the photograph's activations at the image's size. M = H·W.
        units: ``paper``: ½ · Σ (F − P)². ``neural-style``: Σ (F − P)² / (N·M).

    Source: Gatys, Ecker and Bethge (2015), 'A Neural Algorithm of Artistic Style', equation 1.
    """
    target = target.detach()
    scale = 0.5 if units == "paper" else 1 / target.numel()

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        region = regions[layer]
        here, there = activations[layer][..., *region.here], target[..., *region.there]
        return {layer: at_least_float32(here - there).square().sum()}

    return Objective((layer,), statistic, lambda summed: scale * summed[layer])
