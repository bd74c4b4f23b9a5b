"""The plane of codes, with pictures at their places."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from deepatelier.data import Labelled
from deepatelier.images.lettering import lettered_line

__all__ = ["plane_of_codes", "positions_of"]

_CELLS = 28
"""The number of pictures across and down."""

_COLORED = 12
"""The maximum number of classes that have a color."""

_LEGEND = 30
"""The height of the legend, in pixels."""

_SMALLEST, _LARGEST = 24, 36
"""The limits of the side of a picture on the plane, in pixels."""

_INSIDE = 0.01
"""The fraction of codes beyond each border."""


def positions_of(codes: Tensor, reference: Tensor | None = None) -> Tensor:
    """Return the places of codes on a plane, (N, 2): codes of two numbers themselves, otherwise z·V − mean.

    V are the first two principal components of the codes. Their signs and their turn are arbitrary; with a reference,
    they are turned and mirrored so that they are nearest to it (orthogonal Procrustes), so that the frames of a film do
    not jump.

    Args:
        codes: (N, K), with N of 2 or more.
        reference: Places of the same pictures, (N, 2), or None.
    """
    if codes.shape[1] == 2:
        return codes
    centered = codes - codes.mean(dim=0)
    if codes.shape[1] == 1:
        return torch.cat([centered, torch.zeros_like(centered)], dim=1)
    _, _, components = torch.pca_lowrank(centered, q=min(6, *codes.shape), center=False)
    places = centered @ components[:, :2]
    if reference is None:
        return places
    left, _, right = torch.linalg.svd(places.T @ (reference - reference.mean(dim=0)))
    turned: Tensor = places @ left @ right
    return turned


def plane_of_codes(codes: Tensor, pictures: Labelled, classes: Sequence[str]) -> Tensor:
    """Return a picture of the plane of codes: each cell shows the picture nearest to its centre. (1, 3, H, W).

    Args:
        codes: The codes, (N, K).
        pictures: Their pictures.
        classes: The names of their classes, which give colours to grey pictures, with a legend; empty if there are
            none.
    """
    pixels = pictures.pixels().flatten(1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        places = positions_of(codes, positions_of(pixels) if codes.shape[1] > 2 else None)
    low, high = (torch.quantile(places, bound, dim=0) for bound in (_INSIDE, 1 - _INSIDE))
    size = (high - low).max().clamp(min=1e-6)
    scaled = ((places - (low + high) / 2) / size + 0.5) * _CELLS  # x to the right, y up
    cells = scaled.floor()
    inside = ((cells >= 0) & (cells < _CELLS)).all(dim=1)
    distance = (scaled - cells - 0.5).square().sum(dim=1)
    order = torch.argsort(distance, descending=True, stable=True)  # the nearest one is drawn last
    height, width = pictures.images.shape[-2:]
    side = min(_LARGEST, max(_SMALLEST, height, width))
    colors = _colors(len(classes)) if 0 < len(classes) <= _COLORED and pictures.images.shape[1] == 1 else []
    plane = torch.ones(3, _CELLS * side, _CELLS * side)
    for index in order[inside[order]].tolist():
        column, row = (int(each) for each in cells[index])
        top, left = (_CELLS - 1 - row) * side, column * side
        plane[:, top : top + side, left : left + side] = _tile(pictures, index, side, colors)
    return torch.cat([plane, _legend(classes, colors, plane.shape[-1])], dim=1)[None] if colors else plane[None]


def _tile(pictures: Labelled, index: int, side: int, colors: Sequence[Tensor]) -> Tensor:
    """Return a picture of the plane; with colors, that of its class where it is bright, and white where it is dark."""
    picture = pictures.pixels(slice(index, index + 1))
    if picture.shape[-1] != side:
        picture = nn.functional.interpolate(picture, size=(side, side), mode="bilinear", antialias=True)
    if not colors:
        return picture[0].expand(3, -1, -1)
    return 1 - picture[0] * (1 - colors[int(pictures.targets[index])][:, None, None])


def _colors(count: int) -> list[Tensor]:
    """Return colors of different hues, (3,) each."""
    return [
        torch.tensor(colorsys.hls_to_rgb(number / count, 0.38 + 0.1 * (number % 2), 0.9)) for number in range(count)
    ]


def _legend(classes: Sequence[str], colors: Sequence[Tensor], width: int) -> Tensor:
    """Return the names of the classes in their colors, (3, H, W)."""
    legend = torch.ones(3, _LEGEND, width)
    step = width // len(classes)
    for number, (name, color) in enumerate(zip(classes, colors, strict=True)):
        ink = 1 - lettered_line(name, (_LEGEND, step), 16)
        legend[:, :, number * step : (number + 1) * step] = 1 - ink * (1 - color[:, None, None])
    return legend
