"""The progress bar of a job: shown on a terminal, not in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from deepatelier.jobs import Step

__all__ = ["progress"]


@contextmanager
def progress(title: str) -> Iterator[Callable[[Step], None]]:
    """Show a progress bar if stderr is a terminal. Yields a function that updates it with a step and its values."""
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console  # here: it takes longer to import than a picture to be read
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[text]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None, text="")

        def show(step: Step) -> None:
            values = "  ".join(f"{name} {value:.4g}" for name, value in step.values.items())
            text = f"{step.child}  {values}" if step.child else values
            bar.update(task, completed=step.index, total=step.of, text=text)

        yield show
