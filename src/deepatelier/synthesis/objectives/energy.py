"""Energy: the squared activations of a whole layer, the objective of DeepDream."""

from __future__ import annotations

from deepatelier.synthesis.objectives.objective import Activations, Objective, Regions, Statistic, at_least_float32

__all__ = ["energy"]


def energy(layer: str, *, mean: bool = False) -> Objective:
    """L = −½ · Σ f² over all activations of a layer, or −½ times their mean square.

    For the sum, −∂L/∂f = f: the layer's gradient is set to its activation.

    Args:
        layer: The layer of f.
        mean: Take the mean over all activations of the batch instead of the sum.

    Source: Mordvintsev, Olah and Tyka (2015), the DeepDream program, I* = argmax Σ f².
    """

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        maps = activations[layer]
        part = maps[..., *regions[layer].here] if maps.ndim == 4 else maps
        whole = regions[layer].whole if maps.ndim == 4 else (1, 1)
        count = maps.shape[0] * maps.shape[1] * whole[0] * whole[1] if mean else 1
        return {layer: at_least_float32(part).square().sum() / count}

    return Objective((layer,), statistic, lambda summed: -0.5 * summed[layer])
