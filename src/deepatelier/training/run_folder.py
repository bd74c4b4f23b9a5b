"""The folder of a training: whether one may begin or go on there, and what was measured."""

from __future__ import annotations

from pathlib import Path

from deepatelier.errors import OptionError, OutputError, RecordError
from deepatelier.jobs import RECORD_NAME
from deepatelier.networks import WEIGHTS_NAME
from deepatelier.training.history import Row, from_csv
from deepatelier.training.train_job import TrainingOptions
from deepatelier.training.trainer import CHECKPOINT_NAME
from deepatelier.training.training_record import TrainingDetails, given_options, read_training

__all__ = ["CURVES_NAME", "HISTORY_NAME", "check_free", "epochs_done", "read_history"]

CURVES_NAME, HISTORY_NAME = "curves.png", "history.csv"


def check_free(folder: Path) -> None:
    """Raise OutputError if there is a training in a folder, unless it failed and left nothing to go on with."""
    if not (folder / RECORD_NAME).exists():
        return
    kept = any((folder / name).exists() for name in (WEIGHTS_NAME, CHECKPOINT_NAME))
    if kept or read_training(folder).details.state != "failed":
        raise OutputError(f"{folder} has a training already. Go on with it by --resume, or give another -o.")


def epochs_done(folder: Path, options: TrainingOptions, details: TrainingDetails) -> int:
    """The epochs after which the training in a folder goes on.

    Args:
        folder: Of the training.
        options: With which it is to go on.
        details: What its record would say at the start.

    Raises:
        RecordError: There is none.
        OptionError: It is another one, or has all its epochs.
    """
    before, given = read_training(folder).details, given_options(folder)
    if before.parts != details.parts:
        raise OptionError(f"The pictures are not those of the training in {folder}. Train anew in another -o.")
    differing = [
        name
        for name, value in given.model_dump().items()
        if name not in ("epochs", "device", "processes") and value != getattr(options, name)
    ]
    if differing:
        name = differing[0].replace("_", "-")
        raise OptionError(f"--{name} was {getattr(given, differing[0])!r} in {folder}. Resume with the same.")
    planned, then = (each.head_epochs + each.epochs for each in (options, given))
    if before.epochs > planned or (before.state == "finished" and planned <= then):
        early = f", and stopped early, of {then}" if before.epochs < then else ""
        raise OptionError(f"The training in {folder} has {before.epochs} epochs{early}. Give more --epochs.")
    return before.epochs if (folder / CHECKPOINT_NAME).exists() else 0


def read_history(folder: Path) -> list[Row]:
    """What was measured in each epoch of the training in a folder. Raises RecordError if there is none."""
    path = folder / HISTORY_NAME
    if not path.is_file():
        raise RecordError(
            f"{folder} is no folder of a training that was carried out: there is no {HISTORY_NAME} in it."
        )
    return from_csv(path.read_text(encoding="utf-8"))
