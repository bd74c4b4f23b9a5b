"""Maps over a picture, a value for each pixel: what the drawn paintings have in common besides the brush."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tools.paintings.brush import Field, Floats

__all__ = ["Color", "Joints", "Roll", "field", "rolls"]

Color = tuple[float, float, float]

Joints = tuple[tuple[float, float], ...]
"""Points (x, y) of a limb, a branch, a neck."""


def field(values: Floats) -> Field:
    """What a brush asks at points, from a map (H, W, …); points beyond it get the value at its border."""
    height, width = values.shape[:2]

    def at(points: Floats) -> Floats:
        column, row = points.round().astype(int).T
        found: Floats = values[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
        return found

    return at


@dataclass(frozen=True)
class Roll:
    """A tapered roll between two joints, as maps of where the pixels lie.

    Attributes:
        angle: From the first joint to the second.
        along: From the first joint, in that direction.
        across: From its axis.
        beyond: Past the nearer joint, in that direction; 0 between the two.
        radius: Of the roll there.
    """

    angle: float
    along: Floats
    across: Floats
    beyond: Floats
    radius: Floats

    @property
    def depth(self) -> Floats:
        """From the outline inwards; below 0 outside."""
        depth: Floats = self.radius - np.hypot(self.beyond, self.across)
        return depth


def rolls(x: Floats, y: Floats, joints: Joints, radii: Sequence[float]) -> Iterator[Roll]:
    """The rolls from each joint to the next, for pixels at (x, y)."""
    for (ax, ay), (bx, by), first, last in zip(joints[:-1], joints[1:], radii[:-1], radii[1:], strict=True):
        length, angle = float(np.hypot(bx - ax, by - ay)), float(np.arctan2(by - ay, bx - ax))
        along = (x - ax) * np.cos(angle) + (y - ay) * np.sin(angle)
        across = (y - ay) * np.cos(angle) - (x - ax) * np.sin(angle)
        t = np.clip(along / length, 0, 1)
        yield Roll(angle, along, across, along - t * length, first + t * (last - first))
