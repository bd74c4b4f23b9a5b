"""Ctrl-C in a training: it ends between two steps, and what is learnt is kept."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import lightning.pytorch as pl

__all__ = ["Stop", "interruptible"]


class Stop(pl.Callback):
    """Ends a training between two batches when Ctrl-C was pressed: Lightning itself would end the process."""

    pressed = False

    def on_train_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:
        """Leave the loop, in all processes at the same step."""
        _leave(trainer)

    def on_validation_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:
        """Leave the loop, in all processes at the same batch."""
        _leave(trainer)


class _Pressed(Exception):  # noqa: N818 (no error)
    pass


def _leave(trainer: pl.Trainer) -> None:
    if trainer.strategy.reduce_boolean_decision(Stop.pressed, all=False):
        raise _Pressed


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn Ctrl-C into KeyboardInterrupt behind the step that is being taken."""

    def press(*_: Any) -> None:
        Stop.pressed = True

    Stop.pressed = False
    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, press) if main else None
    try:
        yield
        if Stop.pressed:
            raise _Pressed
    except _Pressed:
        raise KeyboardInterrupt from None
    finally:
        if main:
            signal.signal(signal.SIGINT, before)
