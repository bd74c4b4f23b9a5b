"""Forecasting the next values of a series, with quantiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor
from torchmetrics import Metric

from deepatelier.networks.recurrent.forecaster import LEVELS
from deepatelier.training.tasks.supervised import NETWORK
from deepatelier.training.tasks.task import Networks, Task, Turn
from deepatelier.training.weighted_mean import WeightedMean

__all__ = ["Forecasting", "quantile_loss"]


def quantile_loss(forecast: Tensor, targets: Tensor) -> Tensor:
    """Return the mean over values and quantiles q of 2·max(q·(y − ŷ_q), (q − 1)·(y − ŷ_q)), ().

    The expectation is lowest where ŷ_q is the quantile q. For q = ½, it is the absolute error.

    Source: Koenker and Bassett, 'Regression Quantiles' (1978), equation 3.1; with the factor 2.

    Args:
        forecast: ŷ, (…, quantiles), in the order of `LEVELS`.
        targets: y, (…).
    """
    errors = targets[..., None] - forecast
    levels = torch.tensor(LEVELS, device=forecast.device, dtype=forecast.dtype)
    return 2 * torch.maximum(levels * errors, (levels - 1) * errors).mean()


class Forecasting(Task):
    """Forecast quantiles of the next values. A batch is a pair of windows, (B, T), and the values after them, (B, H).

    Args:
        scale: The unit of the loss and the metric: the mean absolute error of the seasonal last value in the training
            part. The metric is then the mean absolute scaled error.
    """

    measure = "scaled error"

    def __init__(self, scale: float) -> None:
        self.scale = scale

    def turns(self, networks: Networks, batch: tuple[Tensor, Tensor]) -> Iterator[Turn]:
        """See `Task`."""
        windows, targets = batch
        yield Turn(NETWORK, quantile_loss(networks[NETWORK](windows), targets) / self.scale)

    def metrics(self) -> dict[str, Metric]:
        """See `Task`."""
        return {"loss": WeightedMean(), self.measure: WeightedMean()}

    def update(self, metrics: Mapping[str, Metric], networks: Networks, batch: tuple[Tensor, Tensor]) -> None:
        """See `Task`."""
        windows, targets = batch
        forecast = networks[NETWORK](windows)
        metrics["loss"].update(quantile_loss(forecast, targets) / self.scale, len(windows))
        metrics[self.measure].update((forecast[..., 1] - targets).abs().mean(dim=1) / self.scale)
