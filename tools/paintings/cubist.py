"""Cubist: a guitar, a bottle, a glass, fruit and a newspaper on a table, broken into ochre, umber, green and slate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from tools.paintings.brush import Brush, Floats, paint_layer
from tools.paintings.maps import field
from tools.paintings.noise import noise

__all__ = ["draw_cubist"]

_Bools = NDArray[np.bool_]

# of each thing the colours in the dark, in between and in the light
_PALETTE = {
    "wall": ((0.13, 0.15, 0.15), (0.40, 0.43, 0.37), (0.86, 0.82, 0.64)),
    "curtain": ((0.10, 0.14, 0.20), (0.25, 0.35, 0.45), (0.70, 0.78, 0.77)),
    "table": ((0.18, 0.09, 0.05), (0.50, 0.30, 0.13), (0.92, 0.70, 0.36)),
    "cloth": ((0.38, 0.37, 0.33), (0.76, 0.72, 0.60), (0.97, 0.93, 0.80)),
    "paper": ((0.45, 0.42, 0.34), (0.82, 0.77, 0.61), (0.96, 0.92, 0.76)),
    "guitar": ((0.36, 0.17, 0.05), (0.78, 0.50, 0.16), (0.97, 0.80, 0.44)),
    "hollow": ((0.05, 0.04, 0.05), (0.12, 0.09, 0.08), (0.30, 0.20, 0.14)),
    "neck": ((0.08, 0.06, 0.06), (0.24, 0.14, 0.09), (0.62, 0.42, 0.22)),
    "bottle": ((0.04, 0.09, 0.08), (0.13, 0.29, 0.24), (0.52, 0.66, 0.48)),
    "label": ((0.45, 0.10, 0.06), (0.74, 0.20, 0.11), (0.90, 0.45, 0.26)),
    "glass": ((0.16, 0.23, 0.31), (0.47, 0.58, 0.64), (0.93, 0.95, 0.90)),
    "apple": ((0.28, 0.04, 0.04), (0.68, 0.13, 0.08), (0.93, 0.45, 0.22)),
    "pear": ((0.24, 0.24, 0.06), (0.60, 0.55, 0.14), (0.93, 0.84, 0.42)),
}
_NAMES = tuple(_PALETTE)
_INK = (0.06, 0.045, 0.05)
_ANGLES = np.deg2rad((-62, -38, -12, 8, 27, 50, 78, 90))  # of the cuts: few, so that planes answer each other


def draw_cubist(height: int = 640, seed: int = 7) -> NDArray[np.uint8]:
    """The painting as an array (height, 1.25 · height, 3) of 8-bit sRGB; the same seed gives the same picture."""
    random = np.random.default_rng(seed)
    unit = height / 640
    size = (height, round(1.25 * height))
    planes, facets = _Cuts(size, 0.050, random), _Cuts(size, 0.0085, random)
    y, x = np.mgrid[: size[0], : size[1]] / height
    # a thing is seen from another side in each plane: it moves a little there
    shift = random.normal(0, 0.012, (planes.count, 2))[planes.labels]
    x, y = x + shift[..., 0], y + shift[..., 1]
    things = _things(x, y)
    scene = _colors(things, planes, facets, random) * _details(things, x, y)[..., None]

    canvas = scene.copy()
    for brush in (
        Brush(3000, 12 * unit, 17 * unit, jitter=0.04, bristle=0.07),
        Brush(9000, 7 * unit, 11 * unit, jitter=0.05, bristle=0.07),
    ):
        paint_layer(canvas, brush, field(facets.along[facets.labels]), field(scene), random)
    canvas += 0.45 * (scene - canvas)  # the edges of the planes stay sharp under the brush
    canvas += 0.92 * _contours(things, planes, facets, unit, random)[..., None] * (_INK - canvas)
    return (np.clip(canvas, 0, 1) * 255).round().astype(np.uint8)


class _Cuts:
    """The picture cut by straight lines into pieces, each shaded from one of its edges to the one opposite.

    Attributes:
        labels: (H, W), the piece at each pixel.
        shade: (H, W), from 0 at one edge to 1 at the other.
        along: (count, 2), the direction of that edge, of length 1.
    """

    def __init__(self, size: tuple[int, int], area: float, random: np.random.Generator) -> None:
        """Cut until no piece is larger than `area`, in squares of the picture's height."""
        rows, columns = (axis.ravel() for axis in np.indices(size))
        self.labels, self.shade = np.zeros(rows.size, int), np.zeros(rows.size)
        along: list[tuple[float, float]] = []
        pieces = [(np.arange(rows.size), 0.0)]
        while pieces:
            piece, angle = pieces.pop()
            if len(piece) <= area * size[0] ** 2 * random.uniform(0.35, 1.3):
                across = columns[piece] * -np.sin(angle) + rows[piece] * np.cos(angle)
                across = across if random.random() < 0.5 else -across
                self.labels[piece] = len(along)
                self.shade[piece] = (across - across.min()) / max(np.ptp(across), 1)
                along.append((np.cos(angle), np.sin(angle)))
                continue
            # across the longer side, or nearly, so that no splinters are left
            across, cut = min(
                ((columns[piece] * -np.sin(a) + rows[piece] * np.cos(a), a) for a in random.choice(_ANGLES, 3)),
                key=lambda side: -float(np.ptp(side[0])),
            )
            before = across < np.quantile(across, random.uniform(0.35, 0.65))
            pieces += [(piece[before], cut), (piece[~before], cut)]
        self.labels, self.shade = self.labels.reshape(size), self.shade.reshape(size)
        self.along, self.count = np.array(along), len(along)


def _things(x: Floats, y: Floats) -> NDArray[np.intp]:
    """What is seen at each place, as an index of the palette; lengths over the height of the picture."""

    def oval(cx: float, cy: float, rx: float, ry: float) -> _Bools:
        inside: _Bools = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1
        return inside

    # the guitar's own axes: u along the neck, up to the right, v across it
    u, v = (x - 0.66) * 0.64 - (y - 0.60) * 0.77, (x - 0.66) * 0.77 + (y - 0.60) * 0.64
    waist = 0.155 + 0.045 * np.cos(18 * (u + 0.13)) - 0.05 * np.clip(u, 0, 1)
    body = (np.abs(v) < waist * np.sqrt(np.clip(1 - ((u + 0.02) / 0.27) ** 2, 0, 1)) ** 0.6) & (np.abs(u + 0.02) < 0.27)
    neck = (np.abs(v) < 0.028) & (u > 0.05) & (u < 0.58) | (np.abs(v) < 0.05) & (u > 0.58) & (u < 0.68)
    half = np.interp(y, (0.10, 0.24, 0.33, 0.72), (0.032, 0.034, 0.085, 0.088))
    bottle = (np.abs(x - 0.33) < half) & (y > 0.10) & (y < 0.72)
    bowl = np.abs(x - 1.03) < np.interp(y, (0.50, 0.68), (0.085, 0.045))
    glass = (y > 0.50) & (y < 0.68) & bowl | oval(1.03, 0.50, 0.085, 0.025)
    glass |= (np.abs(x - 1.03) < 0.012) & (y > 0.6) & (y < 0.79) | oval(1.03, 0.79, 0.07, 0.022)
    layers = {
        "curtain": (x < 0.17 + 0.05 * np.sin(9 * y)) | (x + 0.4 * y > 1.26) & (y < 0.52),
        "table": oval(0.63, 0.80, 0.62, 0.30) | (y > 0.86) & (np.abs(x - 0.62) < 0.36),
        "cloth": (y > 0.70 + 0.5 * np.abs(x - 0.93)) & (y < 0.97 - 0.25 * (x - 0.93)) & (x > 0.72),
        "paper": (np.abs((x - 0.36) + 0.25 * (y - 0.8)) < 0.22) & (np.abs((y - 0.80) - 0.25 * (x - 0.36)) < 0.11),
        "bottle": bottle,
        "label": bottle & (y > 0.47) & (y < 0.58),
        "guitar": body,
        "neck": neck | (np.abs(v) < 0.07) & (np.abs(u + 0.17) < 0.014),
        "hollow": np.hypot(u - 0.03, v) < 0.058,
        "glass": glass,
        "apple": oval(0.50, 0.83, 0.062, 0.060),
        "pear": oval(0.38, 0.83, 0.055, 0.058) | oval(0.365, 0.76, 0.03, 0.05),
    }
    things = np.zeros(x.shape, int)
    for name, inside in layers.items():
        things[inside] = _NAMES.index(name)
    return things


def _colors(things: NDArray[np.intp], planes: _Cuts, facets: _Cuts, random: np.random.Generator) -> Floats:
    level = random.uniform(-0.14, 0.14, facets.count)[facets.labels]
    light = 0.53 + level + 0.55 * (planes.shade - 0.5) + 1.1 * (facets.shade - 0.5)
    ramps = np.array(list(_PALETTE.values()))[things]
    light = np.clip(light, 0, 1)[..., None]
    below = ramps[..., 0, :] + np.clip(2 * light, 0, 1) * (ramps[..., 1, :] - ramps[..., 0, :])
    colors: Floats = below + np.clip(2.2 * light - 1.1, 0, 1) * (ramps[..., 2, :] - below)
    warmth = random.normal(0, 0.08, facets.count)[facets.labels] + random.normal(0, 0.05, planes.count)[planes.labels]
    return colors * (1 + warmth[..., None] * (1.0, 0.1, -1.3))


def _details(things: NDArray[np.intp], x: Floats, y: Floats) -> Floats:
    """1, and less on the strings, the lines of print, the grain of the wood and the folds of the curtain."""
    u, v = (x - 0.66) * 0.64 - (y - 0.60) * 0.77, (x - 0.66) * 0.77 + (y - 0.60) * 0.64
    grain = np.sin(150 * v + 5 * np.sin(9 * u)) > 0.75
    row, column = 0.97 * y - 0.25 * x, x + 0.25 * y
    print_ = (np.sin(230 * row) > 0.1) & (np.sin(140 * column + 40 * np.floor(row * 36.6)) > -0.6)
    boards = np.sin(110 * y + 6 * np.sin(4 * x)) > 0.8
    strings = (np.abs(np.sin(190 * v)) < 0.28) & (np.abs(v) < 0.025) & (u > -0.17) & (u < 0.6)
    dark = np.ones(x.shape)
    for name, marks, depth in (
        ("guitar", grain, 0.72),
        ("paper", print_, 0.50),
        ("table", boards, 0.65),
        ("curtain", np.sin(75 * x + 14 * y) > 0.4, 0.72),
    ):
        dark[(things == _NAMES.index(name)) & marks] = depth
    on_guitar = np.isin(things, [_NAMES.index(name) for name in ("guitar", "hollow", "neck")])
    dark[strings & on_guitar] = 0.4
    return dark


def _contours(
    things: NDArray[np.intp], planes: _Cuts, facets: _Cuts, unit: float, random: np.random.Generator
) -> Floats:
    """How much ink is at each pixel: all round the things, and along the cuts where the line does not break off."""
    press = noise(things.shape, 32 * unit, random)
    ink = np.zeros(things.shape)
    for labels, half in (
        (things, 1.9 + 0.7 * press),
        (planes.labels, 0.9 + 1.0 * press),
        (facets.labels, 0.95 * press - 0.3),
    ):
        edge = ndimage.maximum_filter(labels, 2) != ndimage.minimum_filter(labels, 2)
        ink = np.maximum(ink, np.clip(half * unit + 0.5 - ndimage.distance_transform_edt(~edge), 0, 1))
    return ink
