"""Fit of an ellipse to the pupil by classical image processing, without learning."""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy.ndimage import binary_fill_holes
from skimage import filters, measure, morphology
from torch import Tensor

from deepatelier.training.tasks.ellipse import half_turn

__all__ = ["fitted_ellipse"]

_REACH = 400
"""The squared distance to the middle of the picture at which a region's weight falls to 1/e, in square pixels."""

_FEWEST = 8
"""The minimum number of border points for the fit of an ellipse."""


class _Ellipse(measure.EllipseModel):
    """An ellipse whose distance from a point is |F|/|∇F|, with F(u, v) = (u/a)² + (v/b)² − 1 along its axes.

    This is a first-order approximation of the distance to the nearest point of the ellipse. scikit-image searches for
    the nearest point by optimization, separately for each point, which takes a hundred times longer.

    Source: Sampson (1982).
    """

    @classmethod
    def from_estimate(cls, data: np.ndarray) -> _Ellipse | None:  # type: ignore[override]
        """Return the ellipse fitted to points (N, 2); None if the conic is no ellipse, which scikit-image may miss."""
        with np.errstate(all="ignore"):
            try:
                found = super().from_estimate(data)
            except (TypeError, np.linalg.LinAlgError):
                return None
        return found if found and min(found.axis_lengths) > 0 else None

    def residuals(self, data: np.ndarray) -> np.ndarray:
        """Return the distances of points (N, 2), (N,)."""
        (a, b), cos, sin = self.axis_lengths, math.cos(self.theta), math.sin(self.theta)
        x, y = (np.asarray(data) - self.center).T
        u, v = x * cos + y * sin, y * cos - x * sin
        slope = 2 * np.hypot(u / a**2, v / b**2)
        distance: np.ndarray = np.abs((u / a) ** 2 + (v / b) ** 2 - 1) / np.maximum(slope, np.finfo(float).tiny)
        return distance


def fitted_ellipse(picture: Tensor) -> Tensor | None:
    """Return the ellipse of the pupil by a classical method, (5,); None if no ellipse is found.

    The picture is smoothed by a Gaussian with a standard deviation of one pixel, and thresholded at the lower of Otsu's
    two thresholds for three grey levels. Holes are filled, and the largest dark region near the middle is chosen. An
    ellipse is fitted to the border of its convex hull by RANSAC: least squares on random samples of the points.

    Source: Fitzgibbon, Pilu and Fisher (1999) for the fit, Fischler and Bolles (1981) for RANSAC; both as implemented
    in scikit-image.

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
    found = torch.tensor([x + 0.5, y + 0.5, a, b, angle])  # the centers of pixels are at half-integers
    found[4] = half_turn(found[4])
    return found
