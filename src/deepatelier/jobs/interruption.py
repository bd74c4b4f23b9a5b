"""What Ctrl-C does to a job: it finishes its step, or is ignored while a result is written."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from deepatelier.jobs.context import Context

__all__ = ["stopped_between_steps", "uninterrupted"]


@contextmanager
def stopped_between_steps(context: Context) -> Iterator[None]:
    """Let the first Ctrl-C finish the step, so that its state is saved. The second one stops at once."""

    def stop(*_: object) -> None:
        if context.cancelled:
            raise KeyboardInterrupt
        context.cancel()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ignore Ctrl-C while a finished result is measured and written."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread receives signals
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
