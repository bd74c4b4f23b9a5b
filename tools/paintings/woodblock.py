"""Woodblock: great waves with claws of foam before a far mountain and a red sun, in flat blues on warm paper."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tools.paintings.brush import Floats
from tools.paintings.noise import noise
from tools.paintings.outlines import OVER, WIDTH, arc, circle, curve, inside, reduced, ribbon

__all__ = ["draw_woodblock"]

_PALETTE = {
    "key": (0.07, 0.11, 0.22),
    "indigo": (0.10, 0.20, 0.38),
    "prussian": (0.13, 0.33, 0.54),
    "sea": (0.36, 0.58, 0.68),
    "pale": (0.68, 0.79, 0.78),
    "foam": (0.95, 0.92, 0.83),
    "paper": (0.92, 0.85, 0.70),
    "peach": (0.93, 0.66, 0.45),
    "red": (0.80, 0.24, 0.15),
    "ochre": (0.83, 0.64, 0.30),
    "pine": (0.25, 0.38, 0.30),
}


def draw_woodblock(height: int = 640, seed: int = 7) -> NDArray[np.uint8]:
    """The print as an array (height, 1.25 · height, 3) of 8-bit sRGB; the same seed gives the same picture."""
    random = np.random.default_rng(seed)
    sheet = _Sheet(height, random)
    _sky(sheet)
    _mountain(sheet)
    _far_sea(sheet)
    _boat(sheet, 0.80, 0.69, 1.0)
    _great_wave(sheet)
    _boat(sheet, 0.62, 0.80, 1.25)
    _near_waves(sheet)
    _spray(sheet)
    return reduced(sheet.printed(), height)


class _Sheet:
    """The paper that is printed block by block; lengths over its height, colours by their names."""

    def __init__(self, height: int, random: np.random.Generator) -> None:
        self.height = OVER * height
        self.random = random
        self.canvas: Floats = np.ones((self.height, OVER * round(WIDTH * height), 3)) * _PALETTE["paper"]

    def area(self, outline: ArrayLike, *names: str, fade: tuple[float, float] = (0.0, 1.0)) -> None:
        """Print an area in a colour, or graded through several from one y to another (bokashi)."""
        rows, columns = inside(np.asarray(outline) * self.height, self.canvas.shape)
        stops = np.array([_PALETTE[name] for name in names])
        places = np.linspace(*fade, len(names))
        for channel in range(3):
            self.canvas[rows, columns, channel] = np.interp(rows / self.height, places, stops[:, channel])

    def line(self, path: Floats, width: float = 0.006, name: str = "key", ends: float = 0.25) -> None:
        """Print a line that swells in its middle and wavers as if cut with a knife."""
        t = np.linspace(0, 1, len(path))
        swell = ends + (1 - ends) * np.sin(np.pi * t) ** 0.7
        waver = 1 + 0.3 * np.sin(self.random.uniform(9, 17) * t + self.random.uniform(0, 6))
        self.area(ribbon(path, width * swell * waver), name)

    def printed(self) -> Floats:
        """The sheet with what the wood and the paper do to the ink."""
        shape = self.canvas.shape[:2]
        unit = self.height / 640
        rings = noise(shape, (26 * unit, 330 * unit), self.random, octaves=2)
        y = np.arange(shape[0])[:, None] / self.height
        grain = np.sin(2 * np.pi * (62 * y + 2.2 * rings)) + 0.6 * noise(shape, (1.6 * unit, 46 * unit), self.random)
        mottle = noise(shape, 5 * unit, self.random, octaves=2)
        paper = np.array(_PALETTE["paper"])
        ink = np.clip(np.abs(self.canvas - paper).sum(axis=-1), 0, 1)  # only where there is ink does it wear
        wear = ink * np.clip(0.05 + 0.065 * grain + 0.03 * mottle, -0.08, 0.4)
        fibre = 0.012 * noise(shape, (1.5 * unit, 9 * unit), self.random) + 0.01 * mottle
        printed: Floats = self.canvas + wear[..., None] * (paper - self.canvas) + fibre[..., None]
        return printed


def _sky(sheet: _Sheet) -> None:
    """A graded sky with the sun and bars of cloud."""
    frame = [(0, 0), (1.25, 0), (1.25, 0.7), (0, 0.7)]
    sheet.area(frame, "indigo", "sea", "pale", "paper", "peach", "peach", "red", fade=(0.0, 0.70))
    sheet.area(circle((0.90, 0.25), 0.125, 60), "red", "red", "peach", fade=(0.16, 0.42))
    clouds = ((0.77, 0.30, 0.20), (1.06, 0.345, 0.24), (1.0, 0.13, 0.16), (0.70, 0.07, 0.16), (0.02, 0.10, 0.10))
    for x, y, length in clouds:
        for part, (shift, drop) in enumerate(((0, 0), (0.06, 0.021), (-0.03, 0.042))):
            half = 0.0105
            left, right = x + shift, x + shift + length * (1, 0.7, 0.45)[part]
            cap = circle((0, 0), half, 25)[6:19]
            bar = np.concatenate([cap + np.array([left, y + drop]), np.array([right, y + drop]) - cap])
            sheet.area(bar, "foam", "peach", fade=(y + drop - half, y + drop + 2 * half))
            sheet.line(np.concatenate([bar, bar[:1]]), 0.0035, "indigo", ends=0.8)


def _mountain(sheet: _Sheet) -> None:
    left = curve([(0.62, 0.645), (0.80, 0.575), (0.92, 0.47), (0.985, 0.385)], steps=27)
    right = curve([(1.02, 0.385), (1.08, 0.46), (1.19, 0.55), (1.32, 0.62)], steps=27)
    slope = np.concatenate([left, [(1.0, 0.378)], right])
    sheet.area(np.concatenate([slope, [(1.32, 0.70), (0.62, 0.70)]]), "prussian", "indigo", "sea", fade=(0.38, 0.66))
    hem = [(0.895, 0.495), (0.915, 0.52), (0.93, 0.485), (0.95, 0.545), (0.97, 0.48), (0.99, 0.56), (1.01, 0.485),
           (1.03, 0.55), (1.05, 0.475), (1.07, 0.51), (1.095, 0.475)]  # fmt: skip
    cap = slope[(slope[:, 1] < 0.497) & (slope[:, 0] > 0.89) & (slope[:, 0] < 1.097)]
    sheet.area(np.concatenate([cap, hem[::-1]]), "foam", "pale", fade=(0.45, 0.6))
    sheet.line(np.array(hem), 0.004)
    sheet.line(slope, 0.008)
    for x in np.linspace(0.78, 1.22, 13):
        drop = 0.05 + 0.02 * sheet.random.random()
        top = np.interp(x, slope[:, 0], slope[:, 1]) + 0.05 + 0.04 * sheet.random.random()
        lean = 0.5 * (x - 1.0)
        sheet.line(curve([(x, top), (x + lean * drop * 2, top + drop)]), 0.006, "key", ends=0.1)


def _far_sea(sheet: _Sheet) -> None:
    """Rows of small crests that grow as they come nearer."""
    sheet.area([(0, 0.635), (1.25, 0.635), (1.25, 1), (0, 1)], "sea", "prussian", "indigo", fade=(0.64, 0.95))
    for row, y in enumerate((0.645, 0.668, 0.70, 0.742, 0.795, 0.86, 0.94)):
        size = 0.030 + 0.011 * row
        for x in np.arange(-size * (row % 2), 1.3, 2 * size):
            middle = x + sheet.random.uniform(-0.2, 0.2) * size
            crest = curve([(middle - size, y + 0.45 * size), (middle - 0.35 * size, y + 0.1 * size),
                                  (middle, y - 0.35 * size), (middle + 0.3 * size, y + 0.1 * size),
                                  (middle + size, y + 0.45 * size)], steps=8)  # fmt: skip
            hollow = np.concatenate([crest, [(middle + size, y + size), (middle - size, y + size)]])
            sheet.area(hollow, "pale", "sea", "prussian", fade=(y - 0.3 * size, y + 0.8 * size))
            sheet.line(crest, 0.005 + 0.0006 * row)
            sheet.line(crest + 0.1 * size * np.array([1, 2.8]), 0.004, "foam", ends=0.1)


def _wave(sheet: _Sheet, back: Floats, face: Floats, stripes: int) -> None:
    """A wave's body: stripes of water that run from the foot to the crest between its back and its face."""
    colors = ("indigo", "prussian", "indigo", "sea", "prussian", "pale")
    edges = np.linspace(0, 1, stripes + 1) ** 0.9
    strands = [back + t * (face - back) for t in edges]
    for number, (one, other) in enumerate(pairwise(strands)):
        sheet.area(np.concatenate([one, other[::-1]]), colors[number % len(colors)])
    for strand in strands:
        sheet.line(strand, 0.007, ends=0.5)


def _foam(sheet: _Sheet, crest: Floats, falls: Floats, size: float) -> None:
    """Foam along a crest: lumps, and claws that reach out at the angles of falling and curl under."""
    random = sheet.random
    t = np.linspace(0, 1, 14)
    taper = np.sqrt(np.clip(7 * t + 0.3, 0, 1)) * (1 - t) ** 0.75 + 0.04
    for place, fall in zip(crest, falls, strict=True):
        root = place - 0.2 * size * np.array([np.cos(fall), np.sin(fall)])
        lumps = root + 0.30 * size * random.standard_normal((4, 2))
        shapes = [(arc(lump, fall, 0.3 * size, 1.5), 0.55 * size * np.sqrt(np.sin(np.pi * t[1:-1]))) for lump in lumps]
        for number, spread in enumerate((-0.75, -0.25, 0.3, 0.8)):
            angle = fall + spread + 0.15 * random.standard_normal()
            turn = random.uniform(1.6, 2.8) * (-1 if number == 0 else 1)
            claw = arc(lumps[number], angle, size * random.uniform(1.0, 1.5), turn, len(t))
            shapes.append((claw, 0.34 * size * taper))
            for joint in (4, 7):
                twig = arc(claw[joint], angle + turn * 0.2 - 0.9, size * 0.5, turn * 1.1, len(t))
                shapes.append((twig, 0.19 * size * taper))
        for path, widths in shapes:
            sheet.area(ribbon(path, widths + 0.0095), "key")
        for path, widths in shapes:
            sheet.area(ribbon(path, widths), "foam")
        for path, widths in shapes[::2]:
            sheet.area(ribbon(path[2:9] + 0.05 * size, 0.3 * widths[2:9]), "sea")


def _great_wave(sheet: _Sheet) -> None:
    back = curve([(-0.25, 0.62), (-0.06, 0.50), (0.06, 0.34), (0.19, 0.195), (0.34, 0.13), (0.48, 0.155),
                         (0.575, 0.24), (0.60, 0.33)], steps=13)  # fmt: skip
    face = curve([(0.62, 1.02), (0.47, 0.90), (0.34, 0.76), (0.285, 0.60), (0.30, 0.45), (0.385, 0.335),
                         (0.50, 0.30), (0.60, 0.33)], steps=13)  # fmt: skip
    foot = [(-0.25, 1.02), (0.62, 1.02)]
    sheet.area(np.concatenate([back, face[::-1], foot[::-1]]), "prussian")
    _wave(sheet, back, face, 9)
    _foam(sheet, back[38:88:4], np.linspace(-0.2, 1.9, 13), 0.066)
    _foam(sheet, face[88:52:-5], np.linspace(1.7, 1.2, 8), 0.045)


def _near_waves(sheet: _Sheet) -> None:
    back = curve([(1.45, 0.92), (1.28, 0.74), (1.14, 0.645), (1.0, 0.635), (0.915, 0.70), (0.90, 0.77)], steps=14)
    face = curve([(0.72, 1.08), (0.90, 1.03), (1.04, 0.95), (1.08, 0.85), (1.02, 0.76), (0.90, 0.77)], steps=14)
    sheet.area(np.concatenate([back, face[::-1], [(0.72, 1.1), (1.45, 1.1)]]), "prussian")
    _wave(sheet, back, face, 6)
    _foam(sheet, back[14:68:5], np.linspace(3.5, 1.3, 11), 0.052)
    low = curve([(-0.1, 0.80), (0.07, 0.775), (0.20, 0.85), (0.36, 0.915), (0.70, 0.95), (0.88, 1.02)], steps=14)
    for number, name in enumerate(("indigo", "sea", "indigo", "prussian", "pale", "indigo")):
        strand = low + np.array([0, 0.042 * number])
        sheet.area(np.concatenate([strand, [(0.88, 1.4), (-0.1, 1.4)]]), name)
        sheet.line(strand, 0.008)
    _foam(sheet, low[2:62:4], np.linspace(-0.9, -0.3, 15), 0.046)


def _boat(sheet: _Sheet, x: float, y: float, scale: float) -> None:
    rim = curve([(-0.17, -0.035), (-0.10, -0.004), (0.02, 0.010), (0.12, -0.008), (0.19, -0.055)], steps=10)
    keel = curve([(0.19, -0.055), (0.13, 0.025), (0.02, 0.045), (-0.10, 0.030), (-0.17, -0.035)], steps=10)
    here = np.array([x, y])
    for number, shift in enumerate(np.linspace(-0.09, 0.11, 7)):
        body = arc(here + scale * np.array([shift, 0.012]), -1.5, 0.036 * scale, 0.5)
        robe, size = ("indigo", "red", "prussian")[number % 3], scale * np.linspace(0.030, 0.016, len(body))
        sheet.area(ribbon(body, size + 0.007), "key")
        sheet.area(ribbon(body, size), robe)
        head = arc(body[-1], -1.2, 0.014 * scale, 0.3, 5)
        sheet.area(ribbon(head, 0.019 * scale), "key")
        sheet.area(ribbon(head, 0.012 * scale), "peach")
    sheet.area(here + scale * np.concatenate([rim, keel]), "paper", "ochre", fade=(y - 0.03, y + 0.04))
    for path in (rim, keel, rim + np.array([0, 0.016])):
        sheet.line(here + scale * path, 0.0065 * scale, ends=0.6)


def _spray(sheet: _Sheet) -> None:
    for _ in range(90):
        x, y = sheet.random.normal((0.62, 0.30), (0.13, 0.11))
        radius = 0.0025 + 0.004 * sheet.random.random() ** 2
        sheet.area(circle((x, y), radius + 0.002, 14), "key")
        sheet.area(circle((x, y), radius, 14), "foam")
