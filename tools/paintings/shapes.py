"""Pixels of a painting by their place: areas, rows of colours, even points and the cells around them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from skimage.draw import polygon2mask

from tools.paintings.brush import Floats

__all__ = ["Mask", "even_points", "fill", "grid", "nearest_points", "ramp"]

Mask = NDArray[np.bool_]


def grid(shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Both coordinates, x and y, of each pixel of a picture (height, width), over the height of the picture."""
    y, x = (np.mgrid[: shape[0], : shape[1]] + 0.5) / shape[0]
    return x, y


def ramp(t: Floats, *stops: Sequence[float]) -> Floats:
    """Colours (…, 3) along a row of colours, t from 0 to 1."""
    places = np.linspace(0, 1, len(stops))
    channels = np.array(stops, dtype=float).T
    return np.stack([np.interp(t, places, channel) for channel in channels], axis=-1)


def fill(shape: tuple[int, int], outline: Floats) -> Mask:
    """The pixels of a picture (height, width) inside an outline of (x, y) over the height of the picture."""
    inside: Mask = polygon2mask(shape, outline[:, ::-1] * shape[0])  # type: ignore[no-untyped-call]
    return inside


def even_points(random: np.random.Generator, shape: tuple[int, int], spacing: float, jitter: float = 0.25) -> Floats:
    """Points (n, 2) in pixels, as (x, y), about so far apart, over a picture and a little beyond its edges."""
    height, width = shape
    half = np.hypot(height, width) / 2 + spacing
    rows, columns = np.arange(-half, half, spacing * np.sqrt(0.75)), np.arange(-half, half, spacing)
    x, y = np.meshgrid(columns, rows)
    x = x - spacing / 2 * (np.arange(len(rows)) % 2)[:, None]
    # turned, so that no row runs along the picture's edges
    turn = random.uniform(0.2, 0.8)
    points = np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], axis=-1)
    points = points.reshape(-1, 2) + (width / 2, height / 2) + jitter * spacing * random.standard_normal((x.size, 2))
    near: Floats = points[((points > -spacing) & (points < (width + spacing, height + spacing))).all(axis=1)]
    return near


def nearest_points(points: Floats, shape: tuple[int, int], count: int) -> tuple[Floats, NDArray[np.intp]]:
    """For each pixel the offsets (H, W, count, 2) from the nearest points and their indices (H, W, count)."""
    y, x = np.mgrid[: shape[0], : shape[1]] + 0.5
    pixels = np.stack([x, y], axis=-1)
    _, found = cKDTree(points).query(pixels, k=list(range(1, count + 1)))
    return pixels[:, :, None] - points[found], found
