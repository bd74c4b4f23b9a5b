"""Total variation: the differences between neighbouring pixels."""

from __future__ import annotations

import torch
from torch import Tensor

from deepatelier.features import PIXELS
from deepatelier.synthesis.objectives.objective import Activations, Objective, Regions, Statistic, Units

__all__ = ["absolute_variation", "total_variation"]

_EPSILON = 1e-6
"""Added under the root, in squared levels of 255, where the gradient of the root would be infinite (β < 2)."""


def total_variation(beta: float = 2.0, units: Units = "paper", *, circular: bool = False) -> Objective:
    """R_β = Σ ((x[i, j+1] − x[i, j])² + (x[i+1, j] − x[i, j])²)^(β/2), over pixels and channels.

    x is in levels of 0-255, as in the other objectives. Differences across the border count as 0. For a batch, it is
    the mean.

    Args:
        beta: β > 0 of R_β; 2 is the sum of squared differences, 1 the isotropic total variation.
        units: ``paper`` is R_β; ``neural-style`` is ``Σ |x[i, j+1] − x[i, j]| + |x[i+1, j] − x[i, j]|``, without β.
        circular: The image wraps around at its borders. It then has to be evaluated as a whole.

    A part of an image has to extend one row and one column past its region, except at the image's border.

    Source: Mahendran and Vedaldi (2015), 'Understanding Deep Image Representations by Inverting Them', section 3.
    """

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        image = 255 * activations[PIXELS]  # 1, 3, H, W
        rows, columns = regions[PIXELS].here
        if circular:
            right, down = image.roll(-1, -1) - image, image.roll(-1, -2) - image
        else:
            right = torch.nn.functional.pad(image.diff(dim=-1), (0, 1))[..., rows, columns]
            down = torch.nn.functional.pad(image.diff(dim=-2), (0, 0, 0, 1))[..., rows, columns]
        return {PIXELS: _variation(right, down, beta, units) / len(image)}

    return Objective((PIXELS,), statistic, lambda summed: summed[PIXELS])


def _variation(right: Tensor, down: Tensor, beta: float, units: Units) -> Tensor:
    if units == "neural-style":
        return right.abs().sum() + down.abs().sum()
    squared = right.square() + down.square()
    epsilon = _EPSILON if beta < 2 else 0.0
    terms: Tensor = (squared + epsilon) ** (beta / 2) - epsilon ** (beta / 2)
    return terms.sum()


def absolute_variation(image: Tensor) -> float:
    """Return Σ |x[i, j+1] − x[i, j]| + |x[i+1, j] − x[i, j]| of an image (B, C, H, W)."""
    return (image.diff(dim=-1).abs().sum() + image.diff(dim=-2).abs().sum()).item()
