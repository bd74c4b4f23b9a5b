"""The universal painter: a photograph composed of patches of any paintings, without training and without torch."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from deepatelier.devices import available_memory, too_little_memory
from deepatelier.images import Pixels
from deepatelier.painters.chosen_patches import CONTENT, Features, block_means, chosen_patches
from deepatelier.painters.matching_features import STRIDE, feature_maps
from deepatelier.painters.patches import assembled
from deepatelier.painters.photo_edges import with_edges
from deepatelier.synthesis.style.colors import Colors, match_colors

__all__ = ["cell_of", "largest", "memory", "paint"]

_SIDE = 192
"""The approximate longest side of the photograph where it is compared with the paintings, in pixels."""

_LARGEST = 2.0
"""The longest side of the only painting, relative to that: with more patches, comparing all would take too long."""

_ADDED_CONTENT = 3.0
"""How much more the photograph counts in the choice of patches at a strength of 0."""

_BYTES = 100 * 2**20
"""Memory in bytes for the features."""

_BYTES_PER_SCORE, _BYTES_PER_PIXEL, _BYTES_PER_PAINTED = 16, 90, 52
"""Memory in bytes per score of the first comparison, per pixel of the result, and per pixel of the paintings."""


def largest(size: int, number: int) -> int:
    """Return the longest side that each of ``number`` paintings keeps for a result with a longest side of ``size``.

    Several have about as many patches as one, but keep at least the size of the result: the scale of the strokes.
    """
    return max(size, round(_LARGEST * max(size, _SIDE) / math.sqrt(number)))


def cell_of(longest: int) -> int:
    """Return what pictures are reduced by to be compared, for a photograph with this longest side."""
    return max(1, round(longest / _SIDE))


def memory(photo: Pixels, paintings: Sequence[Pixels], cell: int) -> int:
    """Return the memory in bytes that `paint` needs: for the first comparison, or later the pictures, if that is more.

    Args:
        photo, paintings: Those of `paint`.
        cell: What they are reduced by to be compared.
    """
    pixels: int = photo.shape[0] * photo.shape[1]
    painted: int = max(each.shape[0] for each in paintings) * sum(each.shape[1] for each in paintings)
    scores = (pixels // (STRIDE * cell) ** 2) * (painted // (STRIDE * cell) ** 2)
    return max(_BYTES + _BYTES_PER_SCORE * scores, _BYTES_PER_PIXEL * pixels + _BYTES_PER_PAINTED * painted)


def paint(
    photo: Pixels,
    paintings: Sequence[Pixels],
    weights: Sequence[float],
    *,
    strength: float = 1.0,
    seed: int = 0,
    cell: int | None = None,
    features: Features = feature_maps,
) -> Pixels:
    """Return a photograph in the style of one or several paintings.

    1. Photograph, in the paintings' colours, and paintings are reduced to about 192 pixels and compared by features of
       VGG-19; each place of the photograph gets a patch of the paintings (`chosen_patches`).
    2. The patches are copied from the paintings at full size, and blended (`assembled`).
    3. The tones follow the photograph's at its edges (`with_edges`).

    Args:
        photo: (H, W, 3), float32, sRGB in [0, 1].
        paintings: The style images, (h, w, 3) each. Their size relative to the photograph's sets the size of strokes.
            Larger ones than `largest` take long.
        weights: The share of each painting in the result; they sum to 1.
        strength: 0 is the photograph, 1 the full style. In between, the photograph counts more in the choice of
            patches, and is blended with the result.
        seed: The seed of the random choices.
        cell: What the pictures are reduced by to be compared. Default: `cell_of` the photograph.
        features: Gives the features that are compared.

    Returns:
        (H, W, 3), float32, sRGB in [0, 1].

    Raises:
        MemoryLimitError: It would need more memory than is free.
    """
    height, width = photo.shape[0], photo.shape[1]
    cell = cell or cell_of(max(height, width))
    large = [_filled_up(each, cell) for each in paintings]
    needed, free = memory(photo, large, cell), available_memory("cpu")
    if needed > free:
        advice = "Lower --size, or give fewer paintings." if len(paintings) > 1 else "Lower --size."
        raise too_little_memory(needed, free, advice)
    small = [block_means(each, cell) for each in large]
    wanted = Colors.mixed([Colors.of(each) for each in small], weights)
    colored = match_colors(block_means(_filled_up(photo, cell), cell), wanted).clip(0, 1)
    content = CONTENT * (1 + _ADDED_CONTENT * (1 - strength))
    places = chosen_patches(colored, small, weights, content=content, seed=seed, features=features)
    painted = assembled(large, places, (colored.shape[0], colored.shape[1]), cell)
    painted = with_edges(painted, colored)[:height, :width]
    result: Pixels = (photo + np.float32(strength) * (painted - photo)).clip(0, 1)
    return result


def _filled_up(image: Pixels, cell: int) -> Pixels:
    """Mirror an image at its lower and right border, up to a multiple of what features of half the size need."""
    step = 2 * STRIDE * cell
    filled: Pixels = np.pad(image, ((0, -image.shape[0] % step), (0, -image.shape[1] % step), (0, 0)), mode="symmetric")
    return filled
