"""Stained glass: a tree before the sun that rises over water, in glowing panes, black lead and painted shading."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from tools.paintings.brush import Floats
from tools.paintings.noise import noise
from tools.paintings.outlines import curve, ribbon
from tools.paintings.shapes import Mask, even_points, fill, grid, nearest_points, ramp

__all__ = ["draw_stained_glass"]

_GLASS = {
    "soot": (0.10, 0.04, 0.06), "plum": (0.30, 0.06, 0.32), "ruby": (0.72, 0.02, 0.10),
    "flame": (0.96, 0.30, 0.05), "amber": (1.00, 0.66, 0.08), "lemon": (1.00, 0.92, 0.38),
    "pearl": (1.00, 0.94, 0.66), "rose": (0.97, 0.50, 0.50), "peach": (1.00, 0.78, 0.58),
    "emerald": (0.03, 0.46, 0.20), "lime": (0.52, 0.76, 0.12), "moss": (0.08, 0.25, 0.10),
    "cobalt": (0.04, 0.16, 0.66), "ice": (0.72, 0.93, 1.00), "azure": (0.12, 0.48, 0.90),
    "aqua": (0.35, 0.82, 0.86), "lilac": (0.76, 0.56, 0.96), "violet": (0.34, 0.16, 0.68),
}  # fmt: skip
_LEAD = np.array((0.035, 0.035, 0.045))
_SUN = (0.50, 0.53)  # x and y over the height
_HORIZON = 0.62
_TRUNK = ((0.835, 0.93), (0.865, 0.80), (0.850, 0.64), (0.875, 0.52), (0.865, 0.40))
_BOUGHS = (
    (((0.870, 0.54), (0.800, 0.44), (0.715, 0.385), (0.640, 0.315)), 0.044),
    (((0.868, 0.45), (0.885, 0.33), (0.850, 0.22), (0.865, 0.12)), 0.044),
    (((0.868, 0.55), (0.945, 0.46), (1.010, 0.41), (1.090, 0.30)), 0.044),
    (((0.780, 0.425), (0.770, 0.33), (0.735, 0.24)), 0.032),
    (((0.955, 0.45), (0.970, 0.33), (0.980, 0.21)), 0.032),
)

_FLOWERS = ((0.20, 0.83, 0.058, "ruby"), (0.32, 0.86, 0.052, "flame"), (0.45, 0.845, 0.052, "rose"),
            (0.62, 0.86, 0.056, "ruby"), (1.07, 0.80, 0.056, "rose"), (0.98, 0.87, 0.050, "flame"))  # fmt: skip


def draw_stained_glass(height: int = 640, seed: int = 7) -> NDArray[np.uint8]:
    """The painting as an array (height, 1.25 · height, 3) of 8-bit sRGB; the same seed gives the same picture."""
    random = np.random.default_rng(seed)
    window = _Window((height, round(1.25 * height)), random)
    glass = _glaze(window, random)
    unit = height / 640
    thick = _lead(window.parts, 4.8 * unit)
    thin = _lead(window.panes, 2.4 * unit)
    # the light spreads over the edges of the lead
    glow = np.stack([ndimage.gaussian_filter(glass[..., c], 5 * unit) for c in range(3)], axis=-1)
    light = glass * (1 - np.maximum(thick, thin))[..., None]
    canvas: Floats = light + np.maximum(thick, thin)[..., None] * (_LEAD + 0.10 * glow)
    shine = _shine(window.parts, 4.8 * unit) * thick
    canvas += 0.16 * shine[..., None]
    return (np.clip(canvas, 0, 1) * 255).round().astype(np.uint8)


class _Window:
    """The panes of the window: which part of the scene and which pane a pixel is in, and the panes' colours."""

    def __init__(self, shape: tuple[int, int], random: np.random.Generator) -> None:
        self.shape = shape
        self.random = random
        self.x, self.y = grid(shape)
        self.parts = np.zeros(shape, dtype=int)
        self.panes = np.zeros(shape, dtype=int)
        self.colors = np.zeros((1, 3))
        self._sky()
        self._water()
        self._hills()
        self._tree()
        self._shore()
        self._border()

    def _part(
        self, where: Mask, cuts: NDArray[np.int_], tone: Floats | float, stops: str, spread: float = 0.10
    ) -> None:
        """One part, cut into panes, each of one colour from a row of colours by its mean tone, 0 to 1."""
        self.parts[where] = self.parts.max() + 1
        _, pane = np.unique(cuts[where], return_inverse=True)
        first = len(self.colors)
        self.panes[where] = first + pane
        means = np.bincount(pane, np.broadcast_to(tone, self.shape)[where]) / np.bincount(pane)
        means += spread * self.random.standard_normal(len(means))
        colors = ramp(np.clip(means, 0, 1), *(_GLASS[name] for name in stops.split()))
        colors = np.clip(colors * (1 + 0.12 * self.random.standard_normal((len(colors), 1))), 0, 1)
        self.colors = np.concatenate([self.colors, colors])

    def _cells(self, spacing: float) -> NDArray[np.int_]:
        points = even_points(self.random, self.shape, spacing * self.shape[0], 0.22)
        _, found = nearest_points(points, self.shape, 1)
        cells: NDArray[np.int_] = found[..., 0]
        return cells

    def _sky(self) -> None:
        dx, dy = self.x - _SUN[0], self.y - _SUN[1]
        distance = np.hypot(dx, dy)
        ring = np.searchsorted([0.13, 0.20, 0.29, 0.39, 0.51, 0.65], distance)
        angle = np.arctan2(dy, dx) / (2 * np.pi) + 0.013 * np.sin(31 * distance)
        rays = np.floor((angle + 0.031 * (ring % 2)) * np.array([10, 16, 22, 26, 30, 34, 38])[ring]).astype(int)
        whole = np.zeros(self.shape, dtype=int)
        evening = "lemon amber flame peach rose lilac violet azure ice"
        self._part(whole == 0, 100 * ring + rays, distance / 0.82, evening, spread=0.08)
        self._part(distance < 0.13, rays, distance / 0.13, "lemon lemon amber", spread=0.3)
        self._part(distance < 0.075, whole, 0.0, "lemon pearl", spread=0)
        for x, y, length in ((0.24, 0.19, 0.18), (0.27, 0.36, 0.13), (0.60, 0.13, 0.13)):
            t = (self.x - x) / length
            bulge = 0.042 * np.sqrt(np.clip(1 - t**2, 0, 1)) * (1.0 + 0.35 * np.cos(9 * t))
            cloudy = (np.abs(t) < 1) & (self.y < y + 0.5 * bulge) & (self.y > y - 1.3 * bulge)
            self._part(cloudy, np.floor(2.2 * t).astype(int), 0.5, "peach pearl ice", spread=0.3)

    def _water(self) -> None:
        below = self.y > _HORIZON
        depth = np.maximum(self.y - _HORIZON, 0) / (1 - _HORIZON)
        wave = depth**0.8 * 7 + 0.22 * np.sin(14 * self.x + 5 * depth)
        row = np.floor(wave).astype(int)
        column = np.floor(self.x * 9 / (1 + 0.6 * depth) + 0.47 * row + 0.15 * np.sin(9 * self.y)).astype(int)
        path = np.exp(-(((self.x - _SUN[0]) / (0.07 + 0.10 * depth)) ** 2))
        lightness = 0.35 + 0.25 * np.sin(2.3 * row) + 0.55 * path
        self._part(below, 100 * row + column, lightness, "cobalt azure aqua ice lemon amber", spread=0.10)

    def _hills(self) -> None:
        for lift, tone, stops in ((0.085, 0.45, "violet plum rose"), (0.045, 0.40, "emerald azure violet")):
            aside = 1 - np.exp(-(((self.x - _SUN[0]) / 0.20) ** 4))  # low where the sun comes up
            wavy = 0.65 + 0.5 * np.sin(7.5 * self.x + 40 * lift) + 0.25 * np.sin(17 * self.x)
            hill = (self.y > _HORIZON - lift * aside * wavy) & (self.y < _HORIZON)
            self._part(hill, np.floor(9 * self.x + 2 * self.y + 3 * lift).astype(int), tone, stops, spread=0.3)

    def _tree(self) -> None:
        crown = np.zeros(self.shape, dtype=bool)
        for x, y, across, down in ((0.86, 0.17, 0.21, 0.13), (0.69, 0.29, 0.13, 0.11), (1.04, 0.29, 0.14, 0.13),
                                   (0.87, 0.33, 0.17, 0.10)):  # fmt: skip
            angle = np.arctan2((self.y - y) / down, (self.x - x) / across)
            reach = np.hypot((self.x - x) / across, (self.y - y) / down)
            crown |= reach < 1 + 0.06 * np.cos(9 * angle)
        toward = np.hypot(self.x - _SUN[0], self.y - _SUN[1])
        lit = np.clip(1.15 - 1.4 * toward, 0, 1)
        self._part(crown, self._cells(0.058), lit, "emerald ruby flame amber lemon", spread=0.22)
        bark = np.floor(self.y * 11 + 3 * self.x).astype(int)
        for path, width in _BOUGHS:
            bough = fill(self.shape, _tapered(path, width, 0.020))
            self._part(bough, bark, 1 - self.x + 0.1, "plum ruby flame", spread=0.15)
        trunk = fill(self.shape, _tapered(_TRUNK, 0.105, 0.04))
        middle = np.array(_TRUNK)[::-1]
        side = (self.x > np.interp(self.y, middle[:, 1], middle[:, 0])).astype(int)
        self._part(trunk, 100 * side + bark, 0.75 - 0.55 * side, "plum ruby flame", spread=0.12)

    def _shore(self) -> None:
        whole = np.zeros(self.shape, dtype=int)
        bank = self.y > 0.865 - 0.16 * np.clip((self.x - 0.50) / 0.7, 0, 1) ** 1.5 + 0.012 * np.sin(13 * self.x)
        meadow = 0.5 + 0.4 * np.sin(9 * self.x + 20 * self.y)
        self._part(bank, self._cells(0.075), meadow, "moss emerald lime amber", spread=0.15)
        for x, y, radius, name in _FLOWERS:
            dx, dy = self.x - x, self.y - y
            angle = np.arctan2(dy, dx)
            petals = np.hypot(dx, dy) < radius * (0.82 + 0.18 * np.cos(5 * angle))
            fifth = np.floor(5 * angle / (2 * np.pi) + 0.5).astype(int) % 5
            self._part(petals, fifth, 0.5, f"{name} {name} rose", spread=0.3)
            self._part(np.hypot(dx, dy) < 0.34 * radius, whole, 0.0, "lemon amber")

    def _border(self) -> None:
        far = self.shape[1] / self.shape[0]
        inward = np.minimum(np.minimum(self.x, far - self.x), np.minimum(self.y, 1 - self.y))
        along = np.where(inward == np.minimum(self.x, far - self.x), self.y, self.x)
        piece = np.floor(along / 0.0625).astype(int)
        ends = 1000 * (self.x < 0.07) + 2000 * (self.x > far - 0.07) + 4000 * (self.y < 0.07) + 8000 * (self.y > 0.93)
        self._part(inward < 0.062, piece + ends, piece % 2 * 1.0, "ruby ruby cobalt cobalt", spread=0.05)
        self._part(inward < 0.016, piece // 2 + ends, inward * 20, "lemon amber ice", spread=0.3)


def _to_edge(labels: NDArray[np.int_]) -> Floats:
    """How far a pixel is from the next label, in pixels."""
    edges = np.zeros(labels.shape, dtype=bool)
    edges[:-1] |= labels[:-1] != labels[1:]
    edges[:, :-1] |= labels[:, :-1] != labels[:, 1:]
    distance: Floats = ndimage.distance_transform_edt(~edges)
    return distance


def _lead(labels: NDArray[np.int_], half: float) -> Floats:
    return np.clip(half - _to_edge(labels) + 0.5, 0, 1)


def _shine(labels: NDArray[np.int_], half: float) -> Floats:
    """The light on the round back of the lead."""
    back = ndimage.gaussian_filter(_to_edge(labels), half / 3)
    down, right = np.gradient(back)
    shine: Floats = np.clip(0.7 * down + 0.7 * right, 0, 1)
    return shine


def _glaze(window: _Window, random: np.random.Generator) -> Floats:
    """The panes without the lead: streaks, light in the middle, painted shading at the edge."""
    shape = window.shape
    count = len(window.colors)
    unit = shape[0] / 640
    grains = ((45, 8), (8, 45), (15, 26))
    streaks = np.stack([noise(shape, (down * unit, across * unit), random) for down, across in grains])
    direction = random.integers(len(streaks), size=count)[window.panes]
    streak = np.take_along_axis(streaks, direction[None], axis=0)[0]
    distance = _to_edge(window.panes)
    glow = 1 - np.exp(-distance / (11 * unit))
    thickness = np.clip(0.98 - 0.32 * streak - 0.45 * (glow - 0.4), 0.3, 2.2)
    # matt paint, scratched out in hatching that turns from pane to pane
    turn = random.uniform(0, np.pi, count)[window.panes]
    y, x = np.mgrid[: shape[0], : shape[1]] / unit
    across = x * np.cos(turn) + y * np.sin(turn) + 2.5 * noise(shape, 38 * unit, random)
    hatch = 0.5 + 0.5 * np.sin(2 * np.pi * across / 9)
    lean = np.sin(turn) * (x / 40) + np.cos(turn) * (y / 40)
    painted = np.clip(1.2 - distance / (10 * unit) + 0.5 * np.sin(lean), 0, 1)
    value = (0.90 + 0.20 * glow) * (1 - 0.36 * painted * hatch)
    color = np.maximum(window.colors, 0.03)[window.panes] ** thickness[..., None]  # as light dims in thicker glass
    glazed: Floats = np.clip(color * value[..., None], 0, 1)
    return glazed


def _tapered(points: ArrayLike, first: float, last: float) -> Floats:
    """The outline of a curved limb from one width to another."""
    path = curve(points)
    return ribbon(path, np.linspace(first, last, len(path)))
