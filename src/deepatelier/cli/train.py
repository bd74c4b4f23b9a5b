"""``atelier train``: train a network on pictures, texts or series."""

from __future__ import annotations

import shlex
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from deepatelier import networks
from deepatelier.cli.form import flag, form_of, made_from
from deepatelier.cli.messages import say
from deepatelier.cli.progress import progress
from deepatelier.errors import OptionError
from deepatelier.jobs import Context, Record, jobs_of, make, stopped_between_steps
from deepatelier.training import ClosedFormJob, FittingJob, SkipGramJob, TrainJob
from deepatelier.training.autoencoders.autoencoder_job import AUTOENCODERS, AutoencoderJob
from deepatelier.training.sequences.possible_tasks import TASKS_OF, task_for

__all__ = ["train"]

_STATE = {"epochs", "best_epoch"}
"""Details of a record that are no counts of the data or the network."""

_JOBS = jobs_of("train")
_Form = form_of(_JOBS)


def train(
    dataset: str,
    /,
    *,
    output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None,
    json: bool = False,
    options: Annotated[_Form, Parameter(name="*")] = _Form(),  # type: ignore[valid-type]  # noqa: B008 (frozen)
) -> None:
    """Train a network on pictures, texts or series. Ctrl-C keeps the weights so far, and --resume continues the run.

    Parameters
    ----------
    dataset
        Pictures: digits, mnist, fashion-mnist, cifar10, eyes, line; or a folder (or .tar, .tar.gz) with one subfolder
        per class. Texts: python, topics, bible, shakespeare; a UTF-8 .txt, or a folder of them, or one folder of them
        per class; or a .csv of texts and labels. Translation: numbers, dates; or a .tsv of sources and targets. Series:
        sunspots, co2; or a .csv of date and value. Sequences: adding. A file that is called like a name is ./name.
    output
        The run folder to write: weights, curves, history, record. Default: runs/DATASET-NETWORK.
    json
        Print the record as one JSON object on stdout.
    """
    from deepatelier.training import is_global_zero  # here: --help does not wait for torch

    job = made_from(_JOBS, {"dataset": dataset}, _with_task(dataset, options))
    assert isinstance(job, (TrainJob, ClosedFormJob, FittingJob))
    if not isinstance(job, ClosedFormJob) and job.resume and output is None:
        raise OptionError("--resume continues the run in a folder: name it with -o.")
    announce = say if is_global_zero() else lambda _text: None
    context = Context(say=announce)
    context.folder = output or job.default_folder(context)
    with stopped_between_steps(context), progress("Training") if is_global_zero() else nullcontext() as show:
        finished = make(job, {"folder": context.folder}, context, on_step=show or (lambda _step: None))
    for note in finished.result.notes:
        announce(note)
    if finished.result.interrupted:
        chosen = (flag(job.choice.flag), job.choice.value) if isinstance(job, FittingJob) and job.choice else ()
        words = _words("train", dataset, *chosen, "--resume", "-o", context.folder, *_data_dir(job))
        announce(f"Interrupted. The weights so far are in {context.folder}. To continue: {words}")
        if json and is_global_zero():
            print(finished.record.to_json())
        sys.exit(130)
    if not is_global_zero():
        return
    if json:
        print(finished.record.to_json())
    elif isinstance(job, FittingJob):
        _report_fitting(job, finished.record, context.folder)
    else:
        _report(finished.record, context.folder)
        say(f"To evaluate it: {_words('evaluate', context.folder, dataset, *_data_dir(job))}")


def _with_task(dataset: str, options: Any) -> Any:
    """Return the flags with the task of the data, if texts, pairs or series are given."""
    given = {name: getattr(options, name) for name in options.model_fields_set}
    if given.get("network") == SkipGramJob.choice.value and "task" not in given:
        return options
    if given.get("network") in AUTOENCODERS and "task" not in given:
        given["task"] = AutoencoderJob.choice.value
    if given.get("task") == AutoencoderJob.choice.value:
        if dataset in TASKS_OF:
            raise OptionError(f"Autoencoders take pictures. Give {dataset} with --task {TASKS_OF[dataset][0]}.")
        return type(options)(**given)
    task = task_for(dataset, given.pop("task", None))
    return type(options)(**given, **({} if task is None else {"task": task}))


def _data_dir(job: TrainJob | ClosedFormJob | FittingJob) -> tuple[str, ...]:
    given: str | None = getattr(job, "data_dir", None)
    return () if given is None else ("--data-dir", given)


def _words(*words: object) -> str:
    """Return a command as it is typed."""
    return shlex.join(["atelier", *map(str, words)])


def _report(record: Record, folder: Path) -> None:
    from deepatelier.training import CURVES_NAME, LINEAR_NAME, TrainingDetails

    details = TrainingDetails.model_validate(record.details)
    for name, value in record.measures.items():
        say(f"{name}: {value:.4g}")
    if details.best_epoch:
        say(f"The saved weights are those of epoch {details.best_epoch}, the best one.")
    parts = ", ".join(f"{part.pictures:,} for {name}" for name, part in details.parts.items())
    takes = networks.listed()[details.network].takes
    epochs, picture = ("1 epoch" if details.epochs == 1 else f"{details.epochs} epochs") + ", ", CURVES_NAME
    if record.kind == ClosedFormJob.kind:
        epochs, picture = "", LINEAR_NAME
    say(f"{details.network}: {details.parameters:,} parameters, {epochs}{record.seconds:.0f} s; {takes}: {parts}.")
    say(f"Wrote {folder}; see {folder / picture}.")


def _report_fitting(job: FittingJob, record: Record, folder: Path) -> None:
    from deepatelier.training import CURVES_NAME

    for name, value in record.measures.items():
        say(f"{name}: {value:.4g}")
    details = record.details
    if "best_epoch" in details:
        say(f"The saved weights are those of epoch {details['best_epoch']}, the best one.")
    epochs = "1 epoch" if details["epochs"] == 1 else f"{details['epochs']} epochs"
    counts = [f"{value:,} {name}" for name, value in details.items() if name not in _STATE and isinstance(value, int)]
    say(f"{', '.join(counts)}; {epochs}, {record.seconds:.0f} s.")
    say(f"Wrote {folder}; see {folder / CURVES_NAME}.")
    for words in job.commands():
        say(f"To use it: atelier {words.format(folder=shlex.quote(str(folder)), dataset=shlex.quote(job.dataset))}")
