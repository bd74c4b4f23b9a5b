"""Pastel: three dancers before painted trees, in broken chalk of violet, orange and turquoise on toned paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from tools.paintings.brush import Brush, Floats, paint_layer
from tools.paintings.maps import Joints, field, rolls
from tools.paintings.noise import noise
from tools.paintings.shapes import ramp

__all__ = ["draw_pastel"]

_PALETTE = {
    "paper": (0.55, 0.48, 0.47),
    "night": (0.17, 0.13, 0.36),
    "violet": (0.38, 0.22, 0.62),
    "lilac": (0.70, 0.58, 0.86),
    "ultramarine": (0.16, 0.26, 0.68),
    "turquoise": (0.16, 0.63, 0.73),
    "water": (0.66, 0.90, 0.88),
    "umber": (0.46, 0.27, 0.15),
    "orange": (0.96, 0.50, 0.12),
    "rust": (0.66, 0.22, 0.14),
    "peach": (0.99, 0.76, 0.54),
    "rose": (0.93, 0.48, 0.54),
    "cream": (1.00, 0.95, 0.80),
}

_FOLIAGE = ("night", "violet", "ultramarine", "umber", "turquoise", "rust", "orange", "peach")
_SKIN = ("rust", "rose", "peach", "cream")
_HAIR = ("night", "rust", "orange")


@dataclass(frozen=True)
class _Dancer:
    """A figure; its joints are counted from the waist, over its own size."""

    x: float
    y: float
    size: float
    lean: float
    left: Joints
    right: Joints
    legs: tuple[Joints, Joints]
    skirt: tuple[str, ...]


_RAISED = ((-0.08, -0.21), (-0.21, -0.33), (-0.10, -0.49))
_DANCERS = (
    _Dancer(
        1.10, 0.42, 0.50, 0.0, _RAISED, ((0.08, -0.21), (0.21, -0.33), (0.10, -0.49)),
        (((-0.04, 0.08), (-0.05, 0.30), (-0.03, 0.55)), ((0.05, 0.08), (0.13, 0.29), (0.20, 0.53))),
        ("violet", "lilac", "cream"),
    ),
    _Dancer(
        0.33, 0.45, 0.68, 0.22,
        ((-0.08, -0.21), (-0.24, -0.30), (-0.39, -0.42)), ((0.08, -0.21), (0.22, -0.14), (0.36, -0.20)),
        (((-0.02, 0.08), (-0.03, 0.33), (-0.03, 0.58)), ((0.05, 0.06), (0.28, 0.12), (0.52, 0.05))),
        ("rust", "orange", "peach", "cream"),
    ),
    _Dancer(
        0.80, 0.53, 0.82, -0.08, _RAISED, ((0.08, -0.21), (0.24, -0.17), (0.39, -0.24)),
        (((-0.04, 0.08), (-0.04, 0.31), (-0.05, 0.56)), ((0.05, 0.08), (0.21, 0.23), (-0.01, 0.32))),
        ("ultramarine", "turquoise", "water", "cream"),
    ),
)  # fmt: skip


def draw_pastel(height: int = 640, seed: int = 7) -> NDArray[np.uint8]:
    """The picture as an array (height, 1.25 · height, 3) of 8-bit sRGB; the same seed gives the same picture."""
    random = np.random.default_rng(seed)
    unit = height / 640
    scene = _Scene(height)
    canvas = np.ones_like(scene.colors) * _PALETTE["paper"]
    canvas += 0.03 * noise(scene.angle.shape, 2.2 * unit, random)[..., None]
    tooth = _tooth(scene.angle, unit, random)
    flow, color = field(np.stack([np.cos(scene.angle), np.sin(scene.angle)], axis=-1)), field(scene.colors)
    for brush, cover in (
        (Brush(900, 30 * unit, 60 * unit, jitter=0.06, bristle=0.0), -0.2),  # the side of the chalk
        (Brush(3200, 12 * unit, 46 * unit, jitter=0.08, bristle=0.02), 0.1),
        (Brush(6000, 7 * unit, 30 * unit, jitter=0.11, bristle=0.02), 0.35),
    ):
        layer = canvas.copy()
        paint_layer(layer, brush, flow, color, random)
        _press(canvas, layer, tooth, cover + 0.5 * noise(tooth.shape, 28 * unit, random))
    layer = canvas.copy()
    short, line = Brush(9000, 5 * unit, 13 * unit, bristle=0.0), Brush(5000, 4.5 * unit, 24 * unit, 0.05, bristle=0.0)
    dark, light = (scene.colors + 0.7 * (np.array(_PALETTE[name]) - scene.colors) for name in ("night", "cream"))
    paint_layer(layer, short, flow, color, random, where=field(scene.figure == 1))
    paint_layer(layer, line, flow, field(dark), random, where=field((scene.edge > 12) & (scene.lit < 0)))
    paint_layer(layer, line, flow, field(light), random, where=field(scene.lit > 12))
    _press(canvas, layer, tooth, 0.7 + 0.4 * noise(tooth.shape, 28 * unit, random))
    return (np.clip(canvas, 0, 1) * 255).round().astype(np.uint8)


def _press(canvas: Floats, layer: Floats, tooth: Floats, cover: Floats) -> None:
    """Rub a layer of chalk onto the paper in place: it stays on the tooth, and in the hollows where it covers."""
    canvas += np.clip(0.6 + 0.7 * (tooth + cover), 0.15, 1)[..., None] * (layer - canvas)


def _tooth(angle: Floats, unit: float, random: np.random.Generator) -> Floats:
    """The grain of the paper as the chalk feels it: hills that a stroke along the angle drags out."""
    tooth = 0.8 * noise(angle.shape, 2.8 * unit, random)
    grain = random.standard_normal(angle.shape)
    reach = int(np.ceil(9 * unit))
    dy, dx = np.mgrid[-reach : reach + 1, -reach : reach + 1] / unit
    turn = np.round(angle / (np.pi / 8)).astype(int) % 8
    for eighth in range(8):
        way = eighth * np.pi / 8
        along, across = dx * np.cos(way) + dy * np.sin(way), dy * np.cos(way) - dx * np.sin(way)
        dragged = signal.fftconvolve(grain, np.exp(-((along / 5) ** 2) - (across / 1.5) ** 2), mode="same")
        tooth += 0.8 * np.where(turn == eighth, dragged / dragged.std(), 0)
    return tooth


class _Scene:
    """What is to be drawn, as maps of colour, of the strokes' direction and of the figures; lengths over the height."""

    def __init__(self, height: int) -> None:
        self.y, self.x = np.mgrid[:height, : round(1.25 * height)] / height
        self.colors, self.angle = self._stage()
        self.figure = np.zeros(self.x.shape)
        for dancer in _DANCERS:
            self._draw(dancer)
        soft = ndimage.gaussian_filter(self.figure, 0.004 * height)
        fall, rise = np.gradient(soft)
        self.edge = np.hypot(fall, rise) * height
        self.lit = (rise + 0.6 * fall) * height  # the light comes from the upper left

    def _stage(self) -> tuple[Floats, Floats]:
        """The trees of the backdrop and the boards of the floor: colours and directions."""
        x, y = self.x, self.y
        leaves = np.sin(13 * x + 5 * np.sin(7 * y)) + np.sin(17 * y - 6 * x + 3 * np.sin(5 * x))
        leaves += 1.2 * np.sin(3 * x + 1)
        colors = _chalks(0.5 + 0.17 * leaves - 0.2 * y, *_FOLIAGE)
        glow = np.exp(-(((x - 0.58) / 0.24) ** 2) - ((y - 0.26) / 0.20) ** 2) * (0.8 + 0.2 * np.sin(40 * y + 9 * x))
        colors += np.clip(1.2 * glow, 0, 1)[..., None] * (_chalks(glow, "rust", "orange", "peach", "cream") - colors)
        angle = np.deg2rad(-58) + 0.5 * np.sin(5 * x + 3 * y) + 0.35 * np.sin(11 * y)
        for place, half in ((0.06, 0.025), (0.60, 0.014), (0.94, 0.018), (1.22, 0.024)):
            trunk = np.abs(x - place - 0.02 * np.sin(9 * y)) < half * (0.7 + 0.6 * y)
            colors[trunk] = _chalks((x[trunk] - place) / half / 2 + 0.5, "rust", "night", "violet")
            angle[trunk] = np.pi / 2
        floor = y > 0.63 + 0.02 * np.sin(4 * x)
        boards = 0.55 + 0.25 * np.sin(26 * y + 5 * x) + 0.20 * np.sin(60 * y - 9 * x)
        for dancer in _DANCERS:
            dx, dy = x - dancer.x - 0.22 * dancer.size, y - dancer.y - 0.60 * dancer.size
            dx, dy = dx / dancer.size, dy / dancer.size
            boards -= 0.9 * np.exp(-((dx / 0.30) ** 2) - (dy / 0.05) ** 2)
        colors[floor] = _chalks(boards, "night", "violet", "rose", "orange", "peach", "cream")[floor]
        angle[floor] = (-0.16 + 0.12 * np.sin(9 * x))[floor]
        return colors, angle

    def _draw(self, dancer: _Dancer) -> None:
        for leg in dancer.legs:
            self._limb(dancer, leg, (0.055, 0.036, 0.018), ("violet", "rose", "peach", "cream"))
        self._skirt(dancer)
        self._limb(dancer, ((0, -0.17), (0, 0.03)), (0.080, 0.052), (*dancer.skirt[:2], dancer.skirt[-2]))
        self._limb(dancer, ((-0.06, -0.215), (0.06, -0.215)), (0.035, 0.035), _SKIN)
        for arm in (dancer.left, dancer.right):
            shoulder, elbow, hand = np.array(arm)
            bend = (shoulder, shoulder + 0.62 * (elbow - shoulder), elbow + 0.38 * (hand - elbow), hand)  # rounds it
            self._limb(dancer, tuple((float(x), float(y)) for x, y in bend), (0.030, 0.026, 0.021, 0.013), _SKIN)
        self._limb(dancer, ((0, -0.20), (0.0, -0.30)), (0.030, 0.024), _SKIN)
        self._limb(dancer, ((0.0, -0.335), (-0.008, -0.365)), (0.046, 0.052), _SKIN)
        self._limb(dancer, ((0.035, -0.38), (0.0, -0.412)), (0.044, 0.040), _HAIR)
        self._limb(dancer, ((0.045, -0.43), (0.05, -0.435)), (0.028, 0.028), _HAIR)

    def _skirt(self, dancer: _Dancer) -> None:
        """Tulle that spreads from the waist in folds."""
        dx, dy = (self.x - dancer.x) / dancer.size, (self.y - dancer.y - 0.02 * dancer.size) / dancer.size
        dy = dy - 0.25 * dancer.lean * dx - 0.05
        around = np.arctan2(dy, 0.45 * dx)
        folds = np.sin(17 * around) + 0.6 * np.sin(31 * around + 2)
        radius = np.hypot(dx / 0.33, dy / 0.135) + 0.05 * folds
        inside = radius < 1
        tone = np.clip(0.30 + 0.42 * radius + 0.20 * folds - 0.45 * dx - 0.8 * dy, 0, 1)
        self.colors[inside] = _chalks(tone, *dancer.skirt)[inside]
        self.angle[inside] = np.arctan2(2.2 * dy + 0.02, dx)[inside]
        self.figure[inside] = 0.8

    def _limb(self, dancer: _Dancer, joints: Joints, radii: tuple[float, ...], tones: tuple[str, ...]) -> None:
        """A row of tapered rolls from joint to joint, dark to light across them."""
        dx, dy = (self.x - dancer.x) / dancer.size, (self.y - dancer.y) / dancer.size
        dx = dx - dancer.lean * np.minimum(dy, 0)  # above the waist the figure leans
        for roll in rolls(dx, dy, joints, radii):
            inside = roll.depth > 0
            # the light comes from the upper left
            facing = roll.beyond * np.cos(roll.angle - 0.5) - roll.across * np.sin(roll.angle - 0.5)
            self.colors[inside] = _chalks(0.55 - 0.51 * (facing / roll.radius)[inside], *tones)
            self.angle[inside] = roll.angle
            self.figure[inside] = 1


def _chalks(t: Floats, *names: str) -> Floats:
    """Colours (…, 3) along a row of the palette's, t from 0 to 1."""
    return ramp(t, *(_PALETTE[name] for name in names))
