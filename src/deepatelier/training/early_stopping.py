"""Early stopping, with the weights of the best epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from deepatelier.training.history import Row

__all__ = ["EarlyStopping"]


class EarlyStopping:
    """Stops a training when the validation loss has not improved for a number of epochs.

    Args:
        patience: The number of epochs without an improvement after which the training stops.
        tolerance: The minimum decrease of the loss that counts as an improvement.

    Attributes:
        best_epoch: The epoch with the lowest validation loss, from 1; None before the first.
        weights: The weights after that epoch.
        ended: Whether the training has to stop.
    """

    def __init__(self, patience: int, tolerance: float) -> None:
        self._patience, self._tolerance = patience, tolerance
        self._lowest = self._reference = math.inf
        self._waited, self.ended = 0, False
        self.best_epoch: int | None = None
        self.weights: dict[str, Tensor] = {}

    def ends_after(self, row: Row, network: nn.Module) -> bool:
        """Register an epoch, and return whether the training stops after it.

        Args:
            row: The measures of the epoch.
            network: The network after the epoch.
        """
        loss = row["validation loss"]
        if loss < self._lowest:
            self._lowest, self.best_epoch = loss, int(row["epoch"])
            self.weights = {name: each.detach().clone() for name, each in network.state_dict().items()}
        if loss < self._reference - self._tolerance:
            self._reference, self._waited = loss, 0
        else:
            self._waited += 1
        self.ended = self._waited >= self._patience or not math.isfinite(loss)
        return self.ended

    def go_on(self) -> None:
        """Wait again for an improvement, since more epochs were asked for."""
        self._waited, self.ended = 0, False

    def state_dict(self) -> dict[str, Any]:
        """Return the state."""
        return {
            "lowest": self._lowest,
            "reference": self._reference,
            "waited": self._waited,
            "ended": self.ended,
            "best_epoch": self.best_epoch,
            "weights": self.weights,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore a state."""
        self._lowest, self._reference, self._waited = state["lowest"], state["reference"], state["waited"]
        self.ended = state["ended"]
        self.best_epoch, self.weights = state["best_epoch"], dict(state["weights"])
