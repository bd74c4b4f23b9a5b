"""An evaluation as the step of a job."""

from __future__ import annotations

import math
from pathlib import Path

from deepatelier.data import Dataset
from deepatelier.devices import choose_device, memory_guard
from deepatelier.errors import OptionError
from deepatelier.jobs import (
    RECORD_NAME,
    Context,
    Measured,
    PictureProduct,
    Product,
    Result,
    Step,
    TableProduct,
    Work,
    kinds,
    load,
    read_record,
)
from deepatelier.training.evaluation import Evaluation, evaluate
from deepatelier.training.evaluation_job import EvaluationJob
from deepatelier.training.evaluation_pictures import confusion_matrix, worst_ellipses, worst_mistakes
from deepatelier.training.fitting_job import FittingJob
from deepatelier.training.initial_network import own_size_of
from deepatelier.training.training_record import read_training
from deepatelier.training.training_steps import opened, source_of

__all__ = ["evaluated", "fitting_job_of", "opened_for"]


def fitting_job_of(job: EvaluationJob) -> FittingJob | None:
    """Return the training of an evaluation with its options, on the data to evaluate; None if it is one on pictures."""
    record = read_record(Path(job.training)) if (Path(job.training) / RECORD_NAME).is_file() else None
    kind = load(record.kind) if record is not None and record.kind in kinds() else None
    if record is None or kind is None or not issubclass(kind, FittingJob):
        return None
    known = {name: each for name, each in record.job.items() if name in kind.model_fields}
    given: dict[str, str | None] = {"dataset": job.dataset, "device": job.device or known["device"]}
    if "data_dir" in kind.model_fields:
        given["data_dir"] = job.data_dir
    elif job.data_dir is not None:
        raise OptionError(f"{job.dataset} has no files. Leave --data-dir out.")
    return kind.complete({**known, **given})


def opened_for(job: EvaluationJob, context: Context) -> Dataset:
    """Return the data set of an evaluation, opened with the options of the training."""
    options = read_training(Path(job.training)).options
    return opened(job.dataset, job.data_dir, options, own_size_of(options), context)


def evaluated(job: EvaluationJob, context: Context) -> Work:
    """Run an evaluation, and yield its only step at the end."""
    folder = Path(job.training)
    training = fitting_job_of(job)
    if training is not None:
        result = yield from _evaluated_on_sequences(job, training, folder, context)
        return result
    with memory_guard("these pictures", "Close other programs, or evaluate on a larger machine."):
        dataset = opened_for(job, context)
        found = evaluate(folder, dataset, job.part, device=job.device)
        files = _files(job, found, dataset.name, read_training(folder).details.network)
        source = source_of(job.dataset)
    measured = Measured(measures=dict(found.measures))
    result = Result(
        job,
        files,
        found.inputs if source is None else {**found.inputs, "dataset": source},
        found.device,
        found.precision,
        lambda _written: measured,
        steps=1,
        notes=tuple(found.notes),
    )
    try:
        yield Step(1, 1, found.measures)
    except KeyboardInterrupt:  # the evaluation is complete
        return result
    return result


def _evaluated_on_sequences(job: EvaluationJob, training: FittingJob, folder: Path, context: Context) -> Work:
    with memory_guard("this evaluation", "Close other programs, or evaluate on a larger machine."):
        found = training.evaluated(folder, job.part, context)
    values = {
        "part": found.part,
        "dataset": found.dataset,
        "network": found.network,
        **found.measures,
        "table": {name: dict(row) for name, row in found.rows.items()},
    }
    measured = Measured(measures=dict(found.measures))
    files = {"table": TableProduct(values), **found.files}
    device = str(choose_device(training.device))
    result = Result(job, files, found.inputs, device, "float32", lambda _written: measured, steps=1, notes=found.notes)
    try:
        yield Step(1, 1, {name: each for name, each in found.measures.items() if isinstance(each, float)})
    except KeyboardInterrupt:  # the evaluation is complete
        return result
    return result


def _files(job: EvaluationJob, found: Evaluation, dataset: str, network: str) -> dict[str, Product]:
    values = {
        "part": job.part if found.own else "all",
        "dataset": dataset,
        "network": network,
        **found.measures,
        "table": {row.name: {key: _number(value) for key, value in row.numbers.items()} for row in found.rows},
    }
    files: dict[str, Product] = {"table": TableProduct(values)}
    if found.confusion is not None:
        files["confusion"] = PictureProduct(confusion_matrix(found.confusion, found.classes))
        sheet = worst_mistakes(found)
        if sheet is not None:
            files["mistakes"] = PictureProduct(sheet)
    if found.classical is not None:
        files["ellipses"] = PictureProduct(worst_ellipses(found))
    return files


def _number(value: float) -> float | None:
    """Return the number, or None if it is not finite: JSON has no NaN."""
    return value if math.isfinite(value) else None
