"""Supervised tasks: one network, and targets for its outputs."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar, Self

from torch import Tensor
from torchmetrics import Metric

from deepatelier.training.averaged_scores import averaged_scores
from deepatelier.training.tasks.task import Networks, Task, Turn
from deepatelier.training.weighted_mean import WeightedMean

__all__ = ["NETWORK", "SupervisedTask", "squared_loss"]

NETWORK = "network"
"""The name of the only player."""


def squared_loss(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean over the batch of Σ_k (y_k − t_k)², for outputs y and targets t, (B, K)."""
    return (outputs.float() - targets).square().sum(dim=1).mean()


class SupervisedTask(Task):
    """A task that minimizes a loss between outputs and targets. A batch is a pair of pictures and targets.

    Attributes:
        measure: The name of the metric that is reported with the loss.
        views: The number of views over which the outputs are averaged in evaluation.
    """

    measure: ClassVar[str]
    views: int = 1

    @property
    @abstractmethod
    def outputs(self) -> int:
        """The number of outputs of the network."""

    @abstractmethod
    def as_outputs(self, targets: Tensor) -> Tensor:
        """Return the outputs whose squared loss is zero, (B, outputs)."""

    @abstractmethod
    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return the mean loss of the batch, ()."""

    @abstractmethod
    def metric(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return the metric for each picture, (B,)."""

    def with_views(self, views: int) -> Self:
        """Return a copy of the task with another number of views."""
        same = copy.copy(self)
        same.views = views
        return same

    def turns(self, networks: Networks, batch: tuple[Tensor, Tensor]) -> Iterator[Turn]:
        """See `Task`."""
        images, targets = batch
        yield Turn(NETWORK, self.loss(networks[NETWORK](images), targets))

    def metrics(self) -> dict[str, Metric]:
        """See `Task`."""
        return {"loss": WeightedMean(), self.measure: WeightedMean()}

    def update(self, metrics: Mapping[str, Metric], networks: Networks, batch: tuple[Tensor, Tensor]) -> None:
        """See `Task`."""
        images, targets = batch
        outputs = averaged_scores(networks[NETWORK], images, self.views)
        metrics["loss"].update(self.loss(outputs, targets), len(targets))
        metrics[self.measure].update(self.metric(outputs, targets))
