"""Intensity: how far the pixels are from grey."""

from __future__ import annotations

from deepatelier.features import PIXELS
from deepatelier.synthesis.objectives.objective import Activations, Objective, Regions, Statistic, at_least_float32

__all__ = ["intensity"]


def intensity() -> Objective:
    """L = ‖I‖² = Σ (255 · (x − ½))² over pixels and colours, the mean over the pictures of a batch.

    Departure from the source: I is measured from the middle grey, which is where the documents begin (I = 0 behind the
    network's normalisation); black would not be neutral.

    Source: document 001, 'Gradient Ascent', λ‖I‖².
    """

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        pixels = at_least_float32(activations[PIXELS])
        return {PIXELS: (255 * (pixels[..., *regions[PIXELS].here] - 0.5)).square().sum() / len(pixels)}

    return Objective((PIXELS,), statistic, lambda summed: summed[PIXELS])
