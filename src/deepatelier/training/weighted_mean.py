"""The weighted mean of values that come in batches."""

from __future__ import annotations

import torch
from torch import Tensor
from torchmetrics import Metric

__all__ = ["WeightedMean"]


class WeightedMean(Metric):
    """Σ w·x / Σ w over all values of all processes. A value that is not finite makes the mean not finite.

    torchmetrics' MeanMetric either leaves such values out, or ignores the weights (``nan_strategy="disable"``), so that
    the last, smaller batch counts as much as the others.
    """

    full_state_update = False
    total: Tensor
    weight: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.add_state("total", torch.tensor(0.0, dtype=torch.float32), dist_reduce_fx="sum")
        self.add_state("weight", torch.tensor(0.0, dtype=torch.float32), dist_reduce_fx="sum")

    def update(self, values: Tensor, weight: float = 1.0) -> None:
        """Add values of any shape that have the same weight each."""
        self.total += values.float().sum() * weight
        self.weight += values.numel() * weight

    def compute(self) -> Tensor:
        """Return the mean, ()."""
        return self.total / self.weight
