"""Transfer of one picture's colours to another, on arrays, so that fast style transfer needs no torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepatelier.images import Pixels

__all__ = ["Colors", "match_colors"]

_LEAST = 1e-8
"""Variances of colour below this are treated as 0."""


class Colors(NamedTuple):
    """The colour statistics of a picture, in sRGB with white at 1.

    Attributes:
        mean: (3,).
        covariance: (3, 3).
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    @classmethod
    def of(cls, image: Pixels, where: Pixels | None = None) -> Colors:
        """Return the statistics of an image (H, W, 3), its pixels weighted by ``where``: (H, W)."""
        planes = image.reshape(-1, 3).T.astype(np.float64, order="C")
        weighted = planes if where is None else planes * where.ravel()
        total = planes.shape[1] if where is None else where.sum(dtype=np.float64)
        mean = weighted.sum(axis=1) / total
        moments = np.einsum("in,jn->ij", weighted, planes)  # BLAS is slower for three long rows
        return cls(mean, moments / total - np.outer(mean, mean))

    @classmethod
    def mixed(cls, parts: Sequence[Colors], weights: Sequence[float]) -> Colors:
        """Return the statistics of several pictures together. The weights sum to 1."""
        shares, means = np.array(weights), np.stack([part.mean for part in parts])
        mean = shares @ means
        away = means - mean
        within = np.tensordot(shares, np.stack([part.covariance for part in parts]), axes=1)
        return cls(mean, within + (shares * away.T) @ away)


def match_colors(image: Pixels, wanted: Colors, own: Colors | None = None) -> Pixels:
    """Map an image's colours to a given mean and covariance, by the affine map that moves the colours least.

    y = T·(x − μ) + μ_w with T = C^-½ · (C^½ · C_w · C^½)^½ · C^-½, C the covariances of the colours.

    Args:
        image: (H, W, 3), sRGB in [0, 1]. Directions without variance, as in greyscale, stay without.
        wanted: The target statistics.
        own: The statistics of the image. By default they are computed from it.

    Returns:
        (H, W, 3); values may lie outside [0, 1].

    Source: Pitié and Kokaram 2007, 'The linear Monge-Kantorovitch colour mapping'.
    """
    own = own or Colors.of(image)
    root, inverse = _power(own.covariance, 0.5), _power(own.covariance, -0.5)
    transform = inverse @ _power(root @ wanted.covariance @ root, 0.5) @ inverse
    shift = wanted.mean - transform @ own.mean
    height, width, _ = image.shape
    rows = (image @ transform.T.astype(np.float32)).reshape(height, 3 * width)
    rows += np.tile(shift.astype(np.float32), width)  # whole rows: numpy adds three numbers at a time slowly
    return rows.reshape(image.shape)


def _power(matrix: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """Return a power of a symmetric matrix on the span of the eigenvectors with eigenvalues above `_LEAST`."""
    finite = np.nan_to_num(matrix, posinf=0, neginf=0)  # eigh raises otherwise; a mean that is NaN still gives NaN
    values, vectors = np.linalg.eigh(finite)
    powers = np.where(values > _LEAST, np.maximum(values, _LEAST) ** exponent, 0)
    power: NDArray[np.float64] = (vectors * powers) @ vectors.T
    return power
