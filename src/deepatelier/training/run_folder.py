"""The run folder of a training: its files, and whether a training may start or resume there."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path

from deepatelier.errors import OptionError, OutputError, RecordError, StateError
from deepatelier.files import write_atomically
from deepatelier.jobs import RECORD_NAME, State
from deepatelier.networks import WEIGHTS_NAME
from deepatelier.training.curves import curves
from deepatelier.training.history import Row, as_csv, from_csv
from deepatelier.training.train_job import TrainingOptions
from deepatelier.training.training_record import TrainingDetails, given_options, read_training

__all__ = [
    "CHECKPOINT_NAME",
    "CURVES_NAME",
    "HISTORY_NAME",
    "LINEAR_NAME",
    "check_free",
    "own_folder",
    "read_history",
    "resumption_of",
    "write_history",
]

CHECKPOINT_NAME, CURVES_NAME, HISTORY_NAME = "checkpoint.safetensors", "curves.png", "history.csv"
LINEAR_NAME = "linear.png"
"""The picture of a linear regression in closed form."""


def own_folder(folder: Path | None) -> Path:
    """Return the given run folder, or a new temporary one if there is none."""
    return folder or Path(tempfile.gettempdir()) / f"atelier-{uuid.uuid4().hex}"


def check_free(folder: Path) -> None:
    """Raise OutputError if a folder contains a training, unless it failed without a checkpoint or weights."""
    if not (folder / RECORD_NAME).exists():
        return
    kept = any((folder / name).exists() for name in (WEIGHTS_NAME, CHECKPOINT_NAME))
    failed = read_training(folder).details.state == "failed"
    if kept and failed:
        raise OutputError(f"{folder} contains a training that failed or diverged. Give another -o, or remove it.")
    if not failed:
        raise OutputError(f"{folder} contains a training already. Continue it with --resume, or give another -o.")


def resumption_of(folder: Path, options: TrainingOptions, details: TrainingDetails) -> tuple[State | None, str]:
    """Return where the training in a folder resumes, and why its record cannot reproduce it then.

    Args:
        folder: The run folder.
        options: The options of the resumed training.
        details: The details of its record at the start.

    Returns:
        The state in the checkpoint, or None if there is no checkpoint; and a sentence, which is empty unless the number
        of epochs was changed, on which the schedule of the learning rate depends.

    Raises:
        RecordError: The folder is not a run folder.
        OptionError: It is another training, or all its epochs are finished.
        StateError: The checkpoint is damaged.
    """
    before, given = read_training(folder).details, given_options(folder)
    if before.parts != details.parts:
        raise OptionError(f"These are not the pictures of the training in {folder}. Start again with another -o.")
    differing = [
        name
        for name, value in given.model_dump().items()
        if name not in ("epochs", "device", "processes") and value != getattr(options, name)
    ]
    if differing:
        name = differing[0].replace("_", "-")
        raise OptionError(f"--{name} was {getattr(given, differing[0])!r} in {folder}. Resume with the same value.")
    planned, then = (each.head_epochs + each.epochs for each in (options, given))
    if before.epochs > planned or (before.state == "finished" and planned <= then):
        early = f", and stopped early, of {then}" if before.epochs < then else ""
        raise OptionError(f"The training in {folder} has {before.epochs} epochs{early}. Give more --epochs.")
    reason = before.not_reproducible
    if not reason and given.epochs != options.epochs:
        reason = (
            f"The training was started with --epochs {given.epochs} and resumed with --epochs {options.epochs}: rerun "
            "uses the latter from the start."
        )
    path = folder / CHECKPOINT_NAME
    if not path.exists():
        return None, reason
    try:
        return State.from_bytes(path.read_bytes()), reason
    except StateError as error:
        raise StateError(f"The checkpoint {path} is damaged. Start again in another folder.") from error


def write_history(folder: Path, rows: Sequence[Row], measure: str, title: str) -> None:
    """Write the measures of each epoch: the table and the curves.

    Args:
        folder: The run folder.
        rows: The measures.
        measure: The name of the metric beside the loss.
        title: The title of the curves.
    """
    write_atomically(folder / HISTORY_NAME, as_csv(rows).encode())
    write_atomically(folder / CURVES_NAME, curves({"": rows}, measure, title))


def read_history(folder: Path) -> list[Row]:
    """Return the measures of each epoch of the training in a folder. Raises RecordError if there are none."""
    path = folder / HISTORY_NAME
    if not path.is_file():
        raise RecordError(f"{folder} has no history of a training: it contains no {HISTORY_NAME}.")
    return from_csv(path.read_text(encoding="utf-8"))
