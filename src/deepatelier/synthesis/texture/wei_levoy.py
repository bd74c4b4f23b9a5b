"""Texture synthesis without a network: every pixel is copied from the most similar neighbourhood of the exemplar."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from deepatelier.errors import OptionError

__all__ = ["wei_levoy", "wei_levoy_rows"]

_SHARE = 0.97
"""The share of the neighbourhoods' variance that the principal components keep."""

_SLACK = 0.5
"""The tolerance of the nearest-neighbour search: a match is at most 1 + this times as far as the nearest."""

_FIRST_PASSES = ("half", "half", "whole", "whole")
"""The scans of the coarsest level, and the part of the neighbourhood that each compares."""

_Ints = npt.NDArray[np.intp]
_Floats = npt.NDArray[np.float32]


def wei_levoy(
    exemplar: Tensor,
    size: tuple[int, int],
    *,
    neighborhood: int = 9,
    levels: int = 4,
    seed: int = 0,
) -> Iterator[Tensor]:
    """Synthesise a texture like the exemplar's, of any size, that tiles without seams.

    A pixel p of a level becomes the exemplar's pixel of the same level

        argmin_q ‖N(p) − N(q)‖²,

    where N(p) is the already synthesised part (in scan order) of the n × n pixels around p, and the m × m pixels around
    p's parent in the next coarser level, m about n / 2. The levels are Gaussian pyramids. In the result, neighbourhoods
    wrap around; in the exemplar, only those that lie inside count. It starts with pixels drawn at random from the
    coarsest exemplar.

    The match is searched in a k-d tree of the neighbourhoods' principal components, which keep 97 % of the variance.
    It is at most 1.5 times as far as the nearest one there.

    Args:
        exemplar: (1, 3, h, w), sRGB in [0, 1].
        size: Height and width of the result.
        neighborhood: n in pixels, odd. It should be as wide as the texture's features at the coarsest level, whose
            pixels are 2^(levels − 1) wide.
        levels: The number of pyramid levels.
        seed: The seed of the initial pixels. The same seed gives the same picture.

    Yields:
        A copy of the current level, (1, 3, H', W') in [0, 1]: once for every row of every scan, from coarse to fine,
        `wei_levoy_rows` times. In the last level every pixel is one of the exemplar's. The last image is the result,
        of ``size``.

    Raises:
        OptionError: The neighborhood is even or below 3, there are no levels, the size is empty, or the exemplar is
            smaller than the neighborhood at the coarsest level.

    Source: Wei and Levoy 2000, 'Fast Texture Synthesis using Tree-structured Vector Quantization', sections 2 and 3.

    Departures from the source:

    - The tree is not a quantizer. The continuations of the adjacent pixels' origins are tried before the search; they
      bound the search and settle ties.
    - In all levels but the coarsest, q must be the same child of its parent as p is of its own.
    - Each level starts with the children of its parents' origins instead of noise, so that the first rows and the last
      ones match.
    - The coarsest level is scanned four times, the last two with all n × n pixels, for the same reason.
    - A row starts n // 2 pixels to the right of the start of the row above, so that rows can be computed in parallel.
      In a result more than about n times as wide as high, the first rows depend on some of the last ones.
    """
    if neighborhood < 3 or neighborhood % 2 == 0:
        raise OptionError(f"The neighborhood is {neighborhood} pixels wide. Choose an odd number of at least 3.")
    if min(levels, *size) < 1:
        raise OptionError(f"{levels} levels of {size[1]} × {size[0]} pixels. Choose at least 1 of each.")
    height, width = exemplar.shape[-2:]
    if -(-min(height, width) >> (levels - 1)) < neighborhood:
        raise OptionError(
            f"At level {levels} the exemplar of {width} × {height} pixels is smaller than the neighborhood of "
            f"{neighborhood}. Choose fewer levels, a smaller neighborhood or a larger exemplar."
        )
    return _synthesize(exemplar, _sizes(size, levels), neighborhood // 2, seed)


def wei_levoy_rows(size: tuple[int, int], levels: int = 4) -> int:
    """Return the number of images that `wei_levoy` yields."""
    heights = [height for height, _ in _sizes(size, levels)]
    return sum(heights) + (len(_FIRST_PASSES) - 1) * heights[0]


def _sizes(size: tuple[int, int], levels: int) -> list[tuple[int, int]]:
    """Return the sizes from coarse to fine. The parent of pixel (y, x) is (y // 2, x // 2)."""
    return [(-(-size[0] >> halvings), -(-size[1] >> halvings)) for halvings in reversed(range(levels))]


def _synthesize(exemplar: Tensor, sizes: list[tuple[int, int]], radius: int, seed: int) -> Iterator[Tensor]:
    square, parents = _square(radius), _square((radius + 1) // 2)
    near = {"half": square[: len(square) // 2], "whole": square[np.any(square != 0, axis=1)]}
    coarser: _Layer | None = None
    for source, size in zip(_pyramid(exemplar, len(sizes)), sizes, strict=True):
        if coarser is None:
            layer = _Layer(source, np.random.default_rng(seed).integers(source[..., 0].size, size=size))
        else:
            layer = _Layer(source, _children(coarser, source, size))
        for what in ("half",) if coarser else _FIRST_PASSES:
            compared = [(layer, near[what], 1), *([(coarser, parents, 2)] if coarser else [])]
            for _ in _scan(layer, _Search(compared), radius):
                yield torch.from_numpy(layer.image).permute(2, 0, 1)[None].contiguous()
        coarser = layer


@dataclass(frozen=True)
class _Layer:
    """A level: the exemplar, (h, w, 3), and for each pixel of the result, (H, W), its origin among the h · w pixels."""

    source: _Floats
    origins: _Ints

    @property
    def image(self) -> _Floats:
        return self.colors(self.origins)

    def colors(self, origins: _Ints) -> _Floats:
        return np.take(self.source.reshape(-1, 3), origins, axis=0)


def _scan(layer: _Layer, search: _Search, radius: int) -> Iterator[None]:
    """Update every pixel of a level; yields after each row.

    At time k, row y is at its pixel k − y · delay, counted from its start at column y · radius. With this delay, the
    row above is just past the reach of the row's neighbourhoods, also around the border.
    """
    height, width = layer.origins.shape
    delay = 2 * radius + 1
    for time in range((height - 1) * delay + width):
        first = max(0, -(-(time - width + 1) // delay))
        rows = np.arange(first, min(height, time // delay + 1))
        columns = (time - rows * (delay - radius)) % width
        if not len(rows):  # the rows are shorter than the delay
            continue
        layer.origins[rows, columns] = search(rows, columns)
        if time - first * delay == width - 1:
            yield


class _Search:
    """Search for the exemplar's pixels with the most similar neighbourhoods.

    Args:
        compared: The levels, the offsets of the compared pixels there, and the width of each level's pixels in pixels
            of the first level.
    """

    def __init__(self, compared: list[tuple[_Layer, _Ints, int]]) -> None:
        from scipy.spatial import cKDTree  # here: importing it takes as long as torch

        self._compared = compared
        self._layer = compared[0][0]
        self._many = len(compared) > 1
        height, width = self._layer.source.shape[:2]
        low = np.max([-scale * offsets.min(0) for _, offsets, scale in compared], 0)
        high = np.min([scale * (np.array(at.source.shape[:2]) - offsets.max(0)) for at, offsets, scale in compared], 0)
        rows, columns = (axis.ravel() for axis in np.mgrid[low[0] : min(high[0], height), low[1] : min(high[1], width)])
        self._origins: _Ints = rows * width + columns
        self._adjacent = _square(1)
        self._steps = self._adjacent @ [width, 1]
        # One more row and pixel: the neighbours of an origin may lie past the last row, or before the first.
        self._numbers = np.full(height * width + width + 1, -1)
        self._numbers[self._origins] = np.arange(len(rows))

        blocks = np.array_split(np.arange(len(rows)), math.ceil(len(rows) / 4096))
        windows = [(rows[block], columns[block]) for block in blocks]
        self._basis = _principal(self._exemplars(*window) for window in windows)
        self._features = np.concatenate([self._exemplars(*window) @ self._basis for window in windows])
        kinds = self._kinds(rows, columns)
        members = [np.flatnonzero(kinds == kind) for kind in range(1 + kinds.max())]
        self._trees: list[tuple[Any, _Ints]] = [(cKDTree(self._features[m]), self._origins[m]) for m in members]

    def __call__(self, rows: _Ints, columns: _Ints) -> _Ints:
        """Return the origins for pixels of the result."""
        windows = [
            at.colors(_around(at.origins, rows // scale, columns // scale, offsets)).reshape(len(rows), -1)
            for at, offsets, scale in self._compared
        ]
        features = np.concatenate(windows, axis=1) @ self._basis
        followers = _around(self._layer.origins, rows, columns, self._adjacent) - self._steps
        numbers = self._numbers[followers]
        distances = np.linalg.norm(self._features[numbers] - features[:, None], axis=-1)
        distances[numbers < 0] = np.inf
        best = distances.argmin(1)[:, None]
        origins: _Ints = np.take_along_axis(followers, best, 1)[:, 0]
        bounds = np.take_along_axis(distances, best, 1)[:, 0]
        for number, kind in enumerate(self._kinds(rows, columns)):
            tree, members = self._trees[kind]
            found = tree.query(features[number], eps=_SLACK, distance_upper_bound=bounds[number])[1]
            if found < len(members):  # else nothing is nearer than the bound
                origins[number] = members[found]
        return origins

    def _exemplars(self, rows: _Ints, columns: _Ints) -> _Floats:
        """Return the neighbourhoods of the exemplar, (pixels, values)."""
        windows = [
            _around(at.source, rows // scale, columns // scale, offsets).reshape(len(rows), -1)
            for at, offsets, scale in self._compared
        ]
        return np.concatenate(windows, axis=1)

    def _kinds(self, rows: _Ints, columns: _Ints) -> _Ints:
        """Return which of its parent's four children a pixel is; 0 if there is no parent level."""
        return (rows % 2 * 2 + columns % 2) * self._many


def _principal(blocks: Iterator[_Floats]) -> _Floats:
    """Return the principal components of vectors that keep `_SHARE` of their variance, (values, components)."""
    count, total, squares = 0, np.zeros(1), np.zeros(1)
    for block in blocks:
        exact = block.astype(np.float64)
        count, total, squares = count + len(block), total + exact.sum(0), squares + exact.T @ exact
    mean = total / count
    values, vectors = np.linalg.eigh(squares / count - np.outer(mean, mean))
    kept = np.cumsum(values[::-1].clip(0))
    return vectors[:, ::-1][:, : 1 + np.searchsorted(kept, _SHARE * kept[-1])].astype(np.float32)


def _around(grid: npt.NDArray[Any], rows: _Ints, columns: _Ints, offsets: _Ints) -> npt.NDArray[Any]:
    """Return the values at offsets from pixels of a grid that wraps around: (pixels, offsets, ...)."""
    height, width = grid.shape[:2]
    there: npt.NDArray[Any] = grid[(rows[:, None] + offsets[:, 0]) % height, (columns[:, None] + offsets[:, 1]) % width]
    return there


def _square(radius: int) -> _Ints:
    """Return the offsets of a square's pixels from its centre, row by row."""
    return np.argwhere(np.ones((2 * radius + 1, 2 * radius + 1))) - radius


def _children(parent: _Layer, source: _Floats, size: tuple[int, int]) -> _Ints:
    """Return, for each pixel of the next finer level, the corresponding child of its parent's origin."""
    rows, columns = np.indices(size)
    above, left = np.divmod(parent.origins[rows // 2, columns // 2], parent.source.shape[1])
    height, width = source.shape[:2]
    below = np.minimum(2 * above + rows % 2, height - 1)
    origins: _Ints = below * width + np.minimum(2 * left + columns % 2, width - 1)
    return origins


def _pyramid(image: Tensor, levels: int) -> list[_Floats]:
    """Return (h, w, 3), coarse to fine, with binomial filters (1, 3, 3, 1) / 8 centred between a parent's children."""
    image = image.detach().cpu().float()
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
    kernel = torch.outer(taps, taps).expand(3, 1, 4, 4)
    images = [image]
    for _ in range(levels - 1):
        height, width = images[-1].shape[-2:]
        padded = F.pad(images[-1], (1, 1 + width % 2, 1, 1 + height % 2), mode="replicate")
        images.append(F.conv2d(padded, kernel, stride=2, groups=3))
    return [picture[0].permute(1, 2, 0).contiguous().numpy() for picture in reversed(images)]
