"""A training as the steps of a job."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from deepatelier import data
from deepatelier.data import Dataset
from deepatelier.devices import memory_guard, precision_name
from deepatelier.errors import OptionError
from deepatelier.files import free_folder
from deepatelier.inputs import Input
from deepatelier.jobs import Context, Result, State, Work
from deepatelier.training.few_weights import few_weights
from deepatelier.training.initial_network import network_for, own_size_of
from deepatelier.training.run_folder import own_folder
from deepatelier.training.train_job import DataOptions, TrainJob
from deepatelier.training.training import Training
from deepatelier.training.training_record import resumed_options

__all__ = ["default_folder", "opened", "prepared", "source_of", "trained"]

_MAX_NOTES = 3
"""The maximum number of notes to print, such as those on pictures that were skipped."""


def opened(
    source: str, data_dir: str | None, options: DataOptions, own_size: int, context: Context, *, labelled: bool = True
) -> Dataset:
    """Return a data set, which is opened only once per context. Raises as `data.open_dataset`.

    Args:
        source, data_dir: The data set, and the folder of its files.
        options: The classes, the size of the pictures, the length of sequences and the random seed.
        own_size: The height and width for pictures of different sizes, if the options give none.
        context: The context, which keeps the data set.
        labelled: Whether the user's pictures need classes.
    """
    drawn = source in data.DATASETS and data.DATASETS[source].drawn
    seed = options.seed if drawn else 0
    key = "dataset", source, data_dir, options.classes, options.size, own_size, options.length, seed, labelled
    dataset: Dataset = context.keep(
        key,
        lambda: data.open_dataset(
            source,
            data_dir=None if data_dir is None else Path(data_dir),
            classes=options.classes,
            size=options.size,
            otherwise=own_size,
            length=options.length,
            seed=seed,
            labelled=labelled,
        ),
    )
    return dataset


def source_of(dataset: str) -> Input | None:
    """Return the input of a record for a data set's folder or archive; None for a built-in data set."""
    return None if dataset in data.DATASETS else Input.of(dataset)


def default_folder(job: TrainJob, context: Context) -> Path:
    """Return the default run folder of a training."""
    job = job.resolved()
    with _memory_guard():
        dataset = opened(job.dataset, job.data_dir, job, own_size_of(job), context)
    return free_folder(Path("runs") / f"{dataset.name}-{network_for(job, dataset.shape)}")


def prepared(job: TrainJob, context: Context, state: State | None = None) -> Training:
    """Return the training that a job describes. All errors of options and inputs are raised here."""
    if job.resume:
        if context.folder is None:
            raise OptionError("--resume continues the run in a folder: name it with -o.")
        job = resumed_options(context.folder, job)
    job = job.resolved()
    folder = own_folder(context.folder)
    with _memory_guard():
        dataset = opened(job.dataset, job.data_dir, job, own_size_of(job), context)
        return Training(
            dataset,
            job,
            folder,
            resume=job.resume,
            tensorboard=job.tensorboard,
            source=source_of(job.dataset),
            state=state,
        )


def trained(job: TrainJob, context: Context, state: State | None) -> Work:
    """Train, and yield the steps of a job. The training writes its run folder; the result has the same record."""
    training = prepared(job, context, state)
    for note in _shortened(training.notes):
        context.say(note)
    printed = len(training.notes)
    with _memory_guard():
        yield from training.steps()
    notes = [*_shortened(training.notes[printed:]), *few_weights(training.network)]
    if context.folder is None:
        notes.append(f"The run folder is {training.folder}.")
    record = training.record
    return Result(
        job,
        {},
        training.inputs,
        record.device,
        precision_name(training.precision),
        steps=record.steps,
        notes=tuple(notes),
        interrupted=record.interrupted,
        details=record.details,
        record=record,
    )


def _memory_guard() -> AbstractContextManager[None]:
    return memory_guard("this training", "Lower --batch-size or --size, or use a smaller --network.")


def _shortened(notes: list[str]) -> list[str]:
    rest = len(notes) - _MAX_NOTES
    return notes[:_MAX_NOTES] + ([f"… and {rest} more."] if rest > 0 else [])
