"""An end of a training between two steps, at which what is learnt is kept."""

from __future__ import annotations

import threading
from typing import Any

import lightning.pytorch as pl

__all__ = ["Stop", "Stopped"]


class Stopped(Exception):  # noqa: N818 (no error)
    """A training was asked to end. It is no KeyboardInterrupt, at which Lightning would end the process."""


class Stop(pl.Callback):
    """Ends a training between two batches, in all its processes at the same one, when it was asked to."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        """Ask the training to end. May be called from any thread."""
        self._asked.set()

    def check(self) -> None:
        """Raise Stopped if this process's training was asked to end."""
        if self._asked.is_set():
            raise Stopped

    def on_train_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:
        """Leave the loop."""
        self._leave(trainer)

    def on_validation_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:
        """Leave the loop."""
        self._leave(trainer)

    def _leave(self, trainer: pl.Trainer) -> None:
        if trainer.strategy.reduce_boolean_decision(self._asked.is_set(), all=False):
            raise Stopped
