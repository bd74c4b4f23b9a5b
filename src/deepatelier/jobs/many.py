"""Run many jobs, each with its own output file: a folder in, a folder out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from deepatelier.errors import AtelierError
from deepatelier.jobs.context import Context
from deepatelier.jobs.job import Job
from deepatelier.jobs.record import Record
from deepatelier.jobs.request import is_finished
from deepatelier.jobs.runner import check_targets, make
from deepatelier.jobs.step import Step

__all__ = ["Made", "make_each"]


class Made(NamedTuple):
    """The outcome of many jobs.

    Attributes:
        records: The records of the jobs that ran, by file.
        left: The files that were finished before.
        failed: The errors of the other jobs, by file.
    """

    records: dict[Path, Record]
    left: list[Path]
    failed: dict[Path, AtelierError]


def make_each(
    jobs: Mapping[Path, Job],
    context: Context | None = None,
    *,
    force: bool = False,
    metadata: bool = True,
    on_job: Callable[[int, Path, Job], None] = lambda _number, _target, _job: None,
    on_step: Callable[[Step], None] = lambda _step: None,
    on_record: Callable[[Record], None] = lambda _record: None,
    made: Made | None = None,
) -> Made:
    """Run each job and write its main output. A job that fails does not stop the others.

    Args:
        jobs: The jobs, by the files to write.
        context: The context of all jobs, with the objects they share.
        force: Whether to redo jobs that are finished according to the record of their file.
        metadata: Whether the files carry their record. An existing file without a record is not overwritten, and
            counts as failed.
        on_job: Called before each job that runs, with its number from 1, its file and the job.
        on_step: Called after each step.
        on_record: Called with each record.
        made: Filled in along the way, so that the caller has the outcome so far if it is interrupted.

    Raises:
        KeyboardInterrupt: It was stopped; the current job writes nothing.
    """
    context, made = context or Context(), made or Made({}, [], {})
    for number, (target, job) in enumerate(jobs.items(), 1):
        output = next(iter(type(job).outputs))
        try:
            check_targets(job, {output: target}, metadata=metadata)
            if not force and is_finished(job, target):
                made.left.append(target)
                continue
            on_job(number, target, job)
            record = make(job, {output: target}, context, on_step=on_step, metadata=metadata, whole=True).record
        except AtelierError as error:
            made.failed[target] = error
            continue
        made.records[target] = record
        on_record(record)
    return made
