"""Mosaic: two birds at a vase from which a vine with fruit climbs, in a border of waves, set in stone and gold."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tools.paintings.brush import Floats
from tools.paintings.noise import noise
from tools.paintings.outlines import circle, curve, ribbon
from tools.paintings.shapes import Mask, fill, grid
from tools.paintings.tesserae import Labels, lay_rows, set_stones

__all__ = ["draw_mosaic"]

_disc = partial(circle, count=25)

_TESSERA = 12 / 640  # the side of a stone over the height of the picture

_STONES = {
    "night": (0.09, 0.08, 0.12), "umber": (0.27, 0.14, 0.10), "wine": (0.50, 0.11, 0.12),
    "terracotta": (0.78, 0.30, 0.15), "apricot": (0.95, 0.58, 0.33), "ochre": (0.74, 0.50, 0.13),
    "gold": (0.96, 0.74, 0.16), "straw": (0.98, 0.87, 0.50), "cream": (0.97, 0.92, 0.78),
    "sand": (0.86, 0.75, 0.55), "moss": (0.20, 0.32, 0.13), "leaf": (0.42, 0.56, 0.18),
    "abyss": (0.03, 0.22, 0.28), "sea": (0.09, 0.46, 0.46), "foam": (0.45, 0.76, 0.68),
}  # fmt: skip

_BODY = ((0.452, 0.492), (0.424, 0.448), (0.378, 0.470), (0.358, 0.545), (0.290, 0.585), (0.200, 0.645),
         (0.195, 0.745), (0.285, 0.800), (0.390, 0.765), (0.446, 0.675), (0.440, 0.570))  # fmt: skip
_WING = ((0.385, 0.630), (0.300, 0.620), (0.165, 0.715), (0.270, 0.765), (0.365, 0.725))
_TAIL = ((0.245, 0.625), (0.170, 0.660), (0.128, 0.760), (0.132, 0.872), (0.200, 0.868), (0.250, 0.770))
_VINE = ((0.600, 0.480), (0.580, 0.400), (0.555, 0.270), (0.470, 0.165), (0.330, 0.140), (0.200, 0.190),
         (0.165, 0.300), (0.225, 0.395), (0.325, 0.400), (0.390, 0.335), (0.372, 0.255))  # fmt: skip
_VASE = ((0.515, 0.470), (0.560, 0.505), (0.558, 0.545), (0.505, 0.610), (0.520, 0.690), (0.590, 0.755), (0.600, 0.800),
         (0.545, 0.850))  # fmt: skip
_HANDLE = ((0.535, 0.490), (0.480, 0.480), (0.462, 0.545), (0.510, 0.605))
_LEAVES = ((0.500, 0.300, 0.3), (0.440, 0.215, 2.4), (0.255, 0.235, 0.9), (0.190, 0.150, 3.6), (0.150, 0.395, 2.0),
           (0.300, 0.345, 5.2), (0.535, 0.400, 3.0), (0.560, 0.165, 5.0))  # fmt: skip


def draw_mosaic(height: int = 640, seed: int = 7) -> NDArray[np.uint8]:
    """The painting as an array (height, 1.25 · height, 3) of 8-bit sRGB; the same seed gives the same picture."""
    random = np.random.default_rng(seed)
    scene = _Scene((height, round(1.25 * height)), random)
    side = _TESSERA * height
    places, angles, shapes = lay_rows(scene.labels, side, random)
    colors = scene.stones_at(places, shapes, random)
    grout = np.array(_STONES["umber"]) * 0.62
    canvas = set_stones(scene.shape, places, angles, colors, side, grout, random)
    return (np.clip(canvas, 0, 1) * 255).round().astype(np.uint8)


class _Scene:
    """Which shape is where, and which stones each is laid in, from shadow to light; lengths over the height."""

    def __init__(self, shape: tuple[int, int], random: np.random.Generator) -> None:
        self.shape = shape
        self.labels = np.zeros(shape, dtype=int)
        self.ramps: list[list[str]] = []
        self.haze = noise(shape, (0.1 * shape[0], 0.16 * shape[0]), random)
        self._ground()
        for side in (1, -1):
            self._vine(side)
            self._bird(side)
        self._vase()

    def stones_at(self, places: Floats, shapes: Labels, random: np.random.Generator) -> Floats:
        """The colours (n, 3) of stones, shape by shape: lit from the upper left, no two stones quite alike."""
        x, y = places.T
        column, row = (np.clip(v.astype(int), 0, n - 1) for v, n in ((x, self.shape[1]), (y, self.shape[0])))
        colors = np.zeros((len(places), 3))
        for label, names in enumerate(self.ramps):
            mine = shapes == label
            if not mine.any():
                continue
            toward = -0.7 * x[mine] - y[mine]
            light = (toward - toward.mean()) / max(float(np.ptp(toward)), 1e-9)
            light += 0.5 + 0.10 * self.haze[row[mine], column[mine]] + 0.10 * random.standard_normal(mine.sum())
            steps = np.clip((light * len(names)).astype(int), 0, len(names) - 1)
            colors[mine] = np.array([_STONES[name] for name in names])[steps]
        tone = 0.045 * random.standard_normal((len(places), 1)) + 0.02 * random.standard_normal((len(places), 3))
        varied: Floats = np.clip(colors * (1 + 2 * tone) + 0.3 * tone, 0, 1)
        return varied

    def _lay(self, mask: Mask, names: str) -> None:
        self.labels[mask] = len(self.ramps)
        self.ramps.append(names.split())

    def _area(self, outline: Floats, side: int, names: str) -> None:
        """An outline drawn for the left half, or its mirror image."""
        middle = self.shape[1] / self.shape[0] / 2
        self._lay(fill(self.shape, (outline - (middle, 0)) * (side, 1) + (middle, 0)), names)

    def _ground(self) -> None:
        height, width = self.shape
        x, y = grid(self.shape)
        far = width / height
        self._lay(np.ones(self.shape, dtype=bool), "abyss abyss night")
        edges = np.stack([y, far - x, 1 - y, x])
        nearest = edges.argmin(axis=0)
        inward = edges.min(axis=0)
        along = np.choose(nearest, [x, y, far - x, 1 - y])
        rise = np.clip((inward - 0.02) / 0.095, 0, 1)
        crest = 0.5 - 0.5 * np.cos(2 * np.pi * (along / 0.16 - 0.45 * rise**2))
        self._lay((inward > 0.02) & (rise > crest), "cream straw cream")
        self._lay((inward > 0.02) & (rise <= crest), "sea sea foam")
        self._lay(inward > 0.105, "wine terracotta terracotta")
        self._lay(inward > 0.125, "sand cream cream straw gold straw")
        self._lay((inward > 0.125) & (y > 0.835 + 0.012 * np.sin(16 * x)), "moss leaf moss ochre")

    def _vine(self, side: int) -> None:
        self._area(ribbon(curve(_VINE), 0.024), side, "umber moss moss leaf")
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        radius = 0.058 * (0.55 + 0.45 * np.abs(np.cos(2.5 * angle)))
        for x, y, turn in _LEAVES:
            leaf = np.stack([x + radius * np.cos(angle + turn), y + radius * np.sin(angle + turn)], axis=-1)
            self._area(leaf, side, "moss leaf leaf foam" if turn > 3 else "moss leaf leaf gold")
        if side > 0:
            self._area(_disc((0.290, 0.280), 0.074), side, "umber wine terracotta terracotta apricot straw")
            self._area(_disc((0.272, 0.350), 0.020), side, "gold")
        else:
            self._grapes(0.290, 0.215, (4, 3, 3, 2, 1), 0.022, ("night wine", "abyss sea foam"), side)

    def _grapes(self, x: float, y: float, rows: Sequence[int], radius: float, names: Sequence[str], side: int) -> None:
        for row, count in enumerate(rows):
            for place in range(count):
                aside, below = 1.9 * radius * (place - (count - 1) / 2), 1.7 * radius * row
                self._area(_disc((x + aside, y + below), radius), side, names[(row + place) % len(names)])

    def _bird(self, side: int) -> None:
        if side > 0:
            tail, body, wing = "abyss abyss sea sea", "night abyss sea foam foam", "umber terracotta apricot gold"
        else:
            tail, body, wing = "umber wine wine terracotta", "wine terracotta apricot sand cream", "abyss sea foam"
        for outline in (_TAIL, _BODY):
            self._area(ribbon(curve((*outline, outline[0])), 0.036), side, "umber")
        self._area(curve(_TAIL, closed=True), side, tail)
        for x, y in ((0.205, 0.745), (0.160, 0.780), (0.205, 0.820), (0.155, 0.845)):
            self._area(_disc((x, y), 0.021), side, "gold")
        self._area(curve(_BODY, closed=True), side, body)
        self._area(curve(_WING, closed=True), side, wing)
        self._area(ribbon(np.array([(0.230, 0.715), (0.350, 0.680)]), 0.024), side, "cream")
        self._area(np.array([(0.440, 0.462), (0.505, 0.497), (0.440, 0.508)]), side, "wine terracotta")
        self._area(_disc((0.415, 0.482), 0.012), side, "night")

    def _vase(self) -> None:
        left = curve(_VASE)
        far = self.shape[1] / self.shape[0]
        right = (far, 0) + left[::-1] * (-1, 1)
        for side in (1, -1):
            self._area(ribbon(curve(_HANDLE), 0.026), side, "umber ochre gold")
            self._area(_disc((0.470, 0.825), 0.038), side, "wine terracotta gold straw")
            self._area(_disc((0.400, 0.845), 0.030), side, "moss leaf straw")
        vase = fill(self.shape, np.concatenate([left, right]))
        self._lay(vase, "umber umber wine terracotta terracotta apricot straw")
        _, y = grid(self.shape)
        self._lay(vase & (y < 0.495), "ochre gold straw")
        self._lay(vase & (y > 0.600) & (y < 0.645), "abyss sea foam")
        self._lay(vase & (y > 0.775), "umber ochre gold")
        self._grapes(far / 2, 0.250, (3, 2, 1), 0.027, ("wine terracotta apricot",), 1)
