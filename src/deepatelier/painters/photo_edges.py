"""The photograph's edges in a picture that was painted from it."""

from __future__ import annotations

import numpy as np

from deepatelier.images import LUMA, Pixels, resized

__all__ = ["with_edges"]

_AMOUNT = 0.65
"""How far the tones follow the photograph's at its strongest edges; 1 is wholly."""

_STRONG = 3.0
"""The gradient of a strongest edge, relative to the mean gradient."""

_SIDE = 256
"""The longest side at which tones are compared, in pixels: the painting's finer strokes are left as they are."""

_AROUND = 6
"""Height and width of what belongs to an edge, in pixels at that size."""

_LEAST = 1e-3
"""A gradient below this, per pixel, is not an edge."""

_LUMA = np.array(LUMA, np.float32)


def with_edges(painted: Pixels, photo: Pixels) -> Pixels:
    """Draw the tones of a picture towards those of its photograph where the photograph has edges.

    y = x + a · e · (Y(photo) − Y(x)), Y the luma at up to 256 pixels, a = 0.65, and e the gradient of Y(photo) relative
    to 3 times its mean, at most 1. Lines of the photograph stay legible, and flat places stay painted.

    Args:
        painted: (H, W, 3), sRGB in [0, 1].
        photo: The photograph in the colours of the picture, of any size.

    Returns:
        (H, W, 3); values may lie slightly outside [0, 1].
    """
    scale = min(1.0, _SIDE / max(photo.shape[:2]))
    size = max(1, round(photo.shape[0] * scale)), max(1, round(photo.shape[1] * scale))
    tones = resized(photo, size) @ _LUMA
    if min(size) < 2:
        return painted
    edges = np.hypot(*np.gradient(tones))
    edges = resized(resized(edges, (max(1, size[0] // _AROUND), max(1, size[1] // _AROUND))), size)
    much = (edges / max(_STRONG * edges.mean(), _LEAST)).clip(0, 1)
    change = _AMOUNT * much * (tones - resized(painted, size) @ _LUMA)
    return painted + resized(change, (painted.shape[0], painted.shape[1]))[..., None]
