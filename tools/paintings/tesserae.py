"""Stones in rows that follow the outlines of shapes: what a drawn mosaic is made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree
from skimage.measure import find_contours

from tools.paintings.brush import Floats
from tools.paintings.shapes import Mask, even_points, nearest_points

__all__ = ["Labels", "lay_rows", "set_stones"]

Labels = NDArray[np.int_]


def lay_rows(labels: Labels, side: float, random: np.random.Generator) -> tuple[Floats, Floats, Labels]:
    """Stones in rows that follow the outline of their shape inwards: places (n, 2), angles and shapes.

    Args:
        labels: (H, W), which shape a pixel is in.
        side: Of a stone, in pixels.
        random: Every number that is drawn comes from it.
    """
    rows = []
    for label, box in enumerate(ndimage.find_objects(labels + 1)):
        if box is None:  # other shapes cover it
            continue
        depth = ndimage.distance_transform_edt(np.pad(labels[box] == label, 1)) - 0.5
        first = min(side / 2, 0.85 * float(depth.max()))
        for level in np.arange(first, depth.max(), side):
            for contour in find_contours(depth, level):  # type: ignore[no-untyped-call]
                path = contour[:, ::-1] - 0.5 + (box[1].start, box[0].start)
                rows.append(np.insert(_row(path, side), 3, label, axis=1))
    stones = np.concatenate(rows)
    stones = stones[_apart(stones[:, :2], 0.66 * side)]
    # where rows meet, chips fill what is left open
    chips = even_points(random, (labels.shape[0], labels.shape[1]), 0.5 * side)
    chips = chips[((chips >= 0) & (chips < labels.shape[::-1])).all(axis=1)]
    chips = chips[cKDTree(stones[:, :2]).query(chips)[0] > 0.72 * side]
    chips = chips[_apart(chips, 0.72 * side)]
    column, row = chips.astype(int).T
    turned = random.uniform(0, np.pi, len(chips))
    stones = np.concatenate([stones, np.column_stack([chips, turned, labels[row, column]])])
    return stones[:, :2], stones[:, 2], stones[:, 3].astype(int)


def _row(path: Floats, side: float) -> Floats:
    """Stones along a path: x, y and angle."""
    length = np.concatenate([[0.0], np.hypot(*np.diff(path, axis=0).T).cumsum()])
    count = max(1, round(length[-1] / side))
    at = (np.arange(count) + 0.5) / count * length[-1]
    x, y = (np.interp(at, length, axis) for axis in path.T)
    run, fall = (np.interp(at + side / 2, length, axis) - np.interp(at - side / 2, length, axis) for axis in path.T)
    return np.column_stack([x, y, np.arctan2(fall, run)])


def _apart(points: Floats, distance: float) -> Mask:
    """Which points to keep so that no two are nearer than that; the earlier one stays."""
    kept = np.ones(len(points), dtype=bool)
    for one, other in sorted(cKDTree(points).query_pairs(distance)):
        kept[other] &= not kept[one]
    return kept


def set_stones(
    shape: tuple[int, int],
    places: Floats,
    angles: Floats,
    colors: Floats,
    side: float,
    grout: Floats,
    random: np.random.Generator,
) -> Floats:
    """A canvas (H, W, 3) of stones, nearly square, each a little tilted to the light, in grout.

    Args:
        shape: Height and width, in pixels.
        places: The middles (n, 2) of the stones, as (x, y) in pixels.
        angles: In which direction each of them is laid, in radians.
        colors: (n, 3), in [0, 1].
        side: Of a stone, in pixels.
        grout: Its colour, (3,).
        random: Every number that is drawn comes from it.
    """
    offsets, found = nearest_points(places, shape, 6)
    turned = angles + 0.06 * random.standard_normal(len(angles))
    cosine, sine = np.cos(turned)[found], np.sin(turned)[found]
    along = offsets[..., 0] * cosine + offsets[..., 1] * sine
    across = offsets[..., 1] * cosine - offsets[..., 0] * sine
    reach = (np.abs(along) ** 6 + np.abs(across) ** 6) ** (1 / 6)
    order = np.argsort(reach, axis=-1)[..., :2]
    nearest, second = np.moveaxis(np.take_along_axis(reach, order, -1), -1, 0)
    stone = np.take_along_axis(found, order[..., :1], -1)[..., 0]
    offset = np.take_along_axis(offsets, order[..., :1, None], 2)[:, :, 0]
    inside = np.minimum((second - nearest) / 2, 0.8 * side - nearest)
    cover = np.clip(inside - 0.07 * side + 0.5, 0, 1)
    tilt = 0.07 * random.standard_normal((len(places), 2)) - 0.03
    light = (offset * tilt[stone]).sum(axis=-1) / side + 0.05 * np.clip(inside / (0.2 * side) - 1, -1, 0)
    grain = 0.02 * random.standard_normal(shape)
    face = np.clip(colors[stone] * (1 + light + grain)[..., None] + 0.5 * light[..., None], 0, 1)
    joints = grout + grain[..., None]
    canvas: Floats = joints + cover[..., None] * (face - joints)
    return canvas
