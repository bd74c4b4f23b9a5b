"""Pointillism: an afternoon by a river, with trees, sails and people under parasols, in dots of divided colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from tools.paintings.brush import Floats
from tools.paintings.noise import noise
from tools.paintings.outlines import curve
from tools.paintings.shapes import Mask, even_points, fill, grid, nearest_points, ramp

__all__ = ["draw_pointillism"]

_PIGMENTS = {
    "white": (1.00, 0.97, 0.88), "cream": (1.00, 0.90, 0.72), "lemon": (0.99, 0.84, 0.44),
    "orange": (0.98, 0.58, 0.14), "vermilion": (0.90, 0.26, 0.14), "rose": (0.94, 0.56, 0.60),
    "lilac": (0.70, 0.60, 0.86), "violet": (0.36, 0.20, 0.50), "indigo": (0.12, 0.09, 0.27),
    "ultramarine": (0.16, 0.26, 0.58), "azure": (0.38, 0.58, 0.84), "sky": (0.68, 0.84, 0.95),
    "viridian": (0.06, 0.32, 0.28), "emerald": (0.22, 0.50, 0.26), "spring": (0.62, 0.62, 0.24),
    "straw": (0.98, 0.78, 0.50), "peach": (0.99, 0.74, 0.54), "umber": (0.32, 0.14, 0.12),
}  # fmt: skip
_LUMA = np.array((0.30, 0.59, 0.11))

# x and y over the height of the picture, then the size, or the half width and half height
_BOATS = ((0.22, 0.45, 0.24, "rose cream white"), (0.54, 0.385, 0.15, "lilac white white"),
          (0.065, 0.375, 0.12, "vermilion orange lemon"), (0.69, 0.325, 0.08, "rose white"))  # fmt: skip
_CROWNS = ((0.755, 0.215, 0.065, 0.105), (0.87, 0.17, 0.085, 0.12), (1.23, 0.24, 0.13, 0.12),
           (0.93, 0.04, 0.13, 0.10), (1.06, 0.17, 0.16, 0.13), (1.18, 0.05, 0.17, 0.12))  # fmt: skip


def draw_pointillism(height: int = 640, seed: int = 7) -> NDArray[np.uint8]:
    """The painting as an array (height, 1.25 · height, 3) of 8-bit sRGB; the same seed gives the same picture."""
    random = np.random.default_rng(seed)
    scene = _Scene((height, round(1.25 * height)), random).colors
    unit = height / 640
    # each thing is a little lighter or darker against its neighbour than it is
    soft = ndimage.gaussian_filter(scene, (11 * unit, 11 * unit, 0))
    scene = np.clip(scene + 0.9 * (scene - soft), 0, 1)
    # broad dots of shade below, so that the lighter ones on top stand apart and shine
    shade = 0.28 * scene + 0.46 * _hue(scene @ _LUMA, "indigo indigo violet ultramarine lilac")
    canvas: Floats = 0.85 * shade
    _dot(canvas, shade, 13 * unit, (0.45, 0.60), 1.0, random)
    light = 1.05 * scene
    _dot(canvas, light, 17 * unit, (0.36, 0.46), 0.6, random)
    _dot(canvas, light, 12 * unit, (0.36, 0.45), 1.0, random)
    _dot(canvas, light, 9 * unit, (0.28, 0.42), 0.35, random)
    return (np.clip(canvas, 0, 1) * 255).round().astype(np.uint8)


def _dot(
    canvas: Floats, scene: Floats, spacing: float, radii: tuple[float, float], share: float, random: np.random.Generator
) -> None:
    """Set one layer of dots onto the canvas, in place; the radii are over the spacing, the share is of the places."""
    height, width = canvas.shape[:2]
    points = even_points(random, (height, width), spacing, 0.18)
    points = points[random.random(len(points)) < share]
    column = np.clip(points[:, 0].astype(int), 0, width - 1)
    row = np.clip(points[:, 1].astype(int), 0, height - 1)
    colors = _divide(scene[row, column], random)
    radius = spacing * random.uniform(*radii, len(points))
    offsets, found = nearest_points(points, (height, width), 1)
    offset, dot = offsets[:, :, 0], found[:, :, 0]
    distance = np.linalg.norm(offset, axis=-1)
    cover = np.clip(radius[dot] - distance + 0.5, 0, 1)
    relief = 0.035 * np.clip(-offset.sum(axis=-1) / spacing, -1, 1)  # the paint stands up a little from the canvas
    canvas += cover[..., None] * (np.clip(colors[dot] + relief[..., None], 0, 1) - canvas)


def _divide(local: Floats, random: np.random.Generator) -> Floats:
    """Colours (n, 3) of dots that mix in the eye to about the local one: its pure hue, light, shade, complement."""
    count = len(local)
    value = local @ _LUMA
    pure = value[:, None] + 1.3 * (local - value[:, None])
    lit = 0.55 * pure + 0.45 * _hue(value, "umber vermilion orange straw cream")
    shade = 0.50 * pure + 0.50 * _hue(value, "indigo ultramarine azure azure sky")
    complement = value[:, None] - 1.2 * (local - value[:, None])
    complement = 0.45 * complement + 0.55 * _hue(value, "violet vermilion rose rose rose")
    kind = random.choice(4, size=count, p=(0.55, 0.20, 0.16, 0.09))
    colors = np.choose(kind[:, None], [pure, lit, shade, complement])
    colors += 0.04 * random.standard_normal((count, 1)) + 0.03 * random.standard_normal((count, 3))
    divided: Floats = np.clip(colors, 0, 1)
    return divided


def _hue(value: Floats, names: str) -> Floats:
    """Pigments from dark to light, at values from 0 to 1."""
    return ramp(value, *(_PIGMENTS[name] for name in names.split()))


class _Scene:
    """The colours of the scene before they are divided into dots; lengths over the height."""

    def __init__(self, shape: tuple[int, int], random: np.random.Generator) -> None:
        self.shape = shape
        self.x, self.y = grid(shape)
        self.colors = np.ones((*shape, 3))
        self.patches = noise(shape, (0.044 * shape[0], 0.07 * shape[0]), random)
        self.reach = noise(shape, (0.024 * shape[0], 0.18 * shape[0]), random)
        self._air_and_water()
        self._boats()
        self._bank()
        self._trees()
        self._people()

    def _paint(self, mask: Mask, tone: Floats | float, names: str) -> None:
        tones = np.broadcast_to(tone, self.shape)[mask]
        self.colors[mask] = _hue(np.clip(tones, 0, 1), names)

    def _shape(self, points: tuple[tuple[float, float], ...], names: str) -> None:
        """A smooth shape, its row of colours from the side away from the sun to the side towards it."""
        mask = fill(self.shape, curve(points, closed=True))
        if mask.any():
            right, left = self.x[mask].max(), self.x[mask].min()
            self._paint(mask, (right - self.x) / max(right - left, 1e-9) + 0.12 * self.patches, names)

    def _oval(self, x: float, y: float, across: Floats | float, down: Floats | float) -> Mask:
        inside: Mask = np.hypot((self.x - x) / across, (self.y - y) / down) < 1
        return inside

    def _air_and_water(self) -> None:
        everywhere = np.ones(self.shape, dtype=bool)
        self._paint(everywhere, self.y / 0.27 + 0.10 * self.patches, "azure azure sky sky cream peach rose")
        for x, y, size in ((0.15, 0.10, 0.13), (0.38, 0.06, 0.10), (0.52, 0.15, 0.11), (0.03, 0.19, 0.08)):
            puff = self._oval(x, y, size, (0.34 + 0.05 * self.patches) * size)
            self._paint(puff, 0.5 + (y - self.y) / (0.6 * size) + 0.15 * self.patches, "lilac rose cream white")
        depth = (self.y - 0.27) / 0.6
        ripple = 0.35 + 0.5 * depth + 0.22 * self.reach
        self._paint(depth > 0, ripple, "cream sky azure azure azure ultramarine ultramarine indigo")
        hills = 0.27 - 0.045 - 0.02 * np.sin(9 * self.x) - 0.014 * np.sin(27 * self.x + 1)
        woods = (self.y - hills) / 0.06 + 0.2 * self.patches
        self._paint((self.y > hills) & (depth < 0), woods, "spring emerald viridian violet")
        mirrored = (depth > 0) & (self.y < 0.31 + 0.012 * self.reach)
        self._paint(mirrored, 0.5 + 0.3 * self.reach, "violet viridian ultramarine")
        for x in (0.10, 0.30, 0.345, 0.62):
            self._paint((np.abs(self.x - x) < 0.018) & (np.abs(self.y - 0.242) < 0.022), 1.0, "white")
            roof = (np.abs(self.x - x) < self.y - 0.201) & (np.abs(self.y - 0.213) < 0.013)
            self._paint(roof, 1.0, "vermilion")

    def _boats(self) -> None:
        for x, y, size, names in _BOATS:
            great = ((x, y - size), (x, y - 0.04 * size), (x - 0.55 * size, y - 0.06 * size))
            jib = ((x + 0.03, y - 0.9 * size), (x + 0.03, y - 0.05 * size), (x + 0.33 * size, y - 0.1 * size))
            for sail in (great, jib):
                light = 0.5 - (self.x - x) / size + 0.15 * self.patches
                self._paint(fill(self.shape, np.array(sail)), light, names)
            hull = (np.abs(self.x - x) < 0.5 * size - (self.y - y)) & (np.abs(self.y - y) < 0.07 * size)
            self._paint(hull, (y - self.y) / (0.14 * size) + 0.5, "indigo violet vermilion")
            below = (self.y - y - 0.08 * size) / size
            ripples = np.sin(2 * np.pi * self.y / 0.034 + 1.5 * self.reach) > -0.2
            wet = ripples & (below > 0) & (np.abs(self.x - x) < 0.45 * size * (1 - below))
            self._paint(wet, 0.9 - 0.7 * below, f"azure {names}")

    def _bank(self) -> None:
        edge = 0.86 - 0.53 * np.clip(self.x / 1.05, 0, 1) ** 1.25 + 0.012 * np.sin(15 * self.x)
        self._paint(self.y > edge - 0.016, 0.5 + 0.3 * self.reach, "viridian indigo violet")
        sun = 0.64 + 0.16 * self.patches + 0.12 * self.reach - 0.25 * (self.y - edge)
        self._paint(self.y > edge, sun, "viridian emerald emerald spring straw spring straw cream")
        for x, y, across, down in ((1.02, 0.70, 0.34, 0.035), (0.77, 0.51, 0.12, 0.018), (0.52, 0.90, 0.22, 0.018),
                                   (0.90, 0.885, 0.20, 0.016), (0.66, 0.665, 0.08, 0.011)):  # fmt: skip
            shade = self._oval(x, y, across, down * (1 + 0.3 * self.patches))
            self._paint(shade & (self.y > edge), 0.5 + 0.3 * self.reach, "indigo violet viridian emerald")
        near = self.y > 0.92 + 0.02 * np.sin(6 * self.x + 1) + 0.012 * self.patches
        self._paint(near & (self.y > edge), 0.5 + 0.25 * self.reach, "indigo viridian violet indigo")

    def _trees(self) -> None:
        for x, top, bottom, half in ((0.755, 0.24, 0.50, 0.011), (0.86, 0.22, 0.56, 0.014), (1.10, 0.15, 0.70, 0.027)):
            lean = 0.02 * np.sin(7 * self.y + 9 * x)
            trunk = np.abs(self.x - x - lean) < half * (1 + 5 * np.clip(self.y - bottom + 0.1, 0, 1))
            trunk &= (self.y > top) & (self.y < bottom)
            self._paint(trunk, 0.5 - (self.x - x - lean) / (2 * half), "indigo violet umber orange")
        for x, y, across, down in _CROWNS:
            crown = self._oval(x, y, across * (1 + 0.10 * self.patches), down * (1 + 0.10 * self.patches))
            light = 0.5 - 0.38 * ((self.x - x) / across + (self.y - y) / down) + 0.16 * self.patches
            self._paint(crown, light, "indigo violet viridian emerald spring orange straw")

    def _people(self) -> None:
        self._lady(0.97, 0.660, 0.25, "indigo ultramarine azure", "umber vermilion orange")
        self._lady(0.38, 0.925, 0.47, "indigo indigo violet lilac", "umber vermilion orange straw")
        self._lady(0.80, 0.900, 0.42, "umber vermilion rose", "violet rose cream white")
        self._child(0.570, 0.925, 0.23)

    def _lady(self, x: float, y: float, tall: float, dress: str, shade: str) -> None:
        """A woman in a long dress, y at her feet, who holds a parasol over herself."""

        def place(*points: tuple[float, float]) -> tuple[tuple[float, float], ...]:
            return tuple((x + tall * across, y - tall * up) for across, up in points)

        self._shape(place((-0.19, 0.0), (0.21, 0.0), (0.17, 0.25), (0.06, 0.48), (-0.05, 0.48), (-0.13, 0.25)), dress)
        self._shape(place((-0.07, 0.44), (0.07, 0.44), (0.11, 0.66), (0.05, 0.73), (-0.05, 0.73), (-0.10, 0.64)), dress)
        self._shape(
            place((0.06, 0.52), (0.15, 0.56), (0.10, 0.68), (-0.14, 0.60), (-0.13, 0.55)), " ".join(dress.split()[::-1])
        )
        self._paint(self._oval(x, y - 0.80 * tall, 0.075 * tall, 0.085 * tall), 0.5 + (x - self.x) / (0.15 * tall),
                    "vermilion orange cream")  # fmt: skip
        self._paint(self._oval(x + 0.01 * tall, y - 0.865 * tall, 0.085 * tall, 0.05 * tall), 0.0, "indigo umber")
        pole = np.abs(self.x - x + 0.15 * tall) < 0.012 * tall
        self._paint(pole & (self.y > y - 1.0 * tall) & (self.y < y - 0.55 * tall), 0.0, "umber umber")
        self._shape(place((-0.42, 0.90), (-0.33, 1.06), (-0.07, 1.15), (0.19, 1.06), (0.28, 0.90), (0.10, 0.93),
                          (-0.07, 0.92), (-0.24, 0.93)), shade)  # fmt: skip

    def _child(self, x: float, y: float, tall: float) -> None:
        points = ((-0.24, 0.0), (0.24, 0.0), (0.13, 0.4), (0.09, 0.68), (-0.09, 0.68), (-0.13, 0.4))
        self._shape(tuple((x + tall * across, y - tall * up) for across, up in points), "lilac cream white")
        self._paint(
            self._oval(x, y - 0.80 * tall, 0.10 * tall, 0.12 * tall), 0.5 + (x - self.x) / (0.2 * tall), "umber rose"
        )
        self._paint(self._oval(x, y - 0.90 * tall, 0.17 * tall, 0.06 * tall), 0.7, "vermilion lemon")
