"""Guided DeepDream: pull each position's features towards the most similar features of another picture."""

from __future__ import annotations

import torch
from torch import Tensor

from deepatelier.synthesis.objectives.objective import Activations, Objective, Regions, Statistic, at_least_float32

__all__ = ["guide"]

_ROWS = 4096
"""Positions that are compared with the guide's per chunk."""


def guide(layer: str, target: Tensor) -> Objective:
    """L = −Σ_x max_y f(x) · g(y): each position x is pulled towards the guide's position y with the largest product.

    Args:
        layer: The layer of f; f(x) is a vector over the channels.
        target: (1, N, H', W'), the activations g of the guide.

    Source: Mordvintsev, Olah and Tyka 2015, the DeepDream program, 'Controlling dreams'.
    """
    others = target.detach()[0].flatten(1)  # N, M'

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        part = activations[layer][..., *regions[layer].here]
        positions = part.permute(0, 2, 3, 1).reshape(-1, part.shape[1])  # M, N
        with torch.no_grad():
            nearest = torch.cat([(rows @ others).argmax(dim=1) for rows in torch.split(positions, _ROWS)])
        return {layer: at_least_float32(positions * others.t()[nearest]).sum()}

    return Objective((layer,), statistic, lambda summed: -summed[layer])
