"""Intensity: the squared distance of the pixels from grey."""

from __future__ import annotations

from deepatelier.features import PIXELS
from deepatelier.synthesis.objectives.objective import Activations, Objective, Regions, Statistic, at_least_float32

__all__ = ["intensity"]


def intensity() -> Objective:
    """L = ‖I‖² = Σ (255 · (x − ½))² over pixels and channels, averaged over the batch.

    Departure from the source: I is measured from middle grey, which is about 0 after the network's normalisation, and
    so the source's zero image. Measured from black, it would favour dark pictures.

    Source: Simonyan, Vedaldi and Zisserman (2014), 'Deep Inside Convolutional Networks', equation 1, λ‖I‖².
    """

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        pixels = at_least_float32(activations[PIXELS])
        return {PIXELS: (255 * (pixels[..., *regions[PIXELS].here] - 0.5)).square().sum() / len(pixels)}

    return Objective((PIXELS,), statistic, lambda summed: summed[PIXELS])
