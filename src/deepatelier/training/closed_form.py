"""Linear regression in closed form: from a data set to a run folder."""

from __future__ import annotations

import time
from pathlib import Path

import torch
from torch import nn

from deepatelier.data import Dataset, Labelled
from deepatelier.devices import memory_guard
from deepatelier.errors import OptionError
from deepatelier.files import free_folder, make_folder, write_atomically
from deepatelier.jobs import Context, Record, Result, Step, Work, named, this_machine, uninterrupted
from deepatelier.networks import WEIGHTS_NAME, save_trained
from deepatelier.training.closed_form_job import ClosedFormJob
from deepatelier.training.few_weights import few_weights
from deepatelier.training.history import Row
from deepatelier.training.initial_network import own_size_of
from deepatelier.training.least_squares import Solution, least_squares
from deepatelier.training.linear_pictures import linear_picture
from deepatelier.training.parts import PARTS
from deepatelier.training.prediction import measured, outputs_of
from deepatelier.training.problem import Problem
from deepatelier.training.run_folder import LINEAR_NAME, check_free, own_folder
from deepatelier.training.tasks.supervised import SupervisedTask
from deepatelier.training.train_job import DataOptions, TrainingOptions
from deepatelier.training.training_record import data_input, write_training
from deepatelier.training.training_steps import opened, source_of

__all__ = ["default_folder", "prepared", "solve", "solved"]

_TOGETHER = 10_000
"""The number of pictures that are converted to float64 at a time."""


def _as_training(job: ClosedFormJob) -> TrainingOptions:
    """Return the options of a training of the same network on the same data."""
    values = job.model_dump(include=set(DataOptions.model_fields))
    return TrainingOptions.complete({**values, "network": "linear", "loss": "squared", "l2": job.ridge})


def _dataset(job: ClosedFormJob, context: Context) -> Dataset:
    with memory_guard("this data set", "Lower --limit or --size."):
        return opened(job.dataset, job.data_dir, job, own_size_of(_as_training(job)), context)


def default_folder(job: ClosedFormJob, context: Context) -> Path:
    """Return the first free folder of runs/DATASET-linear, runs/DATASET-linear-2 …"""
    return free_folder(Path("runs") / f"{_dataset(job, context).name}-linear")


def prepared(job: ClosedFormJob, context: Context) -> tuple[Problem, Path]:
    """Return the problem of a job and its run folder. All errors of options and inputs are raised here."""
    folder = own_folder(context.folder)
    check_free(folder)
    return Problem.of(_dataset(job, context), _as_training(job)), folder


def solved(job: ClosedFormJob, context: Context) -> Work:
    """Solve a job's regression, and write the run folder. There is one step, at the end."""
    began = time.perf_counter()
    problem, folder = prepared(job, context)
    parts, task, network = problem.parts, problem.task, problem.initial.network
    with memory_guard("this data set", "Lower --limit or --size."):
        found = solve(network, parts.train, task, job.ridge)
        row: Row = {}
        for name, part in zip(PARTS, parts[:2], strict=True):
            if len(part):
                row |= measured(task, outputs_of(network, part), part, name)
    size = found.weight.shape[1] + 1
    note = f"The system of equations has rank {found.rank} of {size}" + (
        ": the solution of minimum norm is used." if found.rank < size else "."
    )
    details = problem.details.model_copy(update={"state": "finished", "epochs": 1})
    inputs = {"dataset": source_of(job.dataset) or data_input(details.dataset, details.parts)}
    device = torch.device("cpu")
    record = Record(
        job=named(job, inputs),
        inputs=inputs,
        part="folder",
        output=folder.name,
        seconds=round(time.perf_counter() - began, 3),
        steps=1,
        device=str(device),
        precision="float64",
        machine=this_machine(device),
        measures=row,
        details=details.model_dump(mode="json"),
    )
    with uninterrupted():
        make_folder(folder)
        write_atomically(folder / WEIGHTS_NAME, save_trained(network, problem.about()))
        write_atomically(folder / LINEAR_NAME, linear_picture(network, parts.train, task, details))
        write_training(folder, record, _as_training(job))
    result = Result(
        job,
        {},
        inputs,
        record.device,
        record.precision,
        steps=1,
        notes=(note, *few_weights(network)),
        details=record.details,
        record=record,
    )
    try:
        yield Step(1, 1, row)
    except KeyboardInterrupt:  # the run folder is written already
        return result
    return result


@torch.no_grad()
def solve(network: nn.Module, train: Labelled, task: SupervisedTask, ridge: float = 0.0) -> Solution:
    """Set the weights of a network of one dense layer to the least-squares solution, and return it.

    Args:
        network: The network ``linear`` of the registry.
        train: The pictures and targets.
        task: The task, which gives the outputs of zero squared loss.
        ridge: See `least_squares`.

    Raises:
        OptionError: The network is not one dense layer.
    """
    layers = [module for module in network.modules() if isinstance(module, nn.Linear)]
    prepare = getattr(network, "prepare", None)
    if prepare is None or len(layers) != 1 or sum(1 for _ in network.parameters()) != 2:
        raise OptionError("A solution in closed form needs a network of one dense layer.")
    targets = task.as_outputs(train.targets)
    pieces = (slice(start, start + _TOGETHER) for start in range(0, len(train), _TOGETHER))
    found = least_squares(((prepare(train.pixels(piece)).flatten(1), targets[piece]) for piece in pieces), ridge)
    layers[0].weight.copy_(found.weight)
    layers[0].bias.copy_(found.bias)
    return found
