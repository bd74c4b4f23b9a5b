"""The universal painter: a photograph composed of patches of any paintings, without training and without torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deepatelier.devices import available_memory, too_little_memory
from deepatelier.images import Pixels, resized
from deepatelier.painters.chosen_patches import CONTENT, Features, chosen_patches
from deepatelier.painters.matching_features import STRIDE, feature_maps
from deepatelier.painters.patches import assembled
from deepatelier.painters.photo_edges import with_edges
from deepatelier.synthesis.style.colors import Colors, match_colors

__all__ = ["largest", "paint"]

_SIDE = 192
"""The longest side of the photograph where it is compared with the paintings, in pixels."""

_LARGEST = 384
"""The longest side of a painting there: with more patches, it would take too long to compare all of them."""

_LESS = 3.0
"""How much more the photograph counts in the choice of patches at a strength of 0."""

_BYTES = 100 * 2**20
"""Memory in bytes for the features."""

_BYTES_PER_SCORE, _BYTES_PER_PIXEL, _BYTES_PER_PAINTED = 16, 90, 52
"""Memory in bytes per score of the first comparison, per pixel of the result, and per pixel of the paintings."""


def largest(size: int) -> int:
    """Return the longest side that a painting keeps for a result with a longest side of ``size``."""
    return _LARGEST * max(size, _SIDE) // _SIDE


def paint(
    photo: Pixels,
    paintings: Sequence[Pixels],
    weights: Sequence[float],
    *,
    strength: float = 1.0,
    seed: int = 0,
    features: Features = feature_maps,
) -> Pixels:
    """Return a photograph in the style of one or several paintings.

    1. Photograph, in the paintings' colours, and paintings are reduced to 192 pixels and compared by features of
       VGG-19; each place of the photograph gets a patch of the paintings (`chosen_patches`).
    2. The patches are copied from the paintings at full size, and blended (`assembled`).
    3. The tones follow the photograph's at its edges (`with_edges`).

    Args:
        photo: (H, W, 3), float32, sRGB in [0, 1].
        paintings: The style images, (h, w, 3) each. Their size relative to the photograph's sets the size of strokes.
        weights: The share of each painting in the result; they sum to 1.
        strength: 0 is the photograph, 1 the full style. In between, the photograph counts more in the choice of
            patches, and is blended with the result.
        seed: The seed of the random choices.
        features: Gives the features that are compared.

    Returns:
        (H, W, 3), float32, sRGB in [0, 1].

    Raises:
        MemoryLimitError: It would need more memory than is free.
    """
    height, width = photo.shape[0], photo.shape[1]
    scale = min(1.0, _SIDE / max(height, width))
    cell = max(2, -(-max(height, width) // _SIDE))
    shape = _reduced((height, width), scale)
    sizes = [_reduced(each.shape, min(scale, _LARGEST / max(each.shape[:2]))) for each in paintings]
    needed, free = _memory(shape, sizes, cell), available_memory("cpu")
    if needed > free:
        advice = "Lower --size, or give fewer paintings." if len(paintings) > 1 else "Lower --size."
        raise too_little_memory(needed, free, advice)
    reduced = [resized(each, size) for each, size in zip(paintings, sizes, strict=True)]
    wanted = Colors.mixed([Colors.of(each) for each in reduced], weights)
    colored = match_colors(photo, wanted).clip(0, 1)
    content = CONTENT * (1 + _LESS * (1 - strength))
    places = chosen_patches(resized(colored, shape), reduced, weights, content=content, seed=seed, features=features)
    large = [resized(each, (cell * down, cell * across)) for each, (down, across) in zip(paintings, sizes, strict=True)]
    painted = resized(assembled(large, places, shape, cell), (height, width))
    result: Pixels = (photo + np.float32(strength) * (with_edges(painted, colored) - photo)).clip(0, 1)
    return result


def _reduced(shape: Sequence[int], scale: float) -> tuple[int, int]:
    """Return a scaled height and width that the features take, at half the size too."""
    step = 2 * STRIDE
    return max(step, round(shape[0] * scale / step) * step), max(step, round(shape[1] * scale / step) * step)


def _memory(shape: tuple[int, int], sizes: Sequence[tuple[int, int]], cell: int) -> int:
    """Return the memory needed in bytes: the first comparison at full size, or later the pictures, whichever is more.

    Args:
        shape: Height and width of the photograph where it is compared.
        sizes: Those of the paintings.
        cell: What both are multiplied by for the result.
    """
    photo, grid = shape[0] * shape[1], max(down for down, _ in sizes) * sum(across for _, across in sizes)
    compared = _BYTES + _BYTES_PER_SCORE * (photo // STRIDE**2) * (grid // STRIDE**2)
    return max(compared, cell**2 * (_BYTES_PER_PIXEL * photo + _BYTES_PER_PAINTED * grid))
