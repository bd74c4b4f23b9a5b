"""The pupil as an ellipse: five numbers told of a picture of an eye, by a network and by a classical fit.

Source: document 002, 'Another example'.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from deepatelier.data import ELLIPSE

__all__ = ["EllipseRegression", "ellipse_errors", "fitted_ellipse"]

_ANGLE_WEIGHT = 4.0
"""Of the angle's loss: as large as that of the other four where the ellipse is twice as long as it is wide."""


@dataclass(frozen=True)
class EllipseRegression:
    """`ELLIPSE` of a picture: Σ ((y_k − t_k)/σ_k)² of centre and half axes, and w·(1 − b/a)·(1 − cos 2(θ − θ*)).

    The angle's part is the same for θ and θ + 180°, and falls as the ellipse comes near to a circle, which has none.
    Outputs are (x, y, a, b) less their mean over their deviation σ, and the angle in units of 45°.

    Args:
        shift: Means of x, y, a, b over the training pictures, and 0.
        scale: Their deviations, and 45.
    """

    shift: tuple[float, ...]
    scale: tuple[float, ...]
    measure = "center error"

    @property
    def outputs(self) -> int:  # noqa: D102
        return len(ELLIPSE)

    def values(self, outputs: Tensor) -> Tensor:
        """The ellipses (B, 5) of outputs (B, 5); their angle from −90 to 90 degrees."""
        ellipses = outputs.float() * outputs.new_tensor(self.scale).float() + outputs.new_tensor(self.shift).float()
        return torch.cat([ellipses[:, :4], _half_turn(ellipses[:, 4:])], dim=1)

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        told = self.values(outputs)
        scale = targets.new_tensor(self.scale[:4])
        places = ((told[:, :4] - targets[:, :4]) / scale).square().sum(dim=1)
        turn = torch.deg2rad(told[:, 4] - targets[:, 4])
        slim = 1 - targets[:, 3] / targets[:, 2]
        return (places + _ANGLE_WEIGHT * slim * (1 - torch.cos(2 * turn))).mean()

    def correct(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        return ellipse_errors(self.values(outputs), targets)["center"]

    @classmethod
    def of(cls, targets: Tensor) -> EllipseRegression:
        """With the means and deviations of training targets (N, 5)."""
        means, deviations = targets[:, :4].mean(dim=0), targets[:, :4].std(dim=0)
        return cls((*means.tolist(), 0.0), (*deviations.clamp(min=1e-3).tolist(), 45.0))


def ellipse_errors(told: Tensor, truth: Tensor) -> dict[str, Tensor]:
    """Errors of ellipses (N, 5): of the centre and of the half axes in pixels, of the angle in degrees, (N,) each."""
    axes = told[:, 2:4].sort(dim=1, descending=True).values
    return {
        "center": (told[:, :2] - truth[:, :2]).norm(dim=1),
        "axes": (axes - truth[:, 2:4]).abs().mean(dim=1),
        "angle": _half_turn(told[:, 4] - truth[:, 4]).abs(),
    }


def fitted_ellipse(picture: Tensor) -> Tensor | None:
    """The ellipse of the pupil by a classical method, (5,); None if it finds none.

    Smooth by a Gaussian of a pixel, cut at Otsu's threshold of three grey levels, take the largest dark region near the
    middle with its holes filled, and fit an ellipse to the half of its convex hull's border that agrees best, by least
    squares on random samples (RANSAC).

    Source: Fitzgibbon, Pilu and Fisher (1999) for the fit, Fischler and Bolles (1981) for the samples; both as
    scikit-image has them.

    Args:
        picture: (1, H, W) in [0, 1].
    """
    from scipy.ndimage import binary_fill_holes
    from skimage import filters, measure, morphology

    grey = filters.gaussian(picture[0].numpy(), 1.0)
    height, width = grey.shape
    dark = morphology.opening(grey < filters.threshold_multiotsu(grey, 3)[0], morphology.disk(1))
    regions = measure.regionprops(measure.label(binary_fill_holes(dark)))
    reach = [each.area * math.exp(-(math.dist(each.centroid, (height / 2, width / 2)) ** 2) / 400) for each in regions]
    if not regions or max(reach) < 1:
        return None
    chosen = regions[int(np.argmax(reach))]
    mask = np.zeros_like(dark)
    mask[chosen.slice] = chosen.image_convex
    border = measure.find_contours(np.pad(mask, 1).astype(float), 0.5)[0][:, ::-1] - 1  # x, y
    if len(border) < 8:
        return None
    model, _ = measure.ransac(
        border, measure.EllipseModel, min_samples=6, residual_threshold=0.6, max_trials=50, rng=np.random.default_rng(0)
    )
    if model is None or not hasattr(model, "center"):
        return None
    (x, y), (a, b), angle = model.center, model.axis_lengths, math.degrees(model.theta)
    if a < b:
        a, b, angle = b, a, angle + 90
    found = torch.tensor([x + 0.5, y + 0.5, a, b, 0.0])  # pixels' middles are at halves
    found[4] = _half_turn(torch.tensor(angle))
    return found


def _half_turn(angle: Tensor) -> Tensor:
    """The same direction from −90 to 90 degrees."""
    return (angle + 90) % 180 - 90
