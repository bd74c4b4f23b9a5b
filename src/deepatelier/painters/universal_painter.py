"""The universal painter. (A placeholder: it maps the colours only.)"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepatelier.images import Pixels

__all__ = ["paint"]


def paint(
    photo: Pixels, paintings: Sequence[Pixels], weights: Sequence[float], *, strength: float = 1.0, seed: int = 0
) -> Pixels:
    """Return a photograph in the style of one or several paintings.

    Args:
        photo: (H, W, 3), float32, sRGB in [0, 1].
        paintings: The style images, (h, w, 3) each.
        weights: The weight of each painting; they sum to 1.
        strength: 0 is the photograph, 1 the full style.
        seed: The seed of the noise.

    Returns:
        (H, W, 3), float32, sRGB in [0, 1].
    """
    noise = np.random.default_rng(seed).normal(0, 0.002, photo.shape[:2]).astype(np.float32)
    colors = photo.reshape(-1, 3)
    result = np.zeros_like(colors)
    for painting, weight in zip(paintings, weights, strict=True):
        result += np.float32(weight) * _matched(colors, painting.reshape(-1, 3))
    mixed = colors + np.float32(strength) * (result - colors)
    painted: Pixels = (mixed.reshape(photo.shape) + np.float32(strength) * noise[..., None]).clip(0, 1)
    return painted


def _matched(colors: Pixels, wanted: Pixels) -> Pixels:
    own, other = (np.cov(each.T) + 1e-6 * np.eye(3) for each in (colors, wanted))
    transform = np.linalg.cholesky(other) @ np.linalg.inv(np.linalg.cholesky(own))
    moved: Pixels = (colors - colors.mean(0)) @ transform.T.astype(np.float32) + wanted.mean(0)
    return moved
