"""The pupil as an ellipse: five numbers that a network tells of a picture of an eye.

Source: document 002, 'Another example'.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from deepatelier.training.tasks import squared_loss

__all__ = ["EllipseRegression", "ellipse_errors", "half_turn"]


@dataclass(frozen=True)
class EllipseRegression:
    """`ELLIPSE` of a picture by Σ_k ((y_k − t_k)/σ_k)² over x, y and the entries of S = R(θ)·diag(a, b)·R(θ)ᵀ.

    S is in pixels too, and is five numbers with the center. It knows no jump from −90 to 90 degrees, and does not care
    about the angle of a circle; a and b are its eigenvalues, θ the direction of the first eigenvector. Outputs are
    (x, y, s_xx, s_yy, s_xy) less their mean over their deviation σ.

    Departures from the source: document 002 predicts axes and tilt themselves.

    Args:
        shift, scale: Means and deviations of the five over the training pictures.
    """

    shift: tuple[float, ...]
    scale: tuple[float, ...]
    measure = "center error"
    numbers = ("x", "y", "s_xx", "s_yy", "s_xy")

    @property
    def outputs(self) -> int:  # noqa: D102
        return len(self.numbers)

    def values(self, outputs: Tensor) -> Tensor:
        """The ellipses (B, 5) of outputs (B, 5)."""
        told = outputs.float()
        x, y, xx, yy, xy = (told * told.new_tensor(self.scale) + told.new_tensor(self.shift)).unbind(dim=1)
        middle, half = (xx + yy) / 2, (xx - yy) / 2
        reach = torch.hypot(half, xy)
        return torch.stack([x, y, middle + reach, middle - reach, torch.rad2deg(torch.atan2(xy, half)) / 2], dim=1)

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        return squared_loss(outputs, self.wanted(targets))

    def wanted(self, targets: Tensor) -> Tensor:  # noqa: D102
        return (_numbers(targets) - targets.new_tensor(self.shift)) / targets.new_tensor(self.scale)

    def metric(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        return ellipse_errors(self.values(outputs), targets)["center"]

    @classmethod
    def of(cls, targets: Tensor) -> EllipseRegression:
        """With the means and deviations of training targets (N, 5)."""
        numbers = _numbers(targets)
        return cls(tuple(numbers.mean(dim=0).tolist()), tuple(numbers.std(dim=0).clamp(min=1e-3).tolist()))


def _numbers(ellipses: Tensor) -> Tensor:
    """x, y and the entries of S, (N, 5), of ellipses (N, 5)."""
    x, y, a, b, angle = ellipses.unbind(dim=1)
    middle, half, turn = (a + b) / 2, (a - b) / 2, 2 * torch.deg2rad(angle)
    return torch.stack([x, y, middle + half * turn.cos(), middle - half * turn.cos(), half * turn.sin()], dim=1)


def ellipse_errors(told: Tensor, truth: Tensor) -> dict[str, Tensor]:
    """Errors of ellipses (N, 5): of the centre and of the half axes in pixels, of the angle in degrees, (N,) each."""
    axes = told[:, 2:4].sort(dim=1, descending=True).values
    return {
        "center": (told[:, :2] - truth[:, :2]).norm(dim=1),
        "axes": (axes - truth[:, 2:4]).abs().mean(dim=1),
        "angle": half_turn(told[:, 4] - truth[:, 4]).abs(),
    }


def half_turn(angle: Tensor) -> Tensor:
    """The same direction from −90 to 90 degrees."""
    return (angle + 90) % 180 - 90
