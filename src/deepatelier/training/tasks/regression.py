"""Regression of several values."""

from __future__ import annotations

from torch import Tensor

from deepatelier.training.tasks.supervised import SupervisedTask, squared_loss

__all__ = ["Regression"]


class Regression(SupervisedTask):
    """Regression of several values by the squared loss Σ_k (y_k − t_k)². The metric is the mean of |y_k − t_k|.

    Args:
        values: The names of the values.
        views: The number of views over which outputs are averaged in evaluation.
    """

    measure = "absolute error"

    def __init__(self, values: tuple[str, ...], views: int = 1) -> None:
        self.values, self.views = values, views

    @property
    def outputs(self) -> int:  # noqa: D102
        return len(self.values)

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        return squared_loss(outputs, targets)

    def as_outputs(self, targets: Tensor) -> Tensor:  # noqa: D102
        return targets

    def metric(self, outputs: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        return (outputs.float() - targets).abs().mean(dim=1)
