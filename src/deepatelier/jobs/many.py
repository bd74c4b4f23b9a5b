"""Many jobs, each with a file of its own: a folder in, a folder out."""

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
    """What came of many jobs.

    Attributes:
        records: Of those that were carried out, by their files.
        left: Those that were finished before.
        failed: What was wrong with the others.
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
    """Do each job and write its main output. One that cannot be done does not keep the others from it.

    Args:
        jobs: By the files to write.
        context: Of all of them; what they share is found once.
        force: Whether those that are finished, by the record of their files, are done again.
        metadata: Whether the files carry their record; one that is there without it is left, as failed.
        on_job: Is called before each job that is carried out, with its number from 1 and its file.
        on_step: Is called after each step.
        on_record: Is called with each record.
        made: Is filled in as it goes, so that whoever stops it has what there is.

    Raises:
        KeyboardInterrupt: It was stopped; the job at hand writes nothing.
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
