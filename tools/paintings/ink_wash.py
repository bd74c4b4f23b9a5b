"""Ink wash: cliffs in mist, an old pine, a hut by the water and a boat, in wet and dry black ink with one red seal."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from tools.paintings.brush import Floats
from tools.paintings.noise import noise
from tools.paintings.outlines import OVER, WIDTH, arc, circle, curve, inside, reduced, ribbon

__all__ = ["draw_ink_wash"]

_PAPER = np.array((0.925, 0.875, 0.765))
_INK = np.array((1.00, 0.98, 0.90))  # how much of red, green and blue a layer of ink swallows
_SEAL = np.array((0.74, 0.15, 0.10))


def draw_ink_wash(height: int = 640, seed: int = 7) -> NDArray[np.uint8]:
    """The painting as an array (height, 1.25 · height, 3) of 8-bit sRGB; the same seed gives the same picture."""
    sheet = _Sheet(height, np.random.default_rng(seed))
    _sky(sheet)
    _cliffs(sheet)
    _water(sheet)
    _hut(sheet, np.array([0.86, 0.705]))
    _boat(sheet, np.array([0.82, 0.875]))
    _shore(sheet)
    _pine(sheet)
    _splashes(sheet)
    return reduced(sheet.dried(), height)


class _Sheet:
    """The paper and the layers of ink on it; lengths over its height."""

    def __init__(self, height: int, random: np.random.Generator) -> None:
        self.height = OVER * height
        self.random = random
        self.ink: Floats = np.zeros((self.height, OVER * round(WIDTH * height)))
        self.unit = self.height / 640  # a pixel of the picture at its usual size
        self.blots = noise(self.ink.shape, 44 * self.unit, random, octaves=3)
        self.grains = noise(self.ink.shape, 2.2 * self.unit, random, octaves=2)

    def wash(self, outline: ArrayLike, dark: float, fade: tuple[float, float] | None = None, rim: float = 0.5) -> None:
        """A wet area: blotched inside, with a dark edge where it dried; thinning out from one y to another."""
        rows, columns = inside(self._rough(np.asarray(outline, dtype=np.float64)) * self.height, self.ink.shape)
        if not len(rows):
            return
        top, left = rows.min(), columns.min()
        wet = np.zeros((rows.max() - top + 3, columns.max() - left + 3), dtype=bool)
        wet[rows - top + 1, columns - left + 1] = True
        depth = ndimage.distance_transform_edt(wet)[rows - top + 1, columns - left + 1] / self.unit
        edge = 1.1 * rim * np.exp(-(((depth - 3.5) / 3.0) ** 2)) + 0.5 * rim * np.exp(-depth / 22)
        pooled = 1 + 0.45 * self.blots[rows, columns] + 0.07 * self.grains[rows, columns]
        layer = dark * np.clip(pooled, 0.1, 2.2) * (0.75 + edge) * np.clip(depth / 1.5, 0, 1)
        if fade is not None:
            layer *= np.interp(rows / self.height + 0.03 * self.blots[rows, columns], fade, (1, 0))
        self.ink[rows, columns] += layer

    def line(self, path: Floats, widths: ArrayLike, dark: float) -> None:
        """A line with a wet brush, its widths given along the path."""
        self.ink[inside(ribbon(path, widths) * self.height, self.ink.shape)] += dark

    def dry(self, path: Floats, width: float, dark: float, dryness: float = 0.5) -> None:
        """A stroke with a dry brush, hair by hair; the ink runs out towards its end."""
        t = np.linspace(0, 1, 15)
        places = np.linspace(0, 1, len(path))
        path = np.stack([np.interp(t, places, coordinate) for coordinate in path.T], axis=-1)
        across = np.gradient(path, axis=0)[:, ::-1] * (-1, 1)
        across *= width * np.sqrt(np.sin(np.pi * t**0.6) / (across**2).sum(axis=1))[:, None]
        hairs = max(3, round(200 * width))
        for place in np.linspace(-0.5, 0.5, hairs):
            first, last = self.random.integers(0, 4), round(15 * (1 - dryness * self.random.random()))
            if last - first < 3 or self.random.random() < 0.3 * dryness:
                continue
            hair = (path + place * across)[first:last]
            self.line(hair, width / hairs * self.random.uniform(0.7, 1.4), dark * self.random.uniform(0.6, 1.2))

    def dried(self) -> Floats:
        """The sheet as one sees it, with the fibres of the paper."""
        shape, unit = self.ink.shape, self.unit
        fibres = noise(shape, 3.5 * unit, self.random, octaves=2)
        paper = _PAPER * (1 + 0.014 * fibres + 0.014 * self.grains + 0.02 * self.blots)[..., None]
        ink = np.clip(ndimage.gaussian_filter(self.ink, 0.5 * unit), 0, 2.6) * (1 + 0.05 * self.grains - 0.05 * fibres)
        dried: Floats = paper * np.exp(-ink[..., None] * _INK)
        self._press_seal(dried)
        return dried

    def _press_seal(self, picture: Floats) -> None:
        """A red block with a plain ring left free in it, at the right."""
        left, top, side = 1.145, 0.345, 0.07
        block = curve(np.array([(0, 0.02), (0.5, 0), (1, 0.03), (0.98, 0.5), (1, 1), (0.5, 0.98), (0, 1)]), steps=10)
        printed = np.zeros(self.ink.shape)
        printed[inside(((left, top) + side * block) * self.height, self.ink.shape)] = 1
        ring = ribbon(circle((left + side / 2, top + side / 2), 0.26 * side), 0.13 * side)
        printed[inside(ring * self.height, self.ink.shape)] = 0
        cover = printed * np.clip(0.92 + 0.10 * self.grains + 0.05 * self.blots, 0, 1)
        picture += cover[..., None] * (_SEAL - picture)

    def _rough(self, outline: Floats) -> Floats:
        """The outline with the wavering of a wet edge."""
        waver = ndimage.gaussian_filter1d(self.random.standard_normal(outline.shape), 1.2, axis=0, mode="wrap")
        rough: Floats = outline + 0.004 * waver
        return rough


def _sky(sheet: _Sheet) -> None:
    """Pale blots of water, a moon left free in a grey wash, and birds."""
    random = sheet.random
    for _ in range(22):
        size = random.uniform(0.05, 0.16)
        cloud = _blot(random.uniform((0, 0), (WIDTH, 0.5)), (1.4 * size, 0.5 * size), random)
        sheet.wash(cloud, 0.11, rim=1.5)
    moon = (0.97, 0.15)
    for size in np.linspace(0.09, 0.19, 7):  # one in the other, so that the halo has no edge outside
        sheet.wash(circle(moon, (1.3 * size, 0.9 * size)), 0.085, rim=0.25)
    sheet.ink[inside(circle(moon, 0.062) * sheet.height, sheet.ink.shape)] *= 0.1
    for x, y in random.normal((0.72, 0.24), (0.10, 0.055), (13, 2)):
        size = random.uniform(0.010, 0.020)
        wings = curve([(x - size, y - 0.5 * size), (x - 0.3 * size, y - 0.4 * size), (x, y),
                              (x + 0.5 * size, y - 0.6 * size), (x + size, y - 0.4 * size)], steps=4)  # fmt: skip
        sheet.line(wings, 0.005 * np.sin(np.linspace(0.2, 3, len(wings))), 1.3)


def _cliffs(sheet: _Sheet) -> None:
    """Rows of steep peaks, each darker and nearer than the one behind it, that stand in mist."""
    shoulders = curve([(-1.25, 1.05), (-0.95, 0.62), (-0.72, 0.40), (-0.55, 0.12), (-0.12, 0), (0.22, 0.03),
                              (0.5, 0.24), (0.66, 0.30), (0.82, 0.62), (1.3, 1.05)], steps=8)  # fmt: skip
    for x, top, half, foot, dark in (
        (0.60, 0.23, 0.06, 0.50, 0.22), (0.78, 0.33, 0.09, 0.54, 0.22), (1.19, 0.30, 0.10, 0.56, 0.25),
        (0.50, 0.10, 0.07, 0.55, 0.38), (0.68, 0.40, 0.07, 0.60, 0.36), (1.06, 0.27, 0.08, 0.58, 0.55),
        (0.05, 0.11, 0.12, 0.62, 0.60), (0.36, 0.24, 0.10, 0.64, 0.80), (0.19, 0.05, 0.10, 0.66, 0.95),
        (0.96, 0.44, 0.06, 0.63, 0.75),
    ):  # fmt: skip
        outline = np.array([x, top]) + shoulders * (half, foot - top)
        sheet.wash(outline, dark, fade=(top + 0.25 * (foot - top), foot), rim=1.0)
        _cracks(sheet, outline, dark, foot)


def _cracks(sheet: _Sheet, outline: Floats, dark: float, foot: float) -> None:
    """Dry strokes that run down a cliff's faces, a broken line round it and dots of moss."""
    random = sheet.random
    (left, top), right = outline.min(axis=0), outline[:, 0].max()
    for _ in range(round(480 * (right - left) * (foot - top) * (0.6 + dark))):
        place = outline[random.integers(4, len(outline) - 4)]
        inward = (left + right) / 2 - place[0]
        start = place + np.array([random.random() ** 1.5 * inward, random.random() * 0.5 * (foot - place[1])])
        angle = np.pi / 2 + 1.6 * inward + random.normal(0, 0.25)
        crack = arc(start, angle, random.uniform(0.04, 0.11), random.uniform(-0.5, 0.5))
        mist = np.interp(start[1], (top, foot), (1, 0.1))
        sheet.dry(crack, random.uniform(0.016, 0.036), 1.3 * dark * mist, 0.7)
    for first in range(3, len(outline) - 10, 7):
        piece = outline[first : first + 9]
        mist = np.interp(piece[0, 1], (top, foot), (1, 0))
        sheet.dry(piece, 0.022, 1.7 * dark * mist, 0.5)
    for place in outline[random.integers(8, len(outline) - 8, 34)] + random.normal(0, 0.008, (34, 2)):
        mist = np.interp(place[1], (top, foot), (1, 0))
        dot = arc(place, 0.4, random.uniform(0.008, 0.018), 0.5, 6)
        sheet.line(dot, 0.012 * np.sin(np.linspace(0.5, 2.6, 6)), 1.2 * dark * mist)


def _water(sheet: _Sheet) -> None:
    """Pale pools with dark edges and a few bent strokes."""
    random = sheet.random
    for _ in range(34):
        size = random.uniform(0.024, 0.072)
        pool = _blot(random.uniform((0.2, 0.68), (WIDTH, 1)), (size, 0.32 * size), random)
        sheet.wash(pool, random.uniform(0.12, 0.32), rim=1.6)
    for _ in range(40):
        y = 0.69 + 0.31 * random.random() ** 0.8
        start, length = (random.uniform(0.15, WIDTH), y), random.uniform(0.04, 0.11)
        ripple = arc(start, random.normal(0, 0.35), length, random.normal(0, 1))
        sheet.dry(ripple, random.uniform(0.010, 0.022), random.uniform(0.2, 0.8), 0.7)


def _blot(at: ArrayLike, size: float | tuple[float, float], random: np.random.Generator) -> Floats:
    """The outline of a lobed drop of water or ink."""
    t = np.linspace(0, 2 * np.pi, 44)[:, None]
    lobes = 1 + 0.28 * np.sin(2 * t + random.uniform(0, 6)) + 0.18 * np.sin(3 * t + random.uniform(0, 6))
    lobes += 0.10 * np.sin(7 * t + random.uniform(0, 6))
    return circle(at, np.asarray(size) * lobes)


def _hut(sheet: _Sheet, at: Floats) -> None:
    """A bank with bare trees and a hut with a thatched roof."""
    bank = curve([(-0.30, 0.055), (-0.16, 0.02), (0.02, 0.035), (0.20, 0.02), (0.36, 0.05), (0.10, 0.085)], steps=10)
    sheet.wash(at + bank, 0.8, rim=1.0)
    sheet.wash(at + np.array([(-0.085, -0.030), (0.0, -0.083), (0.07, -0.080), (0.115, -0.025)]), 0.7, rim=1.2)
    for x in np.linspace(-0.08, 0.10, 26):
        straw = curve([(np.clip(x * 0.5, -0.01, 0.06), -0.082), (x * 0.9, -0.05), (x, -0.024)], steps=6)
        sheet.dry(at + straw, 0.006, 0.9, 0.4)
    for x in (-0.065, -0.02, 0.03, 0.09):
        sheet.line(at + np.array([(x, -0.03), (x, 0.03)]), 0.006, 1.6)
    for y in (-0.005, 0.012):
        sheet.line(at + np.array([(-0.065, y), (0.09, y + 0.003)]), 0.004, 1.0)
    for x, size in ((-0.15, 0.14), (-0.20, 0.10), (0.17, 0.17), (0.22, 0.11), (0.29, 0.13)):
        _branch(sheet, at + np.array([x, 0.03]), -np.pi / 2, size, 0.012, 4)


def _branch(sheet: _Sheet, start: ArrayLike, angle: float, length: float, width: float, forks: int) -> None:
    """A bare tree, fork after fork, with blots for its last leaves."""
    random = sheet.random
    path = arc(start, angle, length * 0.5, random.normal(0, 0.6), 8)
    sheet.line(path, np.linspace(width, 0.65 * width, 8), 1.4)
    if forks == 0:
        for place in path[-1] + random.normal(0, 0.010, (5, 2)):
            dot = arc(place, random.uniform(0, 3), 0.010, 0.4, 6)
            sheet.line(dot, 0.0085 * np.sin(np.linspace(0.4, 2.7, 6)), random.uniform(0.4, 1.3))
        return
    for side in (-1, 1):
        _branch(sheet, path[-1], angle + side * random.uniform(0.25, 0.7), length * 0.72, 0.65 * width, forks - 1)


def _boat(sheet: _Sheet, at: Floats) -> None:
    hull = [(-0.11, -0.015), (0, 0.012), (0.12, -0.025), (0.07, 0.026), (-0.06, 0.026)]
    sheet.wash(at + curve(hull, closed=True), 0.9, rim=1.0)
    roof = at + curve([(-0.045, 0.0), (-0.02, -0.04), (0.03, -0.04), (0.055, 0.0)], steps=7)
    sheet.wash(roof, 0.5, rim=1.3)
    sheet.dry(roof, 0.008, 1.5, 0.1)
    man = arc(at - np.array([0.08, 0.0]), -1.4, 0.045, 0.2, 8)
    sheet.line(man, np.array((0.020, 0.024, 0.022, 0.019, 0.016, 0.012, 0.018, 0.012)), 1.4)
    sheet.line(at + np.array([(-0.06, -0.06), (-0.13, 0.05)]), 0.004, 1.4)


def _shore(sheet: _Sheet) -> None:
    """Rocks at the left and bamboo at the right, nearest and darkest."""
    form = curve([(-1, 0.7), (-0.8, 0), (-0.35, -0.5), (0.1, -0.42), (0.5, -0.1), (0.95, 0.3), (1.1, 0.8)], steps=9)
    for x, y, size in ((0.02, 0.80, 0.17), (0.30, 0.86, 0.13), (0.16, 0.90, 0.18), (0.46, 0.95, 0.11)):
        rock = np.array([x, y]) + size * form
        sheet.wash(rock, 0.65, fade=(y, y + 1.3 * size), rim=1.3)
        sheet.dry(rock[4:40], 0.02, 1.5, 0.4)
        _cracks(sheet, rock, 0.9, y + 1.3 * size)
    for stem, lean in ((1.10, -0.07), (1.17, 0.05), (1.235, -0.03)):
        _bamboo(sheet, np.array([stem, 1.03]), lean)


def _bamboo(sheet: _Sheet, foot: Floats, lean: float) -> None:
    """A stem in joints, with sprays of leaves."""
    random = sheet.random
    stem = arc(foot, -np.pi / 2 + lean, 0.56, 1.5 * lean, 42)
    for first in range(0, 36, 6):
        sheet.line(stem[first : first + 6], (0.020, 0.016, 0.015, 0.015, 0.016, 0.020), 0.75)
        sheet.line(stem[first + 5] + np.array([(-0.012, 0.002), (0.0, -0.002), (0.012, 0.002)]), 0.006, 1.4)
    for joint in (11, 17, 23, 29, 35, 41):
        dark, side = random.uniform(0.5, 1.9), random.choice((-1, 1))
        tip = arc(stem[joint], -np.pi / 2 + side * 0.9, 0.04, side * 0.8, 8)
        sheet.line(tip, 0.004, dark)
        for angle in np.pi / 2 - side * np.array((1.25, 0.7, 0.15)) + random.normal(0, 0.12, 3):
            leaf = arc(tip[-1], angle, random.uniform(0.06, 0.10), random.normal(0, 0.25), 12)
            sheet.line(leaf, 0.019 * np.sin(np.pi * np.linspace(0.06, 1, 12) ** 0.7), dark)


def _pine(sheet: _Sheet) -> None:
    """An old pine that leans over the water: a trunk in dry strokes, and cushions of needles in fans."""
    limbs = [
        curve(points)
        for points in (
            [(0.13, 0.93), (0.20, 0.80), (0.19, 0.70), (0.28, 0.60), (0.42, 0.56), (0.50, 0.47), (0.62, 0.45)],
            [(0.20, 0.74), (0.10, 0.66), (0.03, 0.65)], [(0.27, 0.61), (0.25, 0.50), (0.31, 0.43)],
            [(0.41, 0.565), (0.50, 0.60), (0.58, 0.585)], [(0.51, 0.47), (0.50, 0.40), (0.44, 0.365)],
        )
    ]  # fmt: skip
    for number, limb in enumerate(limbs):
        width = np.linspace(*((0.022, 0.008) if number else (0.052, 0.014)), len(limb))
        sheet.line(limb, 0.8 * width, 0.5)
        sheet.wash(ribbon(limb, width), 1.0, rim=1.3)
        for first in range(0, len(limb) - 8, 6):
            sheet.dry(limb[first : first + 9], float(width[first]), 0.9, 0.8)
    for x, y, across in (
        (0.02, 0.635, 0.07), (0.11, 0.655, 0.06), (0.31, 0.42, 0.08), (0.24, 0.49, 0.06), (0.44, 0.35, 0.08),
        (0.53, 0.405, 0.06), (0.63, 0.435, 0.08), (0.60, 0.575, 0.08), (0.49, 0.585, 0.06), (0.37, 0.535, 0.06),
    ):  # fmt: skip
        _cushion(sheet, np.array([x, y]), across)


def _cushion(sheet: _Sheet, at: Floats, across: float) -> None:
    sheet.wash(circle(at - np.array([0, 0.15 * across]), (across, 0.42 * across)), 0.38, rim=0.5)
    for place in at + sheet.random.normal(0, 1, (9, 2)) * (0.60 * across, 0.22 * across):
        dark = sheet.random.uniform(0.7, 1.6)
        for angle in np.linspace(-np.pi, 0, 11) + sheet.random.normal(0, 0.1, 11):
            needle = arc(place, angle, 0.042 * sheet.random.uniform(0.7, 1.1), 0.2, 5)
            sheet.line(needle, 0.0055 * np.linspace(1, 0.3, 5), dark)


def _splashes(sheet: _Sheet) -> None:
    """Blots where the ink ran into wet paper, and drops from the brush."""
    random = sheet.random
    for _ in range(46):
        at = random.uniform((0, 0.26), (1.25, 0.66))
        sheet.wash(_blot(at, random.uniform(0.012, 0.036), random), random.uniform(0.06, 0.20), rim=2.2)
    for _ in range(110):
        drop = _blot(random.normal((0.55, 0.62), (0.35, 0.25)), 0.002 + 0.010 * random.random() ** 4, random)
        sheet.ink[inside(drop * sheet.height, sheet.ink.shape)] += random.uniform(0.3, 1.4)
