"""What is compared at one resolution: from feature maps to a `Level` of patch matching."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from deepatelier.images import Pixels
from deepatelier.painters.patch_matching import Level
from deepatelier.painters.patches import neighbourhoods, side_by_side

__all__ = ["level_of"]

_SAMPLE = 4096
"""The approximate number of cells from which principal components are computed."""

_DETAIL = (0.6, 2.5)
"""The bounds of a cell's weight, relative to the mean: flat places of the photograph are left to the painting."""

_ITERATIONS = 3
"""Of the orthogonal iteration."""

_TINY = 1e-6
"""Added to what is divided by, for pictures of one colour."""


def level_of(
    photo: Pixels,
    paintings: Sequence[Pixels],
    weights: Sequence[float],
    dimensions: tuple[int, int],
    importance: tuple[float, float],
) -> Level:
    """Return the level that compares maps.

    Args:
        photo: The photograph's maps, (h, w, C).
        paintings: The paintings' maps, (H, W, C) each.
        weights: The share of each painting in the result; they sum to 1.
        dimensions: The principal components kept of the features, and of the features in the neighbourhoods.
        importance: The weights c and t of the score, see `deepatelier.painters.patch_matching`; c is larger where the
            photograph has detail, and smaller where it is flat.
    """
    own, others = _standardised(photo), [_standardised(each) for each in paintings]
    of_content, of_texture = _components(others, dimensions[0]), _components(paintings, dimensions[1])
    features = side_by_side([of_content(each) for each in others])
    grid = features.shape[0], features.shape[1]
    around = [neighbourhoods(of_texture(each)).reshape(*each.shape[:2], -1) for each in paintings]
    texture = side_by_side(around).reshape(grid[0] * grid[1], -1)
    shares = [
        np.full(each.shape[:2], weight / (each.shape[0] * each.shape[1]), np.float32)
        for each, weight in zip(paintings, weights, strict=True)
    ]
    share = side_by_side(shares).ravel()
    texture *= np.float32(importance[1] ** 0.5) / (
        np.sqrt(np.square(texture).sum(axis=1).mean(where=share > 0)) + _TINY
    )
    content, features = of_content(own).reshape(-1, features.shape[2]), features.reshape(len(share), -1)
    # with [2c_q · a_q, −c_q] · [a_p, ‖a_p‖²] one product gives −c_q · ‖a_q − a_p‖² up to what depends on q
    weight = importance[0] * _detail(own)[:, None]
    content = np.concatenate([2 * weight * content, -weight], axis=1)
    features = np.concatenate([features, np.square(features).sum(axis=1, keepdims=True)], axis=1)
    return Level((photo.shape[0], photo.shape[1]), grid, content, features, texture, share)


def _standardised(maps: Pixels) -> Pixels:
    """Return maps with mean 0 and deviation 1 in each channel, over the root of the mean squared length of a cell."""
    deviation = maps.std(axis=(0, 1))
    found = (maps - maps.mean(axis=(0, 1))) / (deviation + 1e-3 * deviation.mean() + _TINY)
    standard: Pixels = found / (np.sqrt(np.square(found).sum(axis=2).mean()) + _TINY)
    return standard


def _detail(maps: Pixels) -> Pixels:
    """Return the detail of each cell of maps (H, W, C), relative to the mean, within bounds: (H · W,).

    It is the root of the summed squared differences to the four direct neighbours, averaged over 3 x 3 cells.
    """
    height, width = maps.shape[0], maps.shape[1]
    framed = np.pad(maps, ((1, 1), (1, 1), (0, 0)), mode="edge")
    squares = np.zeros((height, width), np.float32)
    for y, x in ((0, 1), (2, 1), (1, 0), (1, 2)):
        squares += np.square(framed[y : y + height, x : x + width] - maps).sum(axis=2)
    change = neighbourhoods(np.sqrt(squares)[..., None]).mean(axis=1)
    relative: Pixels = (change / (change.mean() + _TINY)).clip(*_DETAIL)
    return relative


def _components(maps: Sequence[Pixels], number: int) -> Callable[[Pixels], Pixels]:
    """Return the projection of maps (H, W, C) on about their first principal components, by orthogonal iteration.

    The exact eigenvectors make no better pictures, and take seconds where another process uses the processors too.
    """
    channels = maps[0].shape[2]
    if number >= channels:
        return lambda each: each
    rows = np.concatenate([each.reshape(-1, channels) for each in maps])
    rows = rows[:: len(rows) // _SAMPLE | 1]  # odd: not the same columns of every line
    mean = rows.mean(axis=0)
    rows = rows - mean
    covariance = rows.T @ rows / len(rows) + _TINY * np.eye(channels, dtype=np.float32)
    axes = _orthonormal(covariance[:, np.argsort(-np.diagonal(covariance), kind="stable")[:number]])
    for _ in range(_ITERATIONS):
        axes = _orthonormal(covariance @ axes)
    return lambda each: (each - mean) @ axes


def _orthonormal(columns: Pixels) -> Pixels:
    """Return an orthonormal basis of columns (N, K) in their order, by Gram and Schmidt's process.

    `numpy.linalg.qr` takes seconds where another process uses the processors too: its threads wait for each other.
    """
    basis = np.empty_like(columns.T)
    for number, column in enumerate(columns.T):
        known = basis[:number]
        for _ in range(2):  # once is not enough in float32
            column = column - np.einsum("kn,k->n", known, np.einsum("kn,n->k", known, column))
        basis[number] = column / (np.sqrt(np.square(column).sum()) + np.finfo(np.float32).tiny)
    return basis.T
