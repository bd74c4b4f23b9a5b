"""``atelier train``: train a network on pictures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.form import form_of, made_from
from deepatelier.cli.messages import say
from deepatelier.cli.progress import progress
from deepatelier.errors import OptionError
from deepatelier.jobs import Context, Record, make
from deepatelier.training import CURVES_NAME, TrainingDetails, TrainJob, is_global_zero

__all__ = ["train"]

_Form = form_of([TrainJob])


def train(
    dataset: str,
    /,
    *,
    output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None,
    json: bool = False,
    options: Annotated[_Form, Parameter(name="*")] = _Form(),  # type: ignore[valid-type]  # noqa: B008 (frozen)
) -> None:
    """Train a network on pictures. Ctrl-C keeps the weights so far, and --resume continues the run.

    Parameters
    ----------
    dataset
        digits, mnist, fashion-mnist, cifar10, eyes, line; or a folder (or .tar, .tar.gz) with one subfolder per class.
    output
        The run folder to write: weights, curves, history, record. Default: runs/DATASET-NETWORK.
    json
        Print the record as one JSON object on stdout.
    """
    job = made_from([TrainJob], {"dataset": dataset}, options)
    assert isinstance(job, TrainJob)
    if job.resume and output is None:
        raise OptionError("--resume continues the run in a folder: name it with -o.")
    announce = say if is_global_zero() else lambda _text: None
    context = Context(say=announce)
    context.folder = output or job.default_folder(context)
    if not is_global_zero():
        finished = make(job, {"folder": context.folder}, context)
    else:
        with progress("Training") as show:
            finished = make(job, {"folder": context.folder}, context, on_step=show)
        for note in finished.result.notes:
            say(note)
    if finished.result.interrupted:
        announce(
            f"Interrupted. The weights so far are in {context.folder}; continue with --resume -o {context.folder}."
        )
        sys.exit(130)
    if not is_global_zero():
        return
    if json:
        print(finished.record.to_json())
    else:
        _report(finished.record, context.folder, dataset)


def _report(record: Record, folder: Path, dataset: str) -> None:
    details = TrainingDetails.model_validate(record.details)
    for name, value in record.measures.items():
        say(f"{name}: {value:.4g}")
    if details.best_epoch:
        say(f"The saved weights are those of epoch {details.best_epoch}, the best one.")
    parts = ", ".join(f"{part.pictures:,} for {name}" for name, part in details.parts.items())
    epochs = "1 epoch" if details.epochs == 1 else f"{details.epochs} epochs"
    counts = f"{details.parameters:,} parameters, {epochs}, {record.seconds:.0f} s"
    say(f"{details.network}: {counts}; pictures: {parts}.")
    say(f"Wrote {folder}: look at {folder / CURVES_NAME}, then: atelier evaluate {folder} {dataset}")
