"""Brush strokes along a flow field: what the drawn paintings are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Brush", "Field", "Floats", "paint_layer"]

Floats = NDArray[np.float64]

_HAIRS = np.linspace(-1, 1, 9)
"""Places of the hairs across the brush."""

Field = Callable[[Floats], Floats]
"""From points (n, 2), as (x, y) in pixels, to a value for each of them, (n, …)."""


@dataclass(frozen=True)
class Brush:
    """The strokes of one layer.

    Attributes:
        count: Strokes.
        width: Of a stroke, in pixels.
        length: Of a stroke along the flow, in pixels.
        jitter: Standard deviation of a stroke's colour, in units of [0, 1].
        bristle: How much the hairs of the brush differ in lightness, in units of [0, 1].
    """

    count: int
    width: float
    length: float
    jitter: float = 0.03
    bristle: float = 0.07


def paint_layer(
    canvas: Floats,
    brush: Brush,
    flow: Field,
    color: Field,
    random: np.random.Generator,
    *,
    where: Field | None = None,
) -> None:
    """Paint one layer of strokes, in random order, onto a canvas in place.

    Args:
        canvas: (H, W, 3), in [0, 1].
        brush: What the strokes are like.
        flow: The direction of the flow at points, (n, 2), of length 1.
        color: The colour at points, (n, 3), in [0, 1].
        random: Every number that is drawn comes from it.
        where: At points, whether a stroke may begin there, (n,); everywhere if None.
    """
    height, width = canvas.shape[:2]
    starts = random.uniform((0, 0), (width, height), size=(brush.count, 2))
    if where is not None:
        starts = starts[where(starts) > 0]
    spacing = max(1.0, brush.width / 3)
    paths = _follow(starts, flow, steps=max(3, round(brush.length / spacing)), spacing=spacing)
    tangents = np.gradient(paths, axis=1)
    tangents /= np.maximum(np.linalg.norm(tangents, axis=2, keepdims=True), 1e-9)
    colors = color(paths[:, paths.shape[1] // 2])
    for path, tangent, base in zip(paths, tangents, colors, strict=True):
        tint = base + brush.jitter * (random.standard_normal() + 0.5 * random.standard_normal(3))
        _stroke(canvas, path, tangent, _clip(tint, 0, 1), brush, random)


def _clip(values: Floats, low: float, high: float) -> Floats:
    """As `numpy.clip`, which takes longer for the few pixels of a stroke."""
    return np.minimum(np.maximum(values, low), high)


def _follow(starts: Floats, flow: Field, steps: int, spacing: float) -> Floats:
    """Points (n, steps, 2) along the flow, with the starts in the middle."""
    halves = []
    for sign in (-1.0, 1.0):
        point, points = starts, [starts]
        for _ in range(steps // 2):
            point = point + sign * spacing * flow(point)
            points.append(point)
        halves.append(points)
    return np.stack([*reversed(halves[0][1:]), *halves[1]], axis=1)


def _stroke(
    canvas: Floats, path: Floats, tangents: Floats, color: Floats, brush: Brush, random: np.random.Generator
) -> None:
    """One stroke along a path (n, 2) with its tangents of length 1, (n, 2)."""
    height, width = canvas.shape[:2]
    radius = brush.width / 2 * random.uniform(0.75, 1.2)
    left, top = np.floor(path.min(axis=0) - radius).astype(int)
    right, bottom = np.ceil(path.max(axis=0) + radius).astype(int) + 1
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if left >= right or top >= bottom:
        return
    dx, dy = np.arange(left, right)[:, None] - path[:, 0], np.arange(top, bottom)[:, None] - path[:, 1]
    nearest = (dx[None] ** 2 + dy[:, None] ** 2).argmin(axis=-1)  # rows, columns
    dx, dy = np.arange(left, right) - path[nearest, 0], np.arange(top, bottom)[:, None] - path[nearest, 1]
    tx, ty = tangents[nearest, 0], tangents[nearest, 1]
    across = (dx * -ty + dy * tx) / radius  # -1 to 1 over the brush's width
    beyond = dx * tx + dy * ty  # past the ends of the stroke
    along = nearest / (len(path) - 1)
    # dense where the brush was set down, thinner hair by hair where it was lifted
    hair = np.interp(across, _HAIRS, random.standard_normal(len(_HAIRS)))
    cover = _clip((1 - np.hypot(across, beyond / radius)) * radius, 0, 1)
    cover *= _clip(4 * (1.15 - along) + hair, 0, 1)
    # light from the upper left on the ridges of the paint
    relief = brush.bristle * (hair + 0.8 * _clip(-across, -1, 1) * np.sign(tx + 1e-9))
    patch = canvas[top:bottom, left:right]
    patch += cover[..., None] * (_clip(color + relief[..., None], 0, 1) - patch)
