"""Outlines and ribbons: what the drawn pictures are composed of."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tools.paintings.brush import Floats

__all__ = ["OVER", "WIDTH", "arc", "circle", "curve", "inside", "reduced", "ribbon"]

OVER = 2
"""How many times as large a picture is drawn, for smooth edges."""

WIDTH = 1.25
"""Of a picture, over its height."""


def reduced(picture: Floats, height: int) -> NDArray[np.uint8]:
    """A picture (OVER · height, OVER · width, 3) in [0, 1] at its own size, in 8 bits."""
    small = picture.reshape(height, OVER, -1, OVER, 3).mean(axis=(1, 3))
    levels: NDArray[np.uint8] = (np.clip(small, 0, 1) * 255).round().astype(np.uint8)
    return levels


def circle(center: ArrayLike, radius: ArrayLike, count: int = 44) -> Floats:
    """Points (count, 2) round a circle, back to the first; two radii make an ellipse, (count, 1) of them lobes."""
    t = np.linspace(0, 2 * np.pi, count)
    ring: Floats = np.asarray(center) + np.asarray(radius) * np.stack([np.cos(t), np.sin(t)], axis=-1)
    return ring


def curve(points: ArrayLike, *, closed: bool = False, steps: int = 12) -> Floats:
    """A smooth curve (n, 2) through points: a Catmull-Rom spline with so many steps from each point to the next."""
    knots = np.asarray(points, dtype=float)
    if closed:
        knots = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        knots = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    before, start, end, after = knots[:-3, None], knots[1:-2, None], knots[2:-1, None], knots[3:, None]
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    path = start + 0.5 * t * (
        end - before + t * (2 * before - 5 * start + 4 * end - after + t * (3 * (start - end) + after - before))
    )
    smoothed: Floats = path.reshape(-1, 2)
    return smoothed if closed else np.concatenate([smoothed, knots[-2:-1]])


def arc(start: ArrayLike, angle: float, length: float, turn: float, count: int = 12) -> Floats:
    """A curve (count, 2) of a length that leaves its start at an angle and turns by another, ever more tightly."""
    t = np.linspace(0, 1, count)
    angles = angle + turn * t**1.5
    steps = np.stack([np.cos(angles), np.sin(angles)], axis=-1) * length / (count - 1)
    steps[0] = 0
    return np.asarray(start, dtype=np.float64) + np.cumsum(steps, axis=0)


def ribbon(path: Floats, widths: ArrayLike) -> Floats:
    """The outline of a line that swells: a path (n, 2) with the line's width at each point."""
    tangents = np.gradient(path, axis=0)
    tangents /= np.maximum(np.linalg.norm(tangents, axis=1, keepdims=True), 1e-9)
    across = tangents[:, ::-1] * (-0.5, 0.5) * np.broadcast_to(widths, len(path))[:, None]
    return np.concatenate([path + across, (path - across)[::-1]])


def inside(outline: Floats, shape: tuple[int, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the pixels inside an outline of points (x, y) in pixels, also where it crosses itself."""
    height, width = shape[:2]
    starts, ends = outline, np.roll(outline, -1, axis=0)
    down = ends[:, 1] > starts[:, 1]
    firsts = np.clip(np.ceil(np.minimum(starts[:, 1], ends[:, 1])), 0, height).astype(int)
    lasts = np.clip(np.ceil(np.maximum(starts[:, 1], ends[:, 1])), 0, height).astype(int)
    counts = lasts - firsts
    if not counts.any():
        return np.empty(0, np.intp), np.empty(0, np.intp)
    # where each edge crosses each row; the sum of the crossings to the left says how often the outline goes round
    edges = np.repeat(np.arange(len(outline)), counts)
    rows = np.arange(len(edges)) - np.repeat(np.cumsum(counts) - counts, counts) + firsts[edges]
    slopes = (ends[edges, 0] - starts[edges, 0]) / (ends[edges, 1] - starts[edges, 1])
    columns = np.ceil(starts[edges, 0] + (rows - starts[edges, 1]) * slopes)
    columns = np.clip(columns, 0, width).astype(int)
    top, left = rows.min(), columns.min()
    turns = np.zeros((rows.max() - top + 1, columns.max() - left + 1), dtype=np.int32)
    np.add.at(turns, (rows - top, columns - left), np.where(down[edges], 1, -1))
    found = np.nonzero(np.cumsum(turns, axis=1)[:, : width - left])
    return found[0] + top, found[1] + left
