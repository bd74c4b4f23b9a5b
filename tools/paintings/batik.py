"""Batik: a bird with a great tail before the sun, in lines and dots of wax on cloth dyed indigo, rust and ochre."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from tools.paintings.brush import Floats
from tools.paintings.maps import Joints, rolls
from tools.paintings.noise import noise

__all__ = ["draw_batik"]

_DYES = {
    "cloth": (0.97, 0.92, 0.78),
    "ochre": (0.93, 0.68, 0.20),
    "orange": (0.88, 0.44, 0.12),
    "rust": (0.66, 0.20, 0.10),
    "brown": (0.29, 0.11, 0.07),
    "leaf": (0.36, 0.50, 0.20),
    "turquoise": (0.13, 0.55, 0.58),
    "blue": (0.12, 0.30, 0.60),
    "indigo": (0.06, 0.10, 0.30),
    "black": (0.04, 0.04, 0.10),
}
_WHOLE = (slice(None), slice(None))
_LINE = 0.0042  # half a line of wax, over the height of the cloth

# x, y, angle in degrees, length
_LEAVES = (
    (0.02, 0.05, 20, 0.20), (0.00, 0.16, 55, 0.19), (0.16, 0.02, 50, 0.16), (0.34, -0.02, 75, 0.15),
    (0.36, 0.00, 25, 0.17), (0.10, 0.80, -120, 0.17), (0.20, 0.79, -70, 0.15), (0.02, 0.83, -80, 0.13),
    (0.32, 0.82, 55, 0.14), (0.12, 0.84, 100, 0.13), (0.46, 0.80, 35, 0.17), (0.24, 0.84, 125, 0.13),
    (0.00, 0.50, -30, 0.16), (0.00, 0.44, 35, 0.14), (0.60, 0.80, 70, 0.13), (0.62, 0.06, -10, 0.15),
    (0.56, 0.20, 40, 0.13), (0.58, 0.16, -40, 0.12), (1.27, 0.02, 160, 0.17), (1.27, 0.10, 120, 0.14),
)  # fmt: skip
# x, y, radius, petals
_FLOWERS = (
    (0.13, 0.60, 0.085, 8), (0.53, 0.12, 0.070, 7), (0.17, 0.25, 0.060, 6), (0.37, 0.88, 0.055, 7),
    (0.06, 0.36, 0.040, 5), (0.70, 0.24, 0.040, 6), (0.09, 0.91, 0.045, 6), (0.66, 0.88, 0.050, 6),
    (0.46, 0.36, 0.032, 5),
)  # fmt: skip


def draw_batik(height: int = 640, seed: int = 7) -> NDArray[np.uint8]:
    """The cloth as an array (height, 1.25 · height, 3) of 8-bit sRGB; the same seed gives the same picture."""
    random = np.random.default_rng(seed)
    cloth = _Cloth(height, random)
    cloth.ground()
    cloth.sun(0.93, 0.24, 0.19)
    for x, y, angle, length in _LEAVES:
        dyes = ("leaf", "turquoise") if random.random() < 0.6 else ("rust", "ochre")
        cloth.leaf(x, y, np.deg2rad(angle), length, 0.21 * length, dyes)
    branch = ((-0.05, 0.80), (0.25, 0.80), (0.50, 0.76), (0.78, 0.80))
    cloth.roll(branch, (0.030, 0.024, 0.020, 0.010), ("brown", "rust"))
    for x, y, radius, petals in _FLOWERS:
        cloth.flower(x, y, radius, petals)
    cloth.tail(0.55, 0.57)
    cloth.bird()
    cloth.border()
    return cloth.washed(random)


class _Cloth:
    """The dyes on the cloth, and the hand that draws on it; lengths over the height of the cloth."""

    def __init__(self, height: int, random: np.random.Generator) -> None:
        self.height = height
        self.y, self.x = np.mgrid[:height, : round(1.25 * height)] / height
        for axis in (self.x, self.y):  # no line that a hand draws is straight
            axis += 0.0035 * noise(axis.shape, 0.07 * height, random)
        self.dyes = np.ones((*self.x.shape, 3)) * _DYES["indigo"]

    def ground(self) -> None:
        """Rows of dots that drift over the indigo."""
        z = self.x + 1j * (self.y - 0.5)
        w = 2 * np.pi / 0.030 * (z + 0.07 * np.sin(3 * z + 0.5))  # conformal, so that the dots stay round
        bluer = 0.35 * (0.5 + 0.5 * np.sin(9 * self.x + 7 * self.y))[..., None]
        self.dyes += bluer * (np.array(_DYES["blue"]) - self.dyes)
        self.dyes[np.cos(w.real) + np.cos(w.imag) > 1.25] = _DYES["cloth"]
        self.dyes[np.cos(w.real) + np.cos(w.imag) < -1.45] = _DYES["turquoise"]

    def sun(self, x: float, y: float, radius: float) -> None:
        at, u, v = self._near(x, y, 1.5 * radius)
        distance, around = np.hypot(u, v), np.arctan2(v, u)
        teeth = np.abs(((around * 16 / np.pi) % 2) - 1)
        self._fill(at, radius * (1.05 + 0.25 * teeth) - distance, _choose(np.sin(32 * around) > 0, "orange", "ochre"))
        self._fill(at, radius - distance, "rust")
        lobes = np.abs(np.cos(around * 6))
        self._fill(at, radius * (0.58 + 0.32 * lobes) - distance, "orange")
        self._fill(at, radius * (0.36 + 0.40 * lobes) - distance, "ochre")
        spokes = (np.cos(around * 24) > 0.6) & (distance < radius * (0.30 + 0.36 * lobes))
        self.dyes[at][spokes & (distance > 0.1 * radius)] = _DYES["rust"]

    def leaf(
        self, x: float, y: float, angle: float, length: float, half: float, dyes: tuple[str, str], swell: float = 0.8
    ) -> None:
        """A leaf or a feather with its veins, widest towards the tip where `swell` is above 1."""
        at, u, v = self._near(x, y, 1.1 * length, angle)
        t = np.clip(u / length, 0, 1)
        depth = half * np.sin(np.pi * t**swell) ** 0.9 - np.abs(v + 0.1 * half * np.sin(6 * t))
        depth[(t == 0) | (t == 1)] = -1
        self._fill(at, depth, _choose(v < 0, *dyes))
        veins = (np.abs(np.sin((u - 0.8 * np.abs(v)) * np.pi / 0.026)) < 0.24) & (depth > 0.007)
        veins |= (np.abs(v) < 0.6 * _LINE) & (depth > 0)
        part = self.dyes[at]
        part[veins] += 0.6 * (np.array(_DYES["cloth"]) - part[veins])  # a fine line of wax lets some dye through

    def flower(self, x: float, y: float, radius: float, petals: int) -> None:
        at, u, v = self._near(x, y, 1.2 * radius)
        distance, around = np.hypot(u, v), np.arctan2(v, u)
        lobes = np.abs(np.cos(around * petals / 2))
        rim = radius * (0.62 + 0.38 * lobes**0.6)
        self._fill(at, rim - distance, "rust")
        self._fill(at, radius * (0.40 + 0.36 * lobes) - distance, "orange")
        stamens = (np.cos(around * petals * 3) > 0.2) & (np.abs(distance - 0.86 * rim) < 0.05 * radius)
        self.dyes[at][stamens] = _DYES["ochre"]
        self._fill(at, 0.34 * radius - distance, "ochre", 0.5 * _LINE)
        seeds = np.cos(u * np.pi / 0.009) + np.cos(v * np.pi / 0.009) > 0.9
        self.dyes[at][seeds & (distance < 0.28 * radius)] = _DYES["brown"]

    def roll(self, joints: Joints, radii: tuple[float, ...], dyes: tuple[str, str]) -> None:
        """A tapered shape along joints, with scales."""
        depth, along, across = np.full(self.x.shape, -1.0), np.zeros(self.x.shape), np.zeros(self.x.shape)
        for part in rolls(self.x, self.y, joints, radii):
            nearer = part.depth > depth
            for whole, piece in ((depth, part.depth), (along, part.along), (across, part.across)):
                whole[nearer] = piece[nearer]
        self._fill(_WHOLE, depth, dyes[0])
        row = np.round(across / 0.014)
        step = (along / 0.028 + 0.5 * (row % 2)) % 1 - 0.5
        scale = np.hypot(step * 0.028, (across - 0.014 * row) * 1.3)
        self.dyes[(scale < 0.0085) & (depth > 0.004)] = _DYES[dyes[1]]
        self.dyes[(scale < 0.0035) & (depth > 0.004)] = _DYES["cloth"]

    def tail(self, x: float, y: float) -> None:
        """Feathers that fan out to the right, the long ones first."""
        tones = (("ochre", "orange"), ("turquoise", "leaf"), ("orange", "rust"), ("ochre", "cloth"), ("rust", "brown"))
        for row, (reach, count) in enumerate(((0.74, 10), (0.60, 9), (0.46, 8), (0.33, 7), (0.20, 5))):
            for place, angle in enumerate(np.deg2rad(np.linspace(-40, 42, count))):
                self.leaf(x, y, angle, reach, 0.040 + 0.035 * reach, tones[(place + 2 * row) % 5], swell=1.9)

    def bird(self) -> None:
        for x in (0.43, 0.50):
            self.roll(((x, 0.62), (x - 0.02, 0.77)), (0.014, 0.008), ("ochre", "orange"))
        self.roll(((0.40, 0.56), (0.50, 0.59), (0.62, 0.60)), (0.085, 0.075, 0.030), ("blue", "turquoise"))
        neck = ((0.29, 0.21), (0.31, 0.32), (0.35, 0.44), (0.41, 0.56))
        self.roll(neck, (0.026, 0.030, 0.050, 0.082), ("blue", "turquoise"))
        self.leaf(0.40, 0.53, np.deg2rad(20), 0.26, 0.065, ("rust", "orange"))
        self.leaf(0.28, 0.20, np.deg2rad(165), 0.11, 0.022, ("ochre", "orange"))
        for angle in (-125, -102, -80, -58):
            self.leaf(0.29, 0.19, np.deg2rad(angle), 0.115, 0.017, ("turquoise", "ochre"))
        at, u, v = self._near(0.285, 0.195, 0.08)
        for radius, dye, line in ((0.038, "blue", _LINE), (0.012, "ochre", 0.5 * _LINE), (0.005, "black", 0.0)):
            self._fill(at, radius - np.hypot(u, v), dye, line)

    def border(self) -> None:
        """A hem of triangles."""
        self._fill(_WHOLE, self.y - 0.945, "brown")
        teeth = self.y - 0.958 - 0.045 * np.abs((self.x / 0.035) % 2 - 1)
        self._fill(_WHOLE, 0.7 * teeth, "ochre")

    def washed(self, random: np.random.Generator) -> NDArray[np.uint8]:
        """The cloth after the dye ran unevenly and crept into the cracks of the wax."""
        size, unit = self.x.shape, self.height / 640
        bent = 0.006 * noise(size, 10 * unit, random)
        places = np.stack([self.y + bent, self.x + bent], axis=-1)
        flakes = cKDTree(random.uniform(0, (1, 1.25), (420, 2)))  # the wax breaks between them
        near, next_ = np.moveaxis(flakes.query(places, k=2)[0], -1, 0)
        gape = 0.0022 * np.clip(0.6 + noise(size, 52 * unit, random), 0.01, 2)
        crack = np.clip(1.2 - (next_ - near) / gape, 0, 1)
        dyed = ndimage.gaussian_filter(self.dyes, (0.7 * unit, 0.7 * unit, 0))
        cloudy, weave = noise(size, 38 * unit, random), noise(size, 2.4 * unit, random)
        dyed *= (1 + 0.09 * cloudy + 0.035 * weave)[..., None]
        taken = 0.9 * crack * np.clip(2 * dyed.mean(axis=-1), 0.15, 1)
        dyed += taken[..., None] * (np.array(_DYES["indigo"]) - dyed)
        picture: NDArray[np.uint8] = (np.clip(dyed, 0, 1) * 255).round().astype(np.uint8)
        return picture

    def _near(self, x: float, y: float, reach: float, angle: float = 0.0) -> tuple[tuple[slice, slice], Floats, Floats]:
        """The part of the cloth within reach of a place, and its coordinates along and across an angle there."""
        rows, columns = (
            slice(*(max(0, round((middle + side * reach) * self.height)) for side in (-1, 1))) for middle in (y, x)
        )
        dx, dy = self.x[rows, columns] - x, self.y[rows, columns] - y
        return (rows, columns), dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)

    def _fill(self, at: tuple[slice, slice], depth: Floats, dye: str | Floats, line: float = _LINE) -> None:
        """Dye what lies inside, where the depth is above 0, and leave a line of wax round it."""
        part = self.dyes[at]
        part[np.abs(depth) <= line] = _DYES["cloth"]
        inside = depth > line
        part[inside] = _DYES[dye] if isinstance(dye, str) else dye[inside]


def _choose(where: NDArray[np.bool_], yes: str, no: str) -> Floats:
    return np.where(where[..., None], _DYES[yes], _DYES[no])
