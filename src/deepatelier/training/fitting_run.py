"""A training that fits one network, as the steps of a job: checkpoints, resumption, run folder and record."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from deepatelier.devices import memory_guard, precision_name
from deepatelier.errors import OptionError, OutputError, RecordError, StateError
from deepatelier.files import make_folder, write_atomically
from deepatelier.jobs import (
    RECORD_NAME,
    Context,
    Record,
    Result,
    State,
    Step,
    Work,
    fingerprint,
    named,
    read_record,
    this_machine,
    uninterrupted,
)
from deepatelier.networks import WEIGHTS_NAME
from deepatelier.training.contradictions import check_fit
from deepatelier.training.early_stopping import EarlyStopping
from deepatelier.training.fit import FitStep, fit
from deepatelier.training.fit_options import FitOptions
from deepatelier.training.fitting_job import FittingJob
from deepatelier.training.history import Row
from deepatelier.training.parts import PARTS
from deepatelier.training.run_folder import CHECKPOINT_NAME, own_folder, write_history
from deepatelier.training.tasks.supervised import NETWORK
from deepatelier.training.training_films import TrainingFilms
from deepatelier.training.validation import Validation

__all__ = ["FittingRun", "prepared", "trained"]

_CHECKPOINT_SECONDS = 10.0
"""The minimum time between two checkpoints."""

_Outcome = Literal["begun", "finished", "interrupted", "failed"]
_Job = TypeVar("_Job", bound=FittingJob)


def prepared(job: FittingJob, context: Context) -> FittingRun:
    """Return the training that a job describes. All errors of options and inputs are raised here."""
    folder = own_folder(context.folder)
    with _guard():
        return FittingRun(_checked(job, folder), folder, context)


def trained(job: FittingJob, context: Context, state: State | None) -> Work:
    """Train, yield the steps of a job, and write its run folder. After an error or Ctrl-C, the results so far."""
    run = prepared(job, context)
    if run.job.resume:
        state = state or _checkpoint(run.folder)
    run.check(state)  # before the record in the folder is written
    for note in run.notes:
        context.say(note)
    run.begin()
    outcome: _Outcome = "failed"
    step: Step | None = None
    try:
        with _guard(), closing(run.steps(state)) as steps:  # type: ignore[type-var]
            for step in steps:
                run.keep(step)
                yield step
        outcome = "finished"
    except (KeyboardInterrupt, GeneratorExit) as stop:
        outcome = "interrupted"
        if isinstance(stop, GeneratorExit):
            raise
    finally:
        with uninterrupted():
            if outcome == "interrupted" and step is not None:
                run.write_checkpoint(step)
            run.end(outcome)
    record = run.record()
    return Result(
        run.job,
        {},
        run.inputs,
        record.device,
        record.precision,
        steps=record.steps,
        notes=() if context.folder is not None else (f"The run folder is {run.folder}.",),
        interrupted=record.interrupted,
        details=record.details,
        record=record,
    )


class FittingRun:
    """A training of a job, and its run folder.

    Args:
        job: The job, with the options of the training that it resumes, if it resumes one.
        folder: The run folder.
        context: Where it runs.

    Attributes:
        rows: The measures of each epoch so far.
        taken: The number of steps so far.
        notes: Messages for the user.
    """

    def __init__(self, job: FittingJob, folder: Path, context: Context) -> None:
        self.job, self.folder = job, folder
        if isinstance(job, FitOptions):
            check_fit(job)
        self.fitting = job.fitting(context)
        self.inputs = {"dataset": self.fitting.data}
        self.notes = self.fitting.notes
        self.rows: list[Row] = []
        self.taken = 0
        patience = getattr(job, "early_stopping", None)
        if PARTS[1] not in self.fitting.measured:
            usual = patience is None or patience == type(job).model_fields["early_stopping"].default
            if not usual or getattr(job, "schedule", "") == "plateau":
                name = "--schedule plateau" if usual else "--early-stopping"
                raise OptionError(f"{name} needs a validation part, but there is none. Raise --validation.")
            patience = None
        self._stopping = EarlyStopping(patience, job.tolerance) if patience else None  # type: ignore[attr-defined]
        self._films = TrainingFilms(self.fitting.views, self.fitting.frames, self.planned)
        self._state: _Outcome = "begun"
        self._not_reproducible = _changed_epochs(job, folder) if job.resume else ""
        self._written = time.monotonic()

    @property
    def planned(self) -> int:
        """The number of steps of the whole training."""
        return self.job.epochs * len(self.fitting.batches)

    def steps(self, state: State | None = None) -> Iterator[Step]:
        """Train step by step.

        Args:
            state: The state of an earlier step, to resume after it.

        Raises:
            DivergenceError: The loss is no longer finite.
            StateError: The state is of another training.
        """
        known = None if state is None else self._restored(state)
        fitting, fabric = self.fitting, self.fitting.fabric()
        measure, network = Validation(fitting.task, fitting.measured, fabric), fitting.player.network
        if known is None:
            self._films.note(0)
        if self._stopping is None or not self._stopping.ended:
            steps = fit(
                fitting.task,
                {NETWORK: fitting.player},
                fitting.batches,
                self.job.epochs,
                fabric=fabric,
                measure=measure,
                state=known,
            )
            for step in steps:
                self.taken, ended = step.index, False
                if step.row is not None:
                    self.rows.append(step.row)
                    ended = self._stopping is not None and self._stopping.ends_after(step.row, network)
                validation = {name: each for name, each in self._last.items() if name.startswith(PARTS[1])}
                self._films.note(step.index)
                values = {"epoch": step.epoch, **step.losses, **validation}
                yield Step(step.index, self.planned, values, _state=partial(self._state_after, step))
                if ended:
                    break
        if self._stopping is not None and self._stopping.weights:
            network.load_state_dict(self._stopping.weights)

    @property
    def _last(self) -> Row:
        return self.rows[-1] if self.rows else {}

    def check(self, state: State | None) -> None:
        """Raise StateError if a state is of another training."""
        if state is not None and state.fingerprint != self._fingerprint():
            raise StateError("The state is of another training: data or options differ. Start again without it.")

    def _restored(self, state: State) -> Mapping[str, Any]:
        """Restore the measures of a state, and return the state of the weights. Raises StateError."""
        self.check(state)
        self.rows, self.taken = [dict(row) for row in state.values["rows"]], state.index
        if self._stopping is not None:
            self._stopping.load_state_dict(state.values["stopping"])
            if self._not_reproducible:
                self._stopping.go_on()
        self._films.load_state_dict(state.values["films"])
        known: Mapping[str, Any] = state.values["fit"]
        return known

    def _state_after(self, step: FitStep) -> State:
        values = {
            "fit": step.state,
            "rows": [dict(row) for row in self.rows],
            "films": self._films.state_dict(),
            "stopping": None if self._stopping is None else copy.deepcopy(self._stopping.state_dict()),
        }
        return State(step.index, values, self._fingerprint())

    def _fingerprint(self) -> str:
        """Return the fingerprint of everything that determines the weights, except the number of epochs."""
        left_out = self.job.free | {"epochs", "dataset", "data_dir", "resume"}
        values = self.job.model_dump(mode="json", exclude=set(left_out))
        return fingerprint(values, self.fitting.data.sha256)

    def begin(self) -> None:
        """Create the run folder, and write the record."""
        make_folder(self.folder)
        self._write_record()

    def keep(self, step: Step) -> None:
        """Write a checkpoint, if the last one is some time ago."""
        if time.monotonic() - self._written > _CHECKPOINT_SECONDS:
            self.write_checkpoint(step)

    def write_checkpoint(self, step: Step) -> None:
        """Write the state after a step, from which the training resumes."""
        assert step.state is not None
        write_atomically(self.folder / CHECKPOINT_NAME, step.state.to_bytes())
        self._written = time.monotonic()

    def end(self, outcome: _Outcome) -> None:
        """Write the weights, the history, what the network makes, and the record."""
        self._state = outcome
        if outcome != "failed":
            write_atomically(self.folder / WEIGHTS_NAME, self.fitting.save())
            for name, data in {**self._films.files(), **self.fitting.sample()}.items():
                write_atomically(self.folder / name, data)
        if self.rows:
            write_history(self.folder, self.rows, self.fitting.measure, self.fitting.title)
        self._write_record()

    def _write_record(self) -> None:
        write_atomically(self.folder / RECORD_NAME, (self.record().to_json(indent=1) + "\n").encode())

    def record(self) -> Record:
        """Return the record of the training so far."""
        best = None if self._stopping is None else self._stopping.best_epoch
        row = next((row for row in self.rows if row["epoch"] == best), self._last)
        details: dict[str, Any] = {
            "state": self._state,
            "epochs": len(self.rows),
            **({} if best is None else {"best_epoch": best}),
            **({"not_reproducible": self._not_reproducible} if self._not_reproducible else {}),
            **self.fitting.details,
            "parameters": self.fitting.parameters,
        }
        measures = {name: each for name, each in row.items() if name.startswith((*PARTS, "running"))}
        files = {"data_dir": None} if "data_dir" in type(self.job).model_fields else {}
        return Record(
            job=named(self.job.model_copy(update=files), self.inputs),
            inputs=self.inputs,
            part="folder",
            output=self.folder.name,
            seconds=self._last.get("seconds", 0.0),
            steps=self.taken,
            interrupted=self._state in ("interrupted", "failed"),
            device=str(self.fitting.device),
            precision=precision_name(self.fitting.precision),
            machine=this_machine(self.fitting.device),
            measures={name: each for name, each in measures.items() if math.isfinite(each)},
            details=details,
        )


def _checked(job: _Job, folder: Path) -> _Job:
    """Return the job with the options of the training in its folder, if it resumes that.

    Raises:
        OutputError: The folder contains a training, and the job does not resume it.
        RecordError: There is no such training to resume.
        OptionError: It is finished, or an option differs.
    """
    there = (folder / RECORD_NAME).exists()
    if not job.resume:
        if there and (read_record(folder).details.get("state") != "failed" or _has_results(folder)):
            raise OutputError(f"{folder} contains a training already. Continue it with --resume, or give another -o.")
        return job
    if not there:
        raise RecordError(f"{folder} is not a run folder: it contains no {RECORD_NAME}.")
    record = read_record(folder)
    if record.kind != job.kind:
        raise RecordError(f"{folder} is another kind of training: its record belongs to {record.kind}.")
    known = {name: each for name, each in record.job.items() if name in type(job).model_fields}
    now = {name: getattr(job, name) for name in job.model_fields_set}
    if record.details.get("state") == "finished" and now.get("epochs", 0) <= known["epochs"]:
        raise OptionError(f"The training in {folder} is finished. Give more --epochs to continue it, or another -o.")
    for name in (known.keys() & now.keys()) - job.free - {"epochs", "dataset", "data_dir"}:
        if known[name] != type(job).complete(now).model_dump(mode="json", include={name})[name]:
            raise OptionError(f"--{name.replace('_', '-')} was {known[name]} in {folder}. Resume with the same value.")
    return type(job).complete({**known, **now})


def _has_results(folder: Path) -> bool:
    return any((folder / name).exists() for name in (WEIGHTS_NAME, CHECKPOINT_NAME))


def _changed_epochs(job: FittingJob, folder: Path) -> str:
    """Return why the record of a resumed training cannot reproduce it; empty if it can."""
    record = read_record(folder)
    before = record.details.get("not_reproducible", "")
    if before or record.job["epochs"] == job.epochs:
        return str(before)
    return (
        f"The training was started with --epochs {record.job['epochs']} and resumed with --epochs {job.epochs}: rerun "
        "uses the latter from the start."
    )


def _checkpoint(folder: Path) -> State | None:
    """Return the state in the checkpoint of a run folder; None if there is none. Raises StateError."""
    path = folder / CHECKPOINT_NAME
    if not path.exists():
        return None
    try:
        return State.from_bytes(path.read_bytes())
    except StateError as error:
        raise StateError(f"The checkpoint {path} is damaged. Start again in another folder.") from error


def _guard() -> Any:
    return memory_guard("this training", "Lower --batch-size or --width.")
