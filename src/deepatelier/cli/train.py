"""``atelier train``: a network is fitted to pictures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier import data
from deepatelier.cli.messages import say
from deepatelier.cli.progress import progress_bar, undisturbed
from deepatelier.devices import memory_guard
from deepatelier.errors import OptionError
from deepatelier.files import free_folder
from deepatelier.training import (
    CURVES_NAME,
    Training,
    TrainingOptions,
    is_follower,
    network_for,
    own_size_of,
    resumed_options,
)

__all__ = ["train"]

_TOLD = 3
"""Pictures that could not be used, of which each is told."""


def train(
    dataset: str,
    /,
    *,
    output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None,
    data_dir: Path | None = None,
    resume: bool = False,
    tensorboard: bool = False,
    json: bool = False,
    options: Annotated[TrainingOptions, Parameter(name="*")] = TrainingOptions(),  # noqa: B008 (frozen)
) -> None:
    """Fit a network to pictures. Ctrl-C keeps what it has learnt, and --resume goes on.

    Parameters
    ----------
    dataset
        digits, mnist, fashion-mnist, cifar10, eyes, line; or a folder (or .tar, .tar.gz) with one folder a class.
    output
        The folder to write: weights, curves, history, record. Default: runs/DATASET-NETWORK.
    data_dir
        Where the files of mnist, fashion-mnist or cifar10 are. Default: they are fetched.
    resume
        Go on with the training in the folder of -o.
    tensorboard
        Write what is measured for TensorBoard too.
    json
        Print the record as one JSON object on stdout.
    """
    if resume:
        if output is None:
            raise OptionError("--resume goes on with the training in a folder: name it with -o.")
        options = resumed_options(output, options)
    options = options.resolved()
    with memory_guard("this training", "Lower --batch-size or --size, or take a smaller --network."):
        opened = data.open_dataset(
            dataset, data_dir=data_dir, classes=options.classes, size=options.size, otherwise=own_size_of(options)
        )
        if output is None:
            output = free_folder(Path("runs") / f"{opened.name}-{network_for(options, opened.shape)}")
        training = Training(opened, options, output, resume=resume, tensorboard=tensorboard)
        if not is_follower():
            _say_notes(training.notes)
        told = len(training.notes)
        try:
            with progress_bar("Training", 0 if is_follower() else training.steps) as advance:
                training.fit(advance)
        except KeyboardInterrupt:
            if not is_follower():
                say(f"Interrupted. {output} has the weights as they are; go on with --resume -o {output}.")
            sys.exit(130)
    if is_follower():
        return
    with undisturbed():
        record = training.record
        _say_notes(training.notes[told:])
        if json:
            print(record.model_dump_json(by_alias=True))
            return
        for name, value in record.measured.items():
            say(f"{name}: {value:.4g}")
        if record.best_epoch:
            say(f"These are the weights of epoch {record.best_epoch}, the best.")
        parts = ", ".join(f"{part.pictures:,} for {name}" for name, part in record.parts.items())
        epochs = "1 epoch" if record.epochs == 1 else f"{record.epochs} epochs"
        counts = f"{record.parameters:,} parameters, {epochs}, {record.seconds:.0f} s"
        say(f"{record.network}: {counts}; pictures: {parts}.")
        say(f"Wrote {output}: look at {output / CURVES_NAME}, then: atelier evaluate {output} {dataset}")


def _say_notes(notes: list[str]) -> None:
    for note in notes[:_TOLD]:
        say(note)
    if len(notes) > _TOLD:
        say(f"… and {len(notes) - _TOLD} more.")
