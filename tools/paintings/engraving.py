"""Engraving: a ruined arch, old trees and towering clouds by a river, all in swelling lines of black-brown on cream."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage, spatial

from tools.paintings.brush import Floats
from tools.paintings.noise import noise
from tools.paintings.outlines import OVER, WIDTH, arc, circle, curve, inside, reduced, ribbon

__all__ = ["draw_engraving"]

_PAPER = np.array((0.945, 0.905, 0.805))
_INK = np.array((0.155, 0.105, 0.085))
_LIGHT = np.array((-0.60, -0.58, 0.55))  # from the upper left, towards the viewer

_PITCH = 0.0098  # from one line to the next

_Spots = tuple[NDArray[np.intp], NDArray[np.intp]]


def draw_engraving(height: int = 640, seed: int = 7) -> NDArray[np.uint8]:
    """The print as an array (height, 1.25 · height, 3) of 8-bit sRGB; the same seed gives the same picture."""
    plate = _Plate(height, np.random.default_rng(seed))
    _sky(plate)
    _distance(plate)
    _river(plate)
    _ruin(plate)
    _far_trees(plate)
    _banks(plate)
    _walkers(plate)
    _old_tree(plate)
    _grass(plate)
    return reduced(plate.printed(), height)


class _Plate:
    """What the burin is told at each place: how dark it is and where its lines run; lengths over the height."""

    def __init__(self, height: int, random: np.random.Generator) -> None:
        self.height = OVER * height
        self.random = random
        self.shape = self.height, OVER * round(WIDTH * height)
        self.dark: Floats = np.zeros(self.shape)
        self.lines: Floats = np.zeros(self.shape)  # whole numbers where a line's middle is
        self.crossing: Floats = np.zeros(self.shape)
        self.part = np.zeros(self.shape, dtype=np.int32)
        self.parts = 0
        self.extra = np.zeros(self.shape, dtype=bool)  # single lines on top
        self.lumps = noise(self.shape, 0.06 * self.height, random, octaves=4)

    def area(self, outline: ArrayLike) -> tuple[_Spots, Floats, Floats]:
        """The pixels inside an outline, and their x and y."""
        spots = inside(np.asarray(outline, dtype=np.float64) * self.height, self.shape)
        return spots, spots[1] / self.height, spots[0] / self.height

    def cut(self, spots: _Spots, dark: ArrayLike, lines: Floats, crossing: Floats, joined: bool = False) -> None:
        """Give an area its darkness and its two sets of lines; joined, it has no outline towards the one before."""
        self.parts += not joined
        self.dark[spots], self.lines[spots], self.crossing[spots] = dark, lines, crossing
        self.part[spots] = self.parts
        self.extra[spots] = False

    def ball(
        self, center: ArrayLike, radius: float, dark: tuple[float, float], leaves: float = 0.0, joined: bool = False
    ) -> None:
        """A round form with arcs about its lit side, dark at the shaded one; with a leafy edge, if so."""
        t = np.linspace(0, 2 * np.pi, 44)[:, None]
        phases = self.random.uniform(0, 6, 3)
        lobes = 1 + 0.14 * np.sin(2 * t + phases[0]) + 0.09 * np.sin(3 * t + phases[1])
        lobes += leaves * np.abs(np.sin(self.random.choice((2.5, 3.5, 4.5)) * t + phases[2]))
        spots, x, y = self.area(circle(center, radius * lobes))
        dx, dy = x - np.asarray(center)[0], y - np.asarray(center)[1]
        up = np.sqrt(np.clip(1 - (dx**2 + dy**2) / (1.35 * radius) ** 2, 0, 1))
        shade = 0.5 - 0.5 * (np.stack([dx / radius, dy / radius, up], -1) @ _LIGHT)
        corner = dx + 0.85 * radius, dy + 0.85 * radius
        far, angle = np.hypot(*corner), np.arctan2(corner[1], corner[0])
        rays = far * (1 + leaves * np.abs(np.sin(self.random.uniform(4, 8) * angle))) + 0.0016 * self.lumps[spots]
        darkness = dark[0] + (dark[1] - dark[0]) * np.clip(shade, 0, 1) ** 1.3
        self.cut(spots, darkness, rays / _PITCH, (0.86 * dx - 0.5 * dy) / _PITCH, joined)

    def limb(self, path: Floats, widths: ArrayLike, dark: tuple[float, float]) -> None:
        """A round shaft or branch with arcs across it."""
        widths = np.broadcast_to(np.asarray(widths, dtype=np.float64), len(path))
        spots, x, y = self.area(ribbon(path, widths))
        _, nearest = spatial.cKDTree(path).query(np.stack([x, y], axis=-1))
        tangents = np.gradient(path, axis=0)
        tangents /= np.maximum(np.linalg.norm(tangents, axis=1, keepdims=True), 1e-9)
        dx, dy = x - path[nearest, 0], y - path[nearest, 1]
        across = (-dx * tangents[nearest, 1] + dy * tangents[nearest, 0]) * 2 / widths[nearest]
        lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
        along = lengths[nearest] + dx * tangents[nearest, 0] + dy * tangents[nearest, 1]
        shade = np.clip(0.5 + 0.6 * across * np.sign(-tangents[nearest, 1] + 1e-9), 0, 1)
        bent = along + 0.22 * widths[nearest] * across**2
        slanting = along + 0.6 * widths[nearest] * across
        self.cut(spots, dark[0] + (dark[1] - dark[0]) * shade, bent / _PITCH, slanting / _PITCH)

    def stroke(self, path: Floats, width: float) -> None:
        """A single line that swells."""
        swelling = width * np.sin(np.linspace(0.25, 3.0, len(path)))
        self.extra[inside(ribbon(path, swelling) * self.height, self.shape)] = True

    def printed(self) -> Floats:
        """The print: the lines in ink, on paper with a little tone."""
        unsteady = 1 + 0.10 * noise(self.shape, 0.025 * self.height, self.random, octaves=2)
        dark = np.clip(self.dark, 0, 1) * unsteady
        # the lightest tones break into dashes and dots; deep ones get a second and a third set of lines
        dashes = 0.5 + 0.5 * np.cos(2 * np.pi * 0.7 * self.crossing)
        first = np.minimum(0.85 * dark + 0.04, 0.58) * np.where(dark < 0.20, np.clip(2.2 * dashes - 0.7, 0, 1), 1)
        ink = (_distance_to_line(self.lines) < first / 2) & (dark > 0.05)
        ink |= _distance_to_line(self.crossing) < np.clip(1.1 * (dark - 0.44), 0, 0.5) / 2
        ink |= _distance_to_line(self.lines - self.crossing) < np.clip(1.3 * (dark - 0.72), 0, 0.5) / 2
        edges = ndimage.grey_dilation(self.part, size=3) != ndimage.grey_erosion(self.part, size=3)
        # outlines are fine, broken in the light and strong in the shade
        reach = 0.0021 * np.clip(dark + 0.22 * (unsteady - 0.95), 0, 1) ** 0.6 * self.height
        contour = ndimage.distance_transform_edt(~edges) < reach
        ink |= contour | self.extra
        grain = 0.012 * noise(self.shape, self.height / 20, self.random, octaves=3)
        grain += 0.010 * noise(self.shape, 2.0, self.random)
        printed: Floats = np.where(ink[..., None], _INK, _PAPER * (1 + grain[..., None]))
        return printed


def _distance_to_line(lines: Floats) -> Floats:
    """From the nearest whole number, 0 to ½."""
    distance: Floats = np.abs(lines - np.round(lines))
    return distance


def _sky(plate: _Plate) -> None:
    """Level lines, darker upwards, and heaps of cloud."""
    spots, x, y = plate.area([(0, 0), (WIDTH, 0), (WIDTH, 0.7), (0, 0.7)])
    lines = y + 0.006 * np.sin(5 * x + 3 * y) + 0.0007 * plate.lumps[spots]
    plate.cut(spots, 0.50 - 0.62 * y + 0.06 * plate.lumps[spots], lines / _PITCH, (x + 0.9 * y) / _PITCH)
    for x0, y0, spread, count in (
        (0.72, 0.13, 0.20, 34),
        (1.10, 0.20, 0.15, 26),
        (0.52, 0.33, 0.15, 20),
        (0.95, 0.36, 0.16, 14),
    ):
        places = plate.random.normal(0, 1, (count, 2)) * (0.55 * spread, 0.20 * spread)
        places = places[np.argsort(places[:, 1] + 0.2 * np.abs(places[:, 0]))]
        for number, place in enumerate(places):
            radius = spread * plate.random.uniform(0.14, 0.32)
            plate.ball(place + np.array([x0, y0]), radius, (0.07, 0.66), leaves=0.07, joined=number > 0)
        lens = circle((x0, y0 + 0.31 * spread), (1.15 * spread, 0.11 * spread))
        spots, x, y = plate.area(lens)
        plate.cut(spots, 0.30, (y + 0.01 * np.sin(9 * x)) / _PITCH, (x + y) / _PITCH)


def _distance(plate: _Plate) -> None:
    """Two ridges of mountains and a plain."""
    for points, dark, slant in (
        ([(-0.1, 0.50), (0.12, 0.44), (0.32, 0.50), (0.50, 0.42), (0.66, 0.50), (1.05, 0.48), (1.35, 0.40)], 0.18, 0.8),
        ([(-0.1, 0.54), (0.20, 0.51), (0.42, 0.555), (0.62, 0.52), (0.86, 0.55), (1.35, 0.53)], 0.30, -0.6),
    ):  # fmt: skip
        ridge = curve(points)
        spots, x, y = plate.area(np.concatenate([ridge, [(1.35, 0.75), (-0.1, 0.75)]]))
        below = y - np.interp(x, ridge[:, 0], ridge[:, 1])
        folds = np.sin(34 * x + 22 * slant * below + 0.8 * plate.lumps[spots])
        lines = 0.8 * slant * x + y + 0.006 * folds
        plate.cut(spots, dark + 0.20 * folds - 1.2 * below, lines / _PITCH, (x - slant * y) / _PITCH)


def _river(plate: _Plate) -> None:
    spots, x, y = plate.area([(0, 0.585), (WIDTH, 0.585), (WIDTH, 1), (0, 1)])
    ripples = np.sin(11 * x + 40 * np.sqrt(np.clip(y - 0.5, 0, 1))) + 0.8 * plate.lumps[spots]
    level = y + 0.0014 * np.sin(55 * x + 90 * y)
    lines = np.log1p(2.2 * (level - 0.585)) / (1.7 * _PITCH)  # ever wider apart as they come nearer
    plate.cut(spots, 0.26 + 0.17 * ripples, lines, (1.3 * x + 2.5 * y) / 0.03)


def _ruin(plate: _Plate) -> None:
    """A wall of courses with a great arch and a window in it, broken at the top, and columns before it."""
    wall = [(0.64, 0.70), (0.635, 0.36), (0.66, 0.30), (0.70, 0.31), (0.72, 0.25), (0.80, 0.22), (0.86, 0.235),
            (0.90, 0.20), (0.99, 0.21), (1.01, 0.27), (1.06, 0.37), (1.10, 0.42), (1.14, 0.70)]  # fmt: skip
    spots, x, y = plate.area(wall)
    course = np.floor(y / 0.032)
    brick = np.floor(x / 0.058 + 0.5 * (course % 2))
    cut = np.sin(12.9898 * course + 78.233 * brick) * 43758.5453
    worn = 0.30 + 0.26 * (cut - np.floor(cut)) + 0.10 * plate.lumps[spots] + 0.35 * np.clip((x - 0.86) / 0.2, 0, 1)
    joint = np.minimum(y / 0.032 - course, (x / 0.058 + 0.5 * (course % 2) - brick) * 1.8) < 0.11
    plate.cut(spots, worn, (y + 0.08 * (x - 0.64) + 0.0012 * plate.lumps[spots]) / _PITCH, x / _PITCH)
    plate.extra[spots] |= joint
    _arch(plate, 0.83, 0.47, 0.115, 0.70)
    _arch(plate, 1.03, 0.46, 0.036, 0.56)
    for x0, top in ((0.575, 0.40), (0.505, 0.50)):
        shaft = np.linspace((x0, top), (x0, 0.70), 30)
        plate.limb(shaft, 0.042, (0.06, 0.85))
        for y0, half in ((top, 0.033), (top + 0.018, 0.026), (0.685, 0.034)):
            slab = np.linspace((x0, y0), (x0, y0 + 0.016), 6)
            plate.limb(slab, 2 * half, (0.05, 0.75))
    for x0, y0 in ((0.66, 0.30), (0.74, 0.25), (0.80, 0.22), (0.98, 0.205), (1.06, 0.34), (1.10, 0.42), (0.70, 0.68)):
        _leaves(plate, np.array([x0, y0]), 0.045, 9, 0.5)


def _arch(plate: _Plate, x0: float, y0: float, radius: float, foot: float) -> None:
    """An opening with a ring of stones about it; through it one sees the far side of the vault, in shade."""
    t = np.linspace(np.pi, 2 * np.pi, 40)
    bow = np.stack([np.cos(t), np.sin(t)], axis=-1)
    for scale in (1.24, 1.0, 0.80):
        top = (x0, y0) + scale * radius * bow
        shift = (0.0, 0.0) if scale >= 1 else (-0.16 * radius, 0.02)
        spots, x, y = plate.area(np.concatenate([top, [(top[-1, 0], foot), (top[0, 0], foot)]]) + shift)
        far, angle = np.hypot(x - x0, np.minimum(y - y0, 0)), np.arctan2(np.minimum(y - y0, 0), x - x0)
        if scale > 1:
            stones = angle * 5.5 + np.where(y > y0, np.floor((y - y0) / 0.035) * 1.7, 0)
            plate.cut(spots, 0.16 + 0.22 * (np.floor(stones) % 2), far / _PITCH, y / _PITCH)
        elif scale == 1.0:
            plate.cut(spots, 0.92 - 0.25 * (x < x0), far / _PITCH, np.where(y < y0, angle * radius, y) / _PITCH)
        else:
            plate.cut(spots, 0.10 + 0.5 * (y > 0.57), y / _PITCH, (x + y) / 0.02)


def _leaves(plate: _Plate, at: Floats, spread: float, count: int, weight: float) -> None:
    """A crown of leafy balls, the lower right ones darker, from behind to the front."""
    places = plate.random.normal(0, 1, (count, 2)) * (0.62 * spread, 0.48 * spread)
    places = places[np.argsort(places[:, 1] + 0.02 * plate.random.standard_normal(count))]
    for number, place in enumerate(places):
        deep = np.clip(0.45 + 0.42 * place.sum() / spread, 0, 1)
        radius = spread * plate.random.uniform(0.20, 0.34) + 0.010
        plate.ball(at + place, radius, (0.12 + 0.5 * weight * deep, 0.46 + 0.5 * deep), 0.22, joined=number > 0)


def _far_trees(plate: _Plate) -> None:
    for x in (0.03, 0.10, 0.30, 0.36, 0.43, 1.17, 1.24):
        _leaves(plate, np.array([x, 0.575 - 0.02 * plate.random.random()]), 0.06, 12, 0.4)
    trunk = curve([(1.19, 0.74), (1.175, 0.62), (1.19, 0.50), (1.17, 0.40)], steps=13)
    plate.limb(trunk, np.linspace(0.034, 0.012, len(trunk)), (0.15, 0.95))
    for x, y in ((1.16, 0.40), (1.23, 0.36), (1.20, 0.30), (1.13, 0.46), (1.24, 0.46)):
        _leaves(plate, np.array([x, y]), 0.075, 15, 0.5)


def _banks(plate: _Plate) -> None:
    """The ruin's bank, a rise before it and the dark near bank, with boulders."""
    for points, dark in (
        ([(0.33, 0.84), (0.42, 0.74), (0.53, 0.70), (0.72, 0.675), (0.95, 0.69), (1.3, 0.66)], 0.24),
        ([(0.52, 0.90), (0.70, 0.80), (0.90, 0.78), (1.08, 0.80), (1.3, 0.75)], 0.38),
        ([(-0.1, 0.74), (0.12, 0.745), (0.28, 0.80), (0.44, 0.90), (0.70, 0.94), (1.3, 0.90)], 0.55),
    ):  # fmt: skip
        brow = curve(points)
        spots, x, y = plate.area(np.concatenate([brow, [(1.3, 1.1), (points[0][0], 1.1)]]))
        below = y - np.interp(x, brow[:, 0], brow[:, 1])
        swell = np.sin(14 * x + 14 * below) + 0.5 * np.sin(31 * x - 25 * below + 1)
        lines = below + 0.012 * swell + 0.0015 * plate.lumps[spots]
        plate.cut(spots, dark + 0.20 * swell + 0.09 * plate.lumps[spots], lines / _PITCH, (x + 0.5 * y) / _PITCH)
    boulders = ((0.50, 0.93, 0.06), (0.58, 0.955, 0.045), (0.36, 0.90, 0.05), (0.92, 0.94, 0.07), (1.03, 0.96, 0.05),
                (0.66, 0.735, 0.025), (0.99, 0.735, 0.03), (1.12, 0.90, 0.05))  # fmt: skip
    for left, top, size in boulders:
        for shift in (-0.6, 0.55, 0.0):
            place = left + shift * size, top + 0.3 * abs(shift) * size
            plate.ball(place, size * (1 - 0.35 * abs(shift)), (0.05, 1.0), leaves=0.06)


def _walkers(plate: _Plate) -> None:
    """Two in cloaks and hats, with staffs."""
    for x, y in ((0.80, 0.765), (0.845, 0.772)):
        cloak = np.linspace((x, y - 0.045), (x + 0.004, y + 0.02), 14)
        plate.limb(cloak, np.linspace(0.014, 0.030, 14), (0.3, 1.0))
        plate.ball((x, y - 0.053), 0.0105, (0.1, 0.8))
        plate.stroke(curve([(x - 0.016, y - 0.062), (x, y - 0.068), (x + 0.017, y - 0.060)], steps=4), 0.009)
        plate.stroke(curve([(x + 0.004, y - 0.03), (x + 0.022, y - 0.018), (x + 0.026, y - 0.05)], steps=6), 0.006)
        plate.stroke(curve([(x + 0.025, y - 0.075), (x + 0.030, y + 0.022)], steps=8), 0.004)


def _old_tree(plate: _Plate) -> None:
    trunk = curve([(0.13, 0.86), (0.155, 0.70), (0.135, 0.54), (0.185, 0.40), (0.17, 0.24)], steps=18)
    boughs = [[(0.15, 0.50), (0.26, 0.40), (0.36, 0.35)], [(0.15, 0.56), (0.06, 0.46), (-0.02, 0.42)],
              [(0.18, 0.36), (0.25, 0.26), (0.28, 0.16)], [(0.145, 0.62), (0.24, 0.56), (0.31, 0.55)]]  # fmt: skip
    crowns = ((0.02, 0.18, 0.11), (0.17, 0.08, 0.12), (0.30, 0.13, 0.11), (0.02, 0.36, 0.10), (0.40, 0.31, 0.09),
              (0.16, 0.24, 0.10), (0.30, 0.36, 0.08), (0.34, 0.54, 0.055))  # fmt: skip
    for x, y, spread in crowns[:3]:
        _leaves(plate, np.array([x, y]), spread, 22, 0.9)
    for points in boughs:
        bough = curve(points)
        plate.limb(bough, np.linspace(0.036, 0.010, len(bough)), (0.15, 1.0))
    widths = np.interp(np.linspace(0, 1, len(trunk)), (0, 0.12, 0.7, 1), (0.16, 0.088, 0.06, 0.02))
    plate.limb(trunk, widths, (0.10, 1.0))
    for x, y, spread in crowns[3:]:
        _leaves(plate, np.array([x, y]), spread, 20, 0.6)


def _grass(plate: _Plate) -> None:
    """Blades along the near bank, and birds."""
    random = plate.random
    for _ in range(260):
        x = random.uniform(-0.02, 1.27)
        y = np.interp(x, (0, 0.28, 0.44, 0.7, 1.0, 1.25), (0.76, 0.82, 0.92, 0.96, 0.93, 0.94)) + random.uniform(
            0, 0.09
        )
        angle, length = -np.pi / 2 + random.normal(0, 0.4), random.uniform(0.03, 0.075)
        plate.stroke(arc((x, y), angle, length, random.normal(0, 1), 10), 0.0055)
    for x, y in random.normal((0.50, 0.20), (0.05, 0.05), (7, 2)):
        for side in (-1, 1):
            plate.stroke(arc((x, y), -np.pi / 2 + side * 1.0, 0.02, side * 0.9, 8), 0.005)
