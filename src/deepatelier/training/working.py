"""A training as a job's steps."""

from __future__ import annotations

import tempfile
import uuid
from contextlib import AbstractContextManager
from pathlib import Path

from deepatelier import data
from deepatelier.data import Dataset
from deepatelier.devices import memory_guard, precision_name
from deepatelier.errors import OptionError
from deepatelier.files import free_folder
from deepatelier.inputs import Input
from deepatelier.jobs import Context, Result, Work
from deepatelier.training.initial_network import network_for, own_size_of
from deepatelier.training.train_job import TrainingOptions, TrainJob
from deepatelier.training.training import Training
from deepatelier.training.training_record import resumed_options

__all__ = ["default_folder", "opened", "prepared", "source_of", "trained"]

_TOLD = 3
"""Pictures that could not be used, of which each is told."""


def opened(source: str, data_dir: str | None, options: TrainingOptions, context: Context) -> Dataset:
    """A data set as a training's options want it, opened once in a context. Raises as `data.open_dataset`."""
    key = "dataset", source, data_dir, options.classes, options.size, own_size_of(options)
    dataset: Dataset = context.keep(
        key,
        lambda: data.open_dataset(
            source,
            data_dir=None if data_dir is None else Path(data_dir),
            classes=options.classes,
            size=options.size,
            otherwise=own_size_of(options),
        ),
    )
    return dataset


def source_of(dataset: str) -> Input | None:
    """The entry of a data set's folder or archive in a record; None for one of the list."""
    return None if dataset in data.DATASETS else Input.of(dataset)


def default_folder(job: TrainJob, context: Context) -> Path:
    """The folder of a training to which the user gives none."""
    job = job.resolved()
    with _memory_guard():
        dataset = opened(job.dataset, job.data_dir, job, context)
    return free_folder(Path("runs") / f"{dataset.name}-{network_for(job, dataset.shape)}")


def prepared(job: TrainJob, context: Context) -> Training:
    """The training that a job means: whatever is wrong with options and inputs is raised here."""
    if job.resume:
        if context.folder is None:
            raise OptionError("--resume goes on with the training in a folder: name it with -o.")
        job = resumed_options(context.folder, job)
    job = job.resolved()
    folder = context.folder or Path(tempfile.gettempdir()) / f"atelier-{uuid.uuid4().hex}"
    with _memory_guard():
        dataset = opened(job.dataset, job.data_dir, job, context)
        return Training(
            dataset, job, folder, resume=job.resume, tensorboard=job.tensorboard, source=source_of(job.dataset)
        )


def trained(job: TrainJob, context: Context) -> Work:
    """The steps of a job; it writes its folder itself, whose record is the result's."""
    training = prepared(job, context)
    for note in _shortened(training.notes):
        context.say(note)
    told = len(training.notes)
    with _memory_guard():
        yield from training.steps()
    notes = _shortened(training.notes[told:])
    if context.folder is None:
        notes.append(f"The training is in {training.folder}.")
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
    return memory_guard("this training", "Lower --batch-size or --size, or take a smaller --network.")


def _shortened(notes: list[str]) -> list[str]:
    rest = len(notes) - _TOLD
    return notes[:_TOLD] + ([f"… and {rest} more."] if rest > 0 else [])
