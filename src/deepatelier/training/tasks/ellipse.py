"""Regression of the pupil in a picture of an eye, as an ellipse.

Source: Fabian Müller, 'Introduction to Deep Learning', 'Another example'.
"""

from __future__ import annotations

import torch
from torch import Tensor

from deepatelier.training.tasks.supervised import SupervisedTask, squared_loss

__all__ = ["EllipseRegression", "ellipse_errors", "half_turn"]


class EllipseRegression(SupervisedTask):
    """Regression of the ellipse (x, y, a, b, θ) in a picture. The loss is Σ_k ((y_k − t_k)/σ_k)² over x, y, and S.

    S = R(θ)·diag(a, b)·R(θ)ᵀ is a symmetric matrix in pixels. Unlike θ, it does not jump from −90 to 90 degrees, and
    it is defined for a circle. a and b are its eigenvalues, and θ is the direction of the first eigenvector. The
    outputs are (x, y, s_xx, s_yy, s_xy) minus their means, divided by their standard deviations σ.

    Departures from the source: the course predicts the axes and the angle directly.

    Args:
        shift, scale: The means and standard deviations of the five numbers over the training pictures.
        views: The number of views over which outputs are averaged in evaluation.
    """

    measure = "center error"
    numbers = ("x", "y", "s_xx", "s_yy", "s_xy")

    def __init__(self, shift: tuple[float, ...], scale: tuple[float, ...], views: int = 1) -> None:
        self.shift, self.scale, self.views = shift, scale, views

    @classmethod
    def of(cls, targets: Tensor, views: int = 1) -> EllipseRegression:
        """Return the task with the means and standard deviations of training targets, (N, 5)."""
        numbers = _numbers(targets)
        deviations = numbers.std(dim=0).clamp(min=1e-3)
        return cls(tuple(numbers.mean(dim=0).tolist()), tuple(deviations.tolist()), views)

    @property
    def outputs(self) -> int:  # noqa: D102
        return len(self.numbers)

    def values(self, outputs: Tensor) -> Tensor:
        """Return the ellipses that outputs describe, (B, 5) each."""
        outputs = outputs.float()
        numbers = outputs * outputs.new_tensor(self.scale) + outputs.new_tensor(self.shift)
        x, y, xx, yy, xy = numbers.unbind(dim=1)
        middle, half = (xx + yy) / 2, (xx - yy) / 2
        reach = torch.hypot(half, xy)
        return torch.stack([x, y, middle + reach, middle - reach, torch.rad2deg(torch.atan2(xy, half)) / 2], dim=1)

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        return squared_loss(outputs, self.as_outputs(targets))

    def as_outputs(self, targets: Tensor) -> Tensor:  # noqa: D102
        return (_numbers(targets) - targets.new_tensor(self.shift)) / targets.new_tensor(self.scale)

    def metric(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        return ellipse_errors(self.values(outputs), targets)["center"]


def _numbers(ellipses: Tensor) -> Tensor:
    """Return x, y and the entries of S of ellipses, (N, 5) each."""
    x, y, a, b, angle = ellipses.unbind(dim=1)
    middle, half, turn = (a + b) / 2, (a - b) / 2, 2 * torch.deg2rad(angle)
    return torch.stack([x, y, middle + half * turn.cos(), middle - half * turn.cos(), half * turn.sin()], dim=1)


def ellipse_errors(predicted: Tensor, targets: Tensor) -> dict[str, Tensor]:
    """Return the errors of ellipses, (N, 5): center and semi-axes in pixels, and angle in degrees."""
    axes = predicted[:, 2:4].sort(dim=1, descending=True).values
    return {
        "center": (predicted[:, :2] - targets[:, :2]).norm(dim=1),
        "axes": (axes - targets[:, 2:4]).abs().mean(dim=1),
        "angle": half_turn(predicted[:, 4] - targets[:, 4]).abs(),
    }


def half_turn(angle: Tensor) -> Tensor:
    """Return the same direction as an angle from −90 to 90 degrees."""
    return (angle + 90) % 180 - 90
