"""Swirl: a night sky that turns over hills, in long strokes of ultramarine, turquoise, yellow and ochre."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tools.paintings.brush import Brush, Floats, paint_layer
from tools.paintings.shapes import ramp

__all__ = ["draw_swirl"]

_PALETTE = {
    "midnight": (0.05, 0.08, 0.22),
    "ultramarine": (0.10, 0.20, 0.52),
    "cobalt": (0.20, 0.40, 0.70),
    "turquoise": (0.45, 0.68, 0.76),
    "mist": (0.80, 0.88, 0.84),
    "lemon": (0.98, 0.90, 0.45),
    "ochre": (0.85, 0.60, 0.16),
    "olive": (0.20, 0.30, 0.20),
    "pine": (0.06, 0.14, 0.16),
    "umber": (0.30, 0.17, 0.10),
}

# x, y and radius over the height of the picture, and the sense of rotation
_EDDIES = ((0.52, 0.30, 0.20, 1.0), (0.88, 0.42, 0.13, -1.0), (0.20, 0.46, 0.10, -1.0), (1.12, 0.17, 0.11, 1.0))
_LIGHTS = ((1.10, 0.15, 0.070), (0.25, 0.14, 0.040), (0.47, 0.09, 0.026), (0.78, 0.12, 0.034), (0.07, 0.33, 0.026),
           (0.72, 0.49, 0.024), (0.36, 0.26, 0.022), (1.19, 0.47, 0.030))  # fmt: skip


def draw_swirl(height: int = 640, seed: int = 7) -> NDArray[np.uint8]:
    """The painting as an array (height, 1.25 · height, 3) of 8-bit sRGB; the same seed gives the same picture."""
    random = np.random.default_rng(seed)
    scene = _Scene(height)
    canvas = np.ones((height, round(1.25 * height), 3)) * _PALETTE["umber"]  # a toned ground shows between the strokes
    unit = height / 640
    for brush in (Brush(1500, 22, 90), Brush(3200, 11, 64), Brush(5200, 6.5, 44, jitter=0.04)):
        scaled = Brush(brush.count, brush.width * unit, brush.length * unit, brush.jitter, brush.bristle)
        paint_layer(canvas, scaled, scene.flow, scene.color, random)
    accents = Brush(5000, 5 * unit, 26 * unit, jitter=0.03, bristle=0.09)
    paint_layer(canvas, accents, scene.flow, scene.color, random, where=scene.is_light)
    return (np.clip(canvas, 0, 1) * 255).round().astype(np.uint8)


class _Scene:
    """Where the flow goes and what colour a place has; lengths over the height of the picture."""

    def __init__(self, height: int) -> None:
        self.height = height

    def flow(self, points: Floats) -> Floats:
        x, y = (points / self.height).T
        # the sky drifts in waves to the right, and each eddy turns what is near
        u = np.ones_like(x)
        v = 0.35 * np.cos(7 * x + 2 * y) - 0.15
        for cx, cy, radius, sense in _EDDIES:
            dx, dy = x - cx, y - cy
            strength = 7 * sense * np.exp(-(dx**2 + dy**2) / (1.3 * radius**2)) / radius
            u, v = u - strength * dy, v + strength * dx
        for cx, cy, radius in _LIGHTS:
            dx, dy = x - cx, y - cy
            strength = 6 * np.exp(-(dx**2 + dy**2) / (3 * radius**2)) / radius
            u, v = u - strength * dy, v + strength * dx
        # the land's strokes follow the hills, the tree's rise like flames
        land = _smooth((y - self._ridge(x)) / 0.03)
        slope = 0.35 * np.cos(5 * x) + 0.25 * np.sin(11 * x + 9 * y)
        u, v = u * (1 - land) + 0.8 * land, v * (1 - land) + slope * land
        tree = self._tree(x, y)
        u, v = u * (1 - tree) + tree * 0.35 * np.sin(26 * y + 6 * x), v * (1 - tree) - tree
        flow: Floats = np.stack([u, v], axis=-1)
        flow /= np.maximum(np.linalg.norm(flow, axis=-1, keepdims=True), 1e-9)
        return flow

    def color(self, points: Floats) -> Floats:
        x, y = (points / self.height).T
        bands = 0.5 + 0.5 * np.sin(30 * y + 9 * np.sin(4.3 * x) + 5 * x)
        for cx, cy, radius, _ in _EDDIES:
            distance = np.hypot(x - cx, y - cy)
            near = np.exp(-((distance / (1.1 * radius)) ** 2))
            spiral = 0.5 + 0.5 * np.sin(42 * distance / radius * 0.22 + np.arctan2(y - cy, x - cx))
            bands = bands * (1 - near) + spiral * near
        depth = np.clip(y / 0.62, 0, 1)  # the sky is lighter towards the hills
        sky = _ramp(0.12 + 0.42 * bands + 0.30 * depth**2, "midnight", "ultramarine", "cobalt", "turquoise", "mist")
        for cx, cy, radius in _LIGHTS:
            distance = np.hypot(x - cx, y - cy) / radius
            halo = np.exp(-((distance / 2.1) ** 2)) * (0.75 + 0.25 * np.cos(7 * distance))
            glow = _ramp(np.clip(1.15 - distance / 1.6, 0, 1), "mist", "lemon", "ochre", "lemon")
            sky = sky + np.clip(halo, 0, 1)[:, None] * (glow - sky)
        ridge = self._ridge(x)
        folds = 0.5 + 0.5 * np.sin(34 * (y - ridge) + 5 * x + 2 * np.sin(9 * x))
        land = _ramp(
            folds * np.clip(1.2 - 1.1 * (y - ridge) / 0.4, 0.25, 1), "pine", "midnight", "olive", "cobalt", "turquoise"
        )
        fields = np.exp(-(((y - ridge - 0.17 - 0.03 * np.sin(8 * x)) / 0.035) ** 2))
        land = land + fields[:, None] * (_ramp(0.5 + 0.5 * np.sin(23 * x), "olive", "ochre", "lemon") - land)
        scene = sky + _smooth((y - ridge) / 0.012)[:, None] * (land - sky)
        tree = _ramp(0.5 + 0.5 * np.sin(60 * x + 14 * np.sin(9 * y)), "pine", "umber", "olive", "ochre")
        tree = tree + 0.45 * (np.array(_PALETTE["pine"]) - tree)
        colors: Floats = scene + self._tree(x, y)[:, None] * (tree - scene)
        return colors

    def is_light(self, points: Floats) -> Floats:
        """1 near the lights, the spirals' hearts and the fields, where small strokes are set on top."""
        x, y = (points / self.height).T
        near = np.zeros_like(x)
        for cx, cy, radius in _LIGHTS:
            near = np.maximum(near, (np.hypot(x - cx, y - cy) < 2.4 * radius).astype(float))
        fields = np.abs(y - self._ridge(x) - 0.17 - 0.03 * np.sin(8 * x)) < 0.04
        light: Floats = np.maximum(near, fields) * (1 - self._tree(x, y))
        return light

    @staticmethod
    def _ridge(x: Floats) -> Floats:
        """The line of the hills: y over x."""
        ridge: Floats = 0.66 + 0.05 * np.sin(3.1 * x + 0.4) + 0.025 * np.sin(8.3 * x) - 0.06 * x
        return ridge

    @staticmethod
    def _tree(x: Floats, y: Floats) -> Floats:
        """1 inside a flame-shaped tree at the left, 0 outside."""
        rise = np.clip((y - 0.20) / 0.8, 0, 1)
        middle = 0.125 + 0.018 * np.sin(17 * y)
        half = 0.095 * rise**0.8 + 0.012 * np.sin(31 * y) * rise
        return _smooth((half - np.abs(x - middle)) / 0.012) * (y > 0.20)


def _smooth(t: Floats) -> Floats:
    """0 below -½, 1 above ½, with a soft step between."""
    t = np.clip(t + 0.5, 0, 1)
    step: Floats = t * t * (3 - 2 * t)
    return step


def _ramp(t: Floats, *names: str) -> Floats:
    """Colours (n, 3) along a row of the palette's, t from 0 to 1."""
    return ramp(t, *(_PALETTE[name] for name in names))
