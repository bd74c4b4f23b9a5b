"""The pupil as an ellipse, found without learning."""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy.ndimage import binary_fill_holes
from skimage import filters, measure, morphology
from torch import Tensor

from deepatelier.training.ellipse import half_turn

__all__ = ["fitted_ellipse"]

_REACH = 400
"""In square pixels: how near to the middle of the picture a pupil is."""

_FEWEST = 8
"""Points of a border to which an ellipse is fitted."""


class _Ellipse(measure.EllipseModel):
    """An ellipse whose distance from a point is |F|/|∇F|, with F(u, v) = (u/a)² + (v/b)² − 1 along its axes.

    It is that of the nearest point of the ellipse to first order; scikit-image searches that point, for each point by
    itself, which takes a hundred times longer.

    Source: Sampson (1982).
    """

    @classmethod
    def from_estimate(cls, data: np.ndarray) -> _Ellipse | None:  # type: ignore[override]
        """The ellipse of points (N, 2), if there is one: scikit-image does not see each conic that is none."""
        with np.errstate(all="ignore"):
            try:
                found = super().from_estimate(data)
            except (TypeError, np.linalg.LinAlgError):
                return None
        return found if found and min(found.axis_lengths) > 0 else None

    def residuals(self, data: np.ndarray) -> np.ndarray:
        """Distances (N,) of points (N, 2)."""
        (a, b), cos, sin = self.axis_lengths, math.cos(self.theta), math.sin(self.theta)
        x, y = (np.asarray(data) - self.center).T
        u, v = x * cos + y * sin, y * cos - x * sin
        slope = 2 * np.hypot(u / a**2, v / b**2)
        distance: np.ndarray = np.abs((u / a) ** 2 + (v / b) ** 2 - 1) / np.maximum(slope, np.finfo(float).tiny)
        return distance


def fitted_ellipse(picture: Tensor) -> Tensor | None:
    """The ellipse of the pupil by a classical method, (5,); None if it finds none.

    Smooth by a Gaussian of a pixel, cut at Otsu's threshold of three grey levels, take the largest dark region near the
    middle with its holes filled, and fit an ellipse to the points of its convex hull's border that agree best, by least
    squares on random samples (RANSAC).

    Source: Fitzgibbon, Pilu and Fisher (1999) for the fit, Fischler and Bolles (1981) for the samples; both as
    scikit-image has them.

    Args:
        picture: (1, H, W) in [0, 1].
    """
    grey = filters.gaussian(picture[0].numpy(), 1.0)
    height, width = grey.shape
    dark = morphology.opening(grey < filters.threshold_multiotsu(grey, 3)[0], morphology.disk(1))
    regions = measure.regionprops(measure.label(binary_fill_holes(dark)))
    middle = height / 2, width / 2
    reach = [each.area * math.exp(-(math.dist(each.centroid, middle) ** 2) / _REACH) for each in regions]
    if not regions or max(reach) < 1:
        return None
    chosen = regions[int(np.argmax(reach))]
    mask = np.zeros_like(dark)
    mask[chosen.slice] = chosen.image_convex
    border = measure.find_contours(np.pad(mask, 1).astype(float), 0.5)[0][:, ::-1] - 1  # x, y
    if len(border) < _FEWEST:
        return None
    model, _ = measure.ransac(
        border, _Ellipse, min_samples=6, residual_threshold=0.6, max_trials=50, rng=np.random.default_rng(0)
    )
    if not model:
        return None
    (x, y), (a, b), angle = model.center, model.axis_lengths, math.degrees(model.theta)
    if a < b:
        a, b, angle = b, a, angle + 90
    found = torch.tensor([x + 0.5, y + 0.5, a, b, angle])  # pixels' middles are at halves
    found[4] = half_turn(found[4])
    return found
