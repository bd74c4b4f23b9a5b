"""``atelier train-painter``: a network that paints in the style of a painting at once."""

from __future__ import annotations

import json as json_module
import shlex
import sys
import time
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.messages import say
from deepatelier.cli.painting import open_input
from deepatelier.cli.progress import progress_bar, undisturbed
from deepatelier.devices import memory_guard
from deepatelier.errors import OptionError
from deepatelier.files import check_output, write_atomically
from deepatelier.painter_options import PainterOptions
from deepatelier.painter_training import PainterTraining

__all__ = ["train_painter"]


def train_painter(
    painting: str,
    /,
    *paintings: str,
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path("painter.safetensors"),
    json: bool = False,
    options: Annotated[PainterOptions, Parameter(name="*")] = PainterOptions(),  # noqa: B008 (frozen)
) -> None:
    """Train a painter, for atelier style --fast. Ctrl-C keeps what it has learnt.

    Parameters
    ----------
    painting
        Path of the painting, or a sample.
    paintings
        More paintings, which the same painter learns too.
    output
        The painter's file to write: .safetensors.
    json
        Print what was trained as one JSON object on stdout.
    """
    sources = (painting, *paintings, *options.photos, options.start, options.weights or "")
    check_output(output, [".safetensors"], sources=sources)
    began, losses, ended = time.perf_counter(), dict[str, float](), None
    with memory_guard():
        training = PainterTraining([open_input(source) for source in (painting, *paintings)], options)
        for line in training.skipped:
            say(f"Left out {line}")
        try:
            with progress_bar("Training", options.steps) as advance:
                for step in training.steps():
                    losses = dict(step.losses)
                    advance("  ".join(f"{name} {loss:.3g}" for name, loss in losses.items()))
        except (KeyboardInterrupt, OptionError) as error:
            if not losses:
                raise
            ended = error
        with undisturbed():
            write_atomically(output, training.trained())
    names, seconds = [known.name for known in training.paintings], time.perf_counter() - began
    if json:
        told = {"output": str(output), "paintings": names, "losses": losses, "seconds": round(seconds, 3)}
        print(json_module.dumps(told))
    else:
        say(f"Wrote {output}, a painter of {', '.join(names)} ({seconds:.0f} s).")
        words = (shlex.quote(painting), shlex.quote(str(output)))
        say("Paint with it: atelier style PHOTO {} --fast --painter {} -o painted.png".format(*words))
    if ended is not None:
        say("What was learnt until the end came is in the file.")
        if isinstance(ended, KeyboardInterrupt):
            say("Interrupted.")
            sys.exit(130)
        raise ended
