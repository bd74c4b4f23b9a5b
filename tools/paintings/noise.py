"""Smooth noise: paper, mist, the unsteady hand."""

from __future__ import annotations

import numpy as np

from tools.paintings.brush import Floats

__all__ = ["noise"]


def noise(
    shape: tuple[int, ...], scale: float | tuple[float, float], random: np.random.Generator, octaves: int = 1
) -> Floats:
    """Smooth noise of mean 0 and standard deviation 1.

    Args:
        shape: (H, W).
        scale: Size of the lumps in pixels; or along y and along x.
        random: Every number that is drawn comes from it.
        octaves: How many sizes, each half the one before in size and in strength.
    """
    height, width = shape[:2]
    scales = np.broadcast_to(np.asarray(scale, dtype=np.float64), 2)
    total = np.zeros((height, width))
    for octave in range(octaves):
        down, across = (_spread(size, max(lump / 2**octave, 1.0)) for size, lump in zip(shape, scales, strict=False))
        grid = random.standard_normal((down.shape[1], across.shape[1]))
        total += (down @ grid @ across.T) / 2**octave
    total -= total.mean()
    return total / max(float(total.std()), 1e-9)


def _spread(size: int, scale: float) -> Floats:
    """Weights (pixels, knots) of Gaussian bumps that are a scale apart."""
    knots = np.arange(-2, size / scale + 3)
    weights: Floats = np.exp(-2 * (np.arange(size)[:, None] / scale - knots) ** 2)
    return weights
