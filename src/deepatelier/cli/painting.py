"""Runs a style transfer for a command: bar, interruption, record."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deepatelier import images, samples
from deepatelier.cli.messages import say
from deepatelier.cli.progress import progress_bar
from deepatelier.devices import memory_guard, precision_name
from deepatelier.runs import Input, Record, write_picture
from deepatelier.synthesis.style_options import StyleOptions
from deepatelier.synthesis.style_transfer import StyleTransfer

__all__ = ["paint"]


def paint(photo: str, painting: str, output: Path, options: StyleOptions, *, json: bool) -> Record:
    """Paint, write the picture, print its record if ``json``, and return it. Ctrl-C writes what is there, exits 130."""
    images.check_output(output, sources=(photo, painting, options.init))
    began = time.perf_counter()
    pictures = {"photo": samples.open_picture(photo), "painting": samples.open_picture(painting)}
    interrupted = False
    step, taken = None, 0
    with memory_guard():
        transfer = StyleTransfer(pictures["photo"], pictures["painting"], options)
        try:
            with progress_bar("Painting", sum(level.steps for level in transfer.levels)) as advance:
                for step in transfer.steps():
                    taken += 1
                    height, width = step.image.shape[-2:]
                    advance(f"{width} x {height}  loss {step.total:.4g}")
        except KeyboardInterrupt:
            interrupted = True
        if step is None:
            raise KeyboardInterrupt

        image = transfer.finished(step.image)

        def record(losses: dict[str, float]) -> Record:
            return Record(
                command="style",
                output=str(output),
                size=(image.shape[-1], image.shape[-2]),
                seconds=round(time.perf_counter() - began, 3),
                steps=taken,
                device=str(transfer.device),
                precision=precision_name(transfer.precision),
                seed=transfer.options.seed,
                preset=transfer.options.preset,
                losses=losses,
                inputs={part: Input.of(picture) for part, picture in pictures.items()},
                options=transfer.options.model_dump(mode="json"),
            )

        with _undisturbed():
            made = write_picture(image, output, transfer.losses, record)
    if json:
        print(made.to_json())
    if interrupted:
        say(f"Interrupted after {taken} steps; what was there is in {output}.")
        sys.exit(130)
    return made


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C does nothing in the seconds in which finished work is measured and written."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
