"""What happened in a training, epoch by epoch."""

from __future__ import annotations

import csv
import io
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import lightning.pytorch as pl
import torch
from torch import Tensor

from deepatelier.errors import OptionError
from deepatelier.training.module import PARTS, TrainingModule

__all__ = ["History", "Progress", "Row", "as_csv", "from_csv"]

Row = dict[str, float]
"""An epoch: its number, steps and seconds by then, the learning rate, and the losses and measures."""

Progress = Callable[[Mapping[str, float]], None]
"""Is called after each step with the epoch, and the loss and what validation found as far as they are known."""

_CHECKED = 20
"""Steps after which it is seen whether the loss is still a number."""


class History(pl.Callback):
    """Keeps what was measured in each epoch, and tells of each step.

    Args:
        progress: Is called after each step.

    Attributes:
        rows: One an epoch.
        epochs_before: Those of the phase before.
    """

    def __init__(self, progress: Progress = lambda _: None) -> None:
        self.rows: list[Row] = []
        self._progress, self._losses, self._loss = progress, list[Tensor](), dict[str, float]()
        self._began = self._before = 0.0
        self.epochs_before = 0

    def begin_phase(self) -> None:
        """Count the epochs of another network's training on."""
        self.epochs_before = int(self.rows[-1]["epoch"])

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Begin to count the time, where a checkpoint left off."""
        self._began = time.perf_counter()
        self._before = self.rows[-1]["seconds"] if self.rows else 0.0

    def on_train_epoch_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Forget the losses of the epoch before."""
        self._losses = []

    def on_train_batch_end(
        self, trainer: pl.Trainer, module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Note the loss. Raises OptionError if it is not a number any more."""
        epoch = self._epoch(trainer)
        loss = outputs["loss"] if isinstance(outputs, dict) else outputs
        self._losses.append(loss.detach())
        if trainer.global_step % _CHECKED == 0 or batch_idx + 1 == trainer.num_training_batches:
            recent = trainer.strategy.reduce(torch.stack(self._losses[-_CHECKED:]).mean(), reduce_op="mean").item()
            if not math.isfinite(recent):
                raise OptionError(
                    f"The loss is not a number any more at step {trainer.global_step}, in epoch {epoch}. "
                    "Begin anew with a lower --learning-rate, or with --clip-gradient."
                )
            self._loss = {"loss": recent}
        known = self.rows[-1] if self.rows else {}
        told = {name: value for name, value in known.items() if name.startswith(PARTS[1])}
        self._progress({"epoch": epoch, **self._loss, **told})

    def on_train_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Note what was measured."""
        row = {
            "epoch": self._epoch(trainer),
            "step": trainer.global_step,
            "seconds": round(self._before + time.perf_counter() - self._began, 3),
            "learning rate": trainer.optimizers[0].param_groups[-1]["lr"],
            "running loss": trainer.strategy.reduce(torch.stack(self._losses).mean(), reduce_op="mean").item(),
        }
        assert isinstance(module, TrainingModule)
        self.rows.append(row | module.measured)
        module.measured = {}

    def _epoch(self, trainer: pl.Trainer) -> int:
        """The number of the epoch, from 1, counted over both phases."""
        return self.epochs_before + trainer.current_epoch + 1

    def state_dict(self) -> dict[str, Any]:
        """The rows, and the epochs of the phase before."""
        return {"rows": self.rows, "epochs_before": self.epochs_before}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """The rows, from a checkpoint."""
        self.rows, self.epochs_before = list(state_dict["rows"]), state_dict["epochs_before"]


def from_csv(text: str) -> list[Row]:
    """The rows of a table that `as_csv` wrote."""
    rows = csv.DictReader(io.StringIO(text))
    return [{name: float(value) for name, value in row.items() if value} for row in rows]


def as_csv(rows: list[Row]) -> str:
    """The rows as a table, a column for each name; what was not measured stays empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
