"""Energy: how strongly a whole layer answers, the objective of DeepDream."""

from __future__ import annotations

from deepatelier.synthesis.objectives.objective import Activations, Objective, Regions, Statistic, at_least_float32

__all__ = ["energy"]


def energy(layer: str, *, mean: bool = False) -> Objective:
    """L = −½ · Σ f² over all activations of a layer, or −½ of their mean square.

    −∂L/∂f = f for the sum: the gradient of the layer is set to its activation.

    Args:
        layer: The layer of f.
        mean: Over all activations of all pictures, in place of the sum.

    Source: document 001, 'Deep Dream: Amplify Features', I* = argmax Σ f².
    """

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        maps = activations[layer]
        part = maps[..., *regions[layer].here] if maps.ndim == 4 else maps
        whole = regions[layer].whole if maps.ndim == 4 else (1, 1)
        count = maps.shape[0] * maps.shape[1] * whole[0] * whole[1] if mean else 1
        return {layer: at_least_float32(part).square().sum() / count}

    return Objective((layer,), statistic, lambda summed: -0.5 * summed[layer])
