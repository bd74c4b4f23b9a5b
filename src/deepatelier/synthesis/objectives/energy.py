"""Energy: how strongly a whole layer answers, the objective of DeepDream."""

from __future__ import annotations

from deepatelier.synthesis.objectives.objective import Activations, Objective, Regions, Statistic, at_least_float32

__all__ = ["energy"]


def energy(layer: str) -> Objective:
    """L = −½ · Σ f² over all activations of a layer. −∂L/∂f = f: the gradient of the layer is set to its activation.

    Args:
        layer: The layer of f.

    Source: document 001, 'Deep Dream: Amplify Features', I* = argmax Σ f².
    """

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        return {layer: at_least_float32(activations[layer][..., *regions[layer].here]).square().sum()}

    return Objective((layer,), statistic, lambda summed: -0.5 * summed[layer])
