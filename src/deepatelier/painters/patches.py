"""Overlapping patches: cut them out of maps, and lay them together again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from deepatelier.images import Pixels

__all__ = ["Places", "assembled", "averaged", "neighbourhoods", "side_by_side"]

Places = NDArray[np.intp]
"""For each cell of the result, row by row, the number of the cell of the paintings that it copies."""

_OVERLAP = 3
"""Height and width of a copied patch, in cells."""

_SHARPNESS = 2.0
"""The exponent of the Hann window: the larger it is, the less patches are blended."""


def side_by_side(arrays: Sequence[Pixels]) -> Pixels:
    """Put arrays (H, W, ...) beside each other, the lower ones filled up with zeros."""
    height = max(len(each) for each in arrays)
    filled = [np.pad(each, ((0, height - len(each)), *[(0, 0)] * (each.ndim - 1))) for each in arrays]
    return np.concatenate(filled, axis=1)


def neighbourhoods(maps: Pixels) -> Pixels:
    """Return the 3 x 3 neighbourhood of each cell of maps (H, W, D), as rows: (H · W, 9 · D)."""
    framed = np.pad(maps, ((1, 1), (1, 1), (0, 0)), mode="edge")
    windows = sliding_window_view(framed, (3, 3), (0, 1)).transpose(0, 1, 3, 4, 2)
    return np.ascontiguousarray(windows).reshape(maps.shape[0] * maps.shape[1], -1)


def averaged(rows: Pixels, places: Places, shape: tuple[int, int]) -> Pixels:
    """Lay copied neighbourhoods over each other.

    Args:
        rows: The neighbourhoods of all cells of the paintings, see `neighbourhoods`.
        places: The cell that each cell of the result copies.
        shape: Height and width of the result, in cells.

    Returns:
        (H, W, D): the mean of the up to nine neighbourhoods that cover a cell.
    """
    height, width = shape
    copied = rows[places].reshape(height, width, 3, 3, -1)
    total = np.zeros((height + 2, width + 2, copied.shape[-1]), np.float32)
    count = np.zeros((height + 2, width + 2, 1), np.float32)
    for y in range(3):
        for x in range(3):
            total[y : y + height, x : x + width] += copied[:, :, y, x]
            count[y : y + height, x : x + width] += 1
    mean: Pixels = (total / count)[1:-1, 1:-1]
    return mean


def assembled(paintings: Sequence[Pixels], places: Places, shape: tuple[int, int], cell: int) -> Pixels:
    """Lay patches of pixels over each other, blended by a Hann window.

    Args:
        paintings: (h · cell, w · cell, 3) each. Places number the cells of all, side by side. Each is mirrored at its
            borders, so that nothing of another one or of what fills up lower ones is copied with it.
        places: The cell that each cell of the result copies.
        shape: Height and width of the result, in cells.
        cell: Height and width of a cell, in pixels. A patch is three cells high and wide.

    Returns:
        (height · cell, width · cell, 3).
    """
    height, width = shape
    side = _OVERLAP * cell
    framed = side_by_side([np.pad(each, ((cell, cell), (cell, cell), (0, 0)), mode="symmetric") for each in paintings])
    widths = [each.shape[1] // cell for each in paintings]
    frames = np.repeat(2 * np.arange(len(widths)), widths)  # columns of cells that the frames add before a column
    patches = sliding_window_view(framed, (side, side), (0, 1))[::cell, ::cell].transpose(0, 1, 3, 4, 2)
    profile = np.hanning(side + 2)[1:-1].astype(np.float32) ** _SHARPNESS
    window = (profile[:, None] * profile)[..., None]
    rows, columns = np.divmod(places.reshape(height, width), len(frames))
    columns = columns + frames[columns]
    total = np.zeros(((height + 2) * cell, (width + 2) * cell, 3), np.float32)
    weight = np.zeros((*total.shape[:2], 1), np.float32)
    for y in range(min(_OVERLAP, height)):  # the patches of every third cell do not overlap
        for x in range(min(_OVERLAP, width)):
            part = rows[y::_OVERLAP, x::_OVERLAP], columns[y::_OVERLAP, x::_OVERLAP]
            down, across = part[0].shape
            here = np.s_[y * cell : y * cell + down * side, x * cell : x * cell + across * side]
            copied = (patches[part] * window).transpose(0, 2, 1, 3, 4)
            total[here] += copied.reshape(down * side, across * side, 3)
            weight[here] += np.tile(window, (down, across, 1))
    inner = np.s_[cell : cell + height * cell, cell : cell + width * cell]
    blended: Pixels = total[inner] / weight[inner]
    return blended
