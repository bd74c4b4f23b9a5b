"""The interface of tasks: the objective and the metrics of a training."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn
from torchmetrics import Metric

__all__ = ["Networks", "Task", "Turn"]

Networks = Mapping[str, nn.Module]
"""The networks of the players, by name."""


@dataclass(frozen=True)
class Turn:
    """The update of one player on a batch.

    Attributes:
        player: The name of the player whose weights are updated.
        objective: The objective to minimize, ().
        values: The losses to show, () each. If there are none, the objective with its penalties is shown.
    """

    player: str
    objective: Tensor
    values: Mapping[str, Tensor] = field(default_factory=dict)


class Task(ABC):
    """The task of a training: the objective of a batch, and the metrics.

    Attributes:
        carried: Tensors that pass from one batch to the next, such as the state of a recurrent network, by name. They
            are cleared before each epoch, and are part of a training's state.
    """

    carried: dict[str, Tensor]

    @abstractmethod
    def turns(self, networks: Networks, batch: Any) -> Iterator[Turn]:
        """Yield the turns on a batch. The weights of a player are updated before the next turn is computed."""

    @abstractmethod
    def metrics(self) -> dict[str, Metric]:
        """Return new metrics by name, in the order in which they are shown."""

    @abstractmethod
    def update(self, metrics: Mapping[str, Metric], networks: Networks, batch: Any) -> None:
        """Update metrics with a batch. The networks are in evaluation mode."""

    def preview(self, networks: Networks) -> Tensor | None:  # noqa: ARG002
        """Return a picture that shows the progress, (1, 3, H, W), sRGB in [0, 1]; None if there is none."""
        return None
