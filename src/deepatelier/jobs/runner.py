"""Run a job: progress, cancellation, checkpoints, atomic writes and records. It neither prints nor exits."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from deepatelier.errors import OptionError, OutputError
from deepatelier.inputs import paths_of
from deepatelier.jobs.checkpoint import Checkpoint
from deepatelier.jobs.context import Context
from deepatelier.jobs.interruption import uninterrupted
from deepatelier.jobs.job import Job
from deepatelier.jobs.output import endings
from deepatelier.jobs.record import Record, named, this_machine
from deepatelier.jobs.request import request_of
from deepatelier.jobs.result import Measured, Result
from deepatelier.jobs.step import Step
from deepatelier.jobs.store import check_target, write_product

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Finished", "carried_out", "check_targets", "make", "record_of", "write"]


@dataclass(frozen=True)
class Finished:
    """A job that has run.

    Attributes:
        result: The result of the job.
        records: The record of each file, by output name.
    """

    result: Result
    records: Mapping[str, Record] = field(default_factory=dict)

    @property
    def record(self) -> Record:
        """The record of the main output."""
        return next(iter(self.records.values()))


def make(
    job: Job,
    targets: Mapping[str, Path],
    context: Context | None = None,
    *,
    on_step: Callable[[Step], None] = lambda _step: None,
    metadata: bool = True,
    checkpoint: Checkpoint | None = None,
    stop_after: int | None = None,
    whole: bool = False,
) -> Finished:
    """Run a job and write its outputs.

    If it is stopped by Ctrl-C or `Context.cancel`, the result so far is written, if there is one.

    Args:
        job: The job.
        targets: The paths of its outputs, by name; other outputs are not written.
        context: Where it runs.
        on_step: Called after each step, in this thread.
        metadata: Whether files carry their record.
        checkpoint: The checkpoint file, from which it also resumes.
        stop_after: The number of steps after which it stops as if interrupted.
        whole: Whether to write nothing if it is stopped before its end.

    Raises:
        OutputError: A file cannot be written there.
        OptionError: The job has no such output.
        MemoryLimitError: There is not enough memory.
        InputError: An error ended it early. The result so far is written.
        KeyboardInterrupt: It was stopped before there was a result.
    """
    from deepatelier.devices import memory_guard

    places = {name: Path(target) for name, target in targets.items()}
    check_targets(job, places, metadata=metadata)
    folders = [place for name, place in places.items() if type(job).outputs[name].kind == "folder"]
    context = (context or Context()).with_outputs(frozenset(places), folders[0] if folders else None)
    if checkpoint is not None:
        checkpoint.check(places.values(), paths_of(job))
    began = time.perf_counter()
    with memory_guard():
        request = request_of(context.placed(job))
        result = carried_out(job, context, on_step=on_step, checkpoint=checkpoint, stop_after=stop_after)
        if whole and result.interrupted:
            raise KeyboardInterrupt
        with uninterrupted():
            finished = write(result, places, request=request, began=began, metadata=metadata)
    if result.error is not None:
        raise result.error
    if checkpoint is not None and not result.interrupted:
        checkpoint.remove()
    return finished


def check_targets(job: Job, targets: Mapping[str, Path], *, metadata: bool = True) -> None:
    """Raise OutputError or OptionError unless a job's outputs can be written to these paths.

    Raises:
        SurroundingsError: The package that writes a format is not installed.
    """
    if not targets:
        raise OptionError(f"No output was requested. A {type(job).kind} makes {', '.join(type(job).outputs)}.")
    sources = paths_of(job)
    taken: dict[Path, str] = {}
    for name, target in targets.items():
        output = type(job).outputs.get(name)
        if output is None:
            raise OptionError(f"A {type(job).kind} makes no {name}; it makes {', '.join(type(job).outputs)}.")
        if output.kind == "folder":
            continue
        path = check_target(target, output.kind, sources, metadata=metadata)
        for place in (path.resolve(), path.with_name(f"{path.name}.json").resolve()):
            if place in taken:
                raise OutputError(f"--{name} and --{taken[place]} are both {target}. Give one of them another name.")
            taken[place] = name if name != next(iter(type(job).outputs)) else "output"


def carried_out(
    job: Job,
    context: Context,
    *,
    on_step: Callable[[Step], None] = lambda _step: None,
    checkpoint: Checkpoint | None = None,
    stop_after: int | None = None,
) -> Result:
    """Run a job without writing its outputs. Arguments and errors as for `make`."""
    steps = job.run(context, checkpoint.begin(job) if checkpoint else None)
    stopped = False
    try:
        step = next(steps)
        while True:
            try:
                on_step(step)
                if checkpoint is not None:
                    checkpoint.keep(step, now=context.cancelled)
                if stop_after is not None and step.index >= stop_after and not stopped:
                    raise KeyboardInterrupt
            except KeyboardInterrupt as stop:
                stopped = True
                step = steps.throw(stop)
            else:
                step = next(steps)
    except StopIteration as done:
        result: Result = done.value
        return result
    finally:
        steps.close()


def write(
    result: Result, targets: Mapping[str, Path], *, request: str, began: float, metadata: bool = True
) -> Finished:
    """Write the outputs of a job.

    Args:
        result: The result of the job.
        targets: The paths of its outputs, by name. They have been checked.
        request: The hash of the job; see `request_of`.
        began: The start time, by `time.perf_counter`.
        metadata: Whether files carry their record.

    Raises:
        OptionError: A format cannot store the product.
        SurroundingsError: The disk is full.
    """
    if result.record is not None:  # the job has written its own folder
        return Finished(result, {next(iter(type(result.job).outputs)): result.record})
    main, product = next(iter(result.files.items()))
    place = targets.get(main, Path(f"{main}{next(iter(endings(product.kind)))}"))
    written = product.as_written(place) if result.measure or result.derived else None
    known = record_of(result, written, main, place, request, began)
    records: dict[str, Record] = {}
    for name, target in targets.items():
        if name in result.derived and written is not None:
            product = result.derived[name](written)
        elif name in result.files:
            product = result.files[name]
        else:
            continue
        if name == main:
            records[name] = known
        else:
            update = {"part": name, "output": str(target), "size": product.size_as_written(target)}
            records[name] = known.model_copy(update=update)
        write_product(product, target, records[name], metadata=metadata)
    if not records:
        raise OptionError(f"This {type(result.job).kind} has made no {', '.join(targets)}.")
    return Finished(result, records)


def record_of(result: Result, written: Tensor | None, part: str, target: Path, request: str, began: float) -> Record:
    """Return the record of a job's main output.

    Args:
        result: The result of the job.
        written: The picture as it is read from the file, (1, 3, H, W); None if it is not a picture, or not measured.
        part: The name of the output.
        target: The path of the output.
        request: The hash of the job; see `request_of`.
        began: The start time of the job, by `time.perf_counter`.
    """
    measured = result.measure(written) if result.measure else Measured()
    return Record(
        job=named(result.job, result.inputs),
        inputs=dict(result.inputs),
        request=request,
        part=part,
        output=str(target),
        size=result.files[part].size_as_written(target),
        losses=measured.losses,
        measures={
            words: value
            for words, value in measured.measures.items()
            if not isinstance(value, float) or math.isfinite(value)  # JSON has no infinity
        },
        seconds=round(time.perf_counter() - began, 3),
        steps=result.steps,
        interrupted=result.interrupted,
        device=result.device,
        precision=result.precision,
        machine=this_machine(result.device, result.runtime),
        details=dict(result.details),
    )
