"""A training: from a data set and options to a run folder with weights, curves and their record."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

from deepatelier.data import Dataset, Labelled
from deepatelier.devices import choose_device, choose_precision, precision_name
from deepatelier.errors import DivergenceError, StateError
from deepatelier.files import make_folder, write_atomically
from deepatelier.inputs import Input
from deepatelier.jobs import Record, State, Step, fingerprint, named, this_machine, uninterrupted
from deepatelier.networks import WEIGHTS_NAME, save_trained, trained_file, weights_of
from deepatelier.training.batches_of import measured_batches, training_batches
from deepatelier.training.contradictions import check_options
from deepatelier.training.early_stopping import EarlyStopping
from deepatelier.training.fit import FitStep, fit
from deepatelier.training.history import Row
from deepatelier.training.initial_network import network_for
from deepatelier.training.parts import PARTS
from deepatelier.training.player_of import player_of
from deepatelier.training.problem import Problem
from deepatelier.training.processes import end_processes, fabric_for, is_global_zero
from deepatelier.training.run_folder import (
    CHECKPOINT_NAME,
    check_free,
    resumption_of,
    write_history,
)
from deepatelier.training.tasks.supervised import NETWORK
from deepatelier.training.tensorboard import Scalars
from deepatelier.training.train_job import TrainingOptions, TrainJob
from deepatelier.training.training_record import data_input, write_training
from deepatelier.training.transfer import features_of, head_of
from deepatelier.training.validation import Validation

__all__ = ["Training"]

_CHECKPOINT_SECONDS = 1.0
"""The minimum time between two checkpoints."""


class _Stopped(Exception):  # noqa: N818 (no error)
    """All processes have to stop after the same batch."""


class Training:
    """The training of a network on a data set, as a `TrainJob` runs it, for data from any source.

    Args:
        dataset: The pictures and targets.
        options: See `TrainingOptions`.
        folder: The run folder; it is created when the training starts.
        resume: Continue the training in that folder, with the same options; ``epochs`` may be larger.
        tensorboard: Write the rows for TensorBoard as well.
        source: The data set's file or folder, for the record; None if it has none.
        state: The state of a step of an equal training, to resume after it.

    Attributes:
        details: The details of the record so far.
        network: The network.
        rows: The measures of each epoch so far.
        notes: Messages for the user.

    Raises:
        UnknownNameError: There is no such network, weights or preset.
        OptionError: An option does not suit the data set, the network or the machine.
        OutputError: The folder contains a training already.
        RecordError: There is no training to resume.
        StateError: The state is of another training.
        WeightsError: Pretrained weights are not available.
    """

    def __init__(
        self,
        dataset: Dataset,
        options: TrainingOptions,
        folder: Path,
        *,
        resume: bool = False,
        tensorboard: bool = False,
        source: Input | None = None,
        state: State | None = None,
    ) -> None:
        options = options.resolved()
        check_options(options, dataset)
        if not resume and is_global_zero():
            check_free(folder)
        self.options, self.folder, self._tensorboard = options, folder, tensorboard
        self.device = choose_device(options.device)
        self.precision = choose_precision(options.precision, self.device)
        self._fabric = fabric_for(self.device, self.precision, options.processes)
        self.notes = list(dataset.skipped)
        self._problem = problem = Problem.of(dataset, options)
        self._parts, self.task, self.details = problem.parts, problem.task, problem.details
        self.network = problem.initial.network
        given, accepted = (
            " x ".join(map(str, each)) for each in (dataset.shape[1:], self._parts.train.images.shape[2:])
        )
        if accepted != given:
            name = network_for(options, dataset.shape)
            self.notes.append(f"{name} does not accept pictures of {given} pixels: they are resized to {accepted}.")
        if self.details.recurrent_layers:
            self.notes.append(f"The recurrent layers are computed by {self.details.recurrent_layers}.")
        if options.head_epochs:
            head_of(self.network, problem.initial.new)
        self._stopping = EarlyStopping(options.early_stopping, options.tolerance) if options.early_stopping else None
        self.rows: list[Row] = []
        self._taken, self._seconds, self._before = 0, 0.0, 0.0
        self._written = time.monotonic()
        self._scalars: Scalars | None = None
        self.inputs = {"dataset": source or data_input(dataset.name, self.details.parts), **self._files()}
        if resume:
            kept, reason = resumption_of(folder, options, self.details)
            self.details = self.details.model_copy(update={"not_reproducible": reason})
            self.notes += [reason] if reason else []
            state = state or kept
        self._resumed = self._checked(state)

    @property
    def planned(self) -> int:
        """The number of steps of the whole training, including those before it was resumed."""
        return self._batches * (self.options.epochs + self.options.head_epochs)

    @property
    def _batches(self) -> int:
        """The number of batches in an epoch."""
        return max(1, len(self._parts.train) // self._batch_size)

    @property
    def _batch_size(self) -> int:
        size = self.options.batch_size
        return len(self._parts.train) if size == "all" else min(size, len(self._parts.train))

    @property
    def record(self) -> Record:
        """The record of the training so far."""
        values = self.options.model_dump(include=set(TrainingOptions.model_fields))
        job = TrainJob.complete({**values, "dataset": self.details.dataset, "tensorboard": self._tensorboard})
        best = self.details.best_epoch
        row = next((row for row in self.rows if row["epoch"] == best), self.rows[-1] if self.rows else {})
        return Record(
            job=named(job, self.inputs),
            inputs=self.inputs,
            part="folder",
            output=self.folder.name,
            seconds=round(self._seconds, 3),
            steps=self._taken,
            interrupted=self.details.state in ("interrupted", "failed"),
            device=str(self.device),
            precision=precision_name(self.precision),
            machine=this_machine(self.device),
            measures={name: each for name, each in row.items() if name.startswith(PARTS) and math.isfinite(each)},
            details=self.details.model_dump(mode="json"),
        )

    def fit(self, progress: Callable[[Step], None] = lambda _step: None) -> None:
        """Run all steps, and write the run folder. After an error or Ctrl-C, the results so far are written.

        Args:
            progress: Called after each step.

        Raises:
            DivergenceError: The loss is no longer a finite number.
            KeyboardInterrupt: It was interrupted.
        """
        with closing(self.steps()) as steps:
            for step in steps:
                progress(step)
        if self.details.state == "interrupted":
            raise KeyboardInterrupt

    def steps(self) -> Generator[Step, None, None]:
        """Train step by step, and write the run folder. After an error or Ctrl-C, the results so far are written.

        To stop it, throw KeyboardInterrupt into the generator, or close it.

        Raises:
            DivergenceError: The loss is no longer a finite number.
            OutputError: The folder cannot be created.
        """
        if is_global_zero():
            make_folder(self.folder)
            write_training(self.folder, self.record, self.options)
        self._scalars = Scalars(self.folder) if self._tensorboard and is_global_zero() else None
        outcome: Literal["finished", "interrupted", "failed"] = "failed"
        whole: Step | None = None
        together = False  # whether all processes end here
        try:
            self._fabric.launch()
            with closing(self._phases()) as steps:
                for step in steps:
                    asked, whole = False, step
                    try:
                        yield step
                    except KeyboardInterrupt:
                        asked = True
                    if self._agreed(asked):
                        raise _Stopped
                    whole = None
            outcome, together = "finished", True
        except KeyboardInterrupt:
            outcome = "interrupted"
        except _Stopped:
            outcome, together = "interrupted", True
        except DivergenceError:
            together = True
            raise
        except GeneratorExit:
            outcome = "interrupted"
            raise
        finally:
            with uninterrupted():
                if whole is not None and outcome == "interrupted":
                    self._write_checkpoint(whole)
                self._end(outcome)
                if self._scalars is not None:
                    self._scalars.close()
                if together:
                    end_processes()

    def _agreed(self, asked: bool) -> bool:
        """Return whether any of the processes has to stop."""
        if self._fabric.world_size == 1:
            return asked
        return self._fabric.strategy.reduce_boolean_decision(asked, all=False)

    def _phases(self) -> Generator[Step, None, None]:
        """Train only the new head, if the options require it, and then all weights."""
        options, (train, validation, _) = self.options, self._parts
        known: Mapping[str, Any] = {} if self._resumed is None else self._resumed.values
        phase, state = known.get("phase", 0 if options.head_epochs else 1), known.get("fit")
        if phase == 0:
            path = self._problem.initial.new
            features = [
                features_of(self.network, path, part, self._fabric.device, self.precision) if len(part) else part
                for part in (train, validation)
            ]
            rate = None if options.epochs else options.learning_rate  # that of fine-tuning is too low for a head
            alone = {"epochs": options.head_epochs, "learning_rate": rate, "augment": (), "views": 1}
            of_head = options.model_copy(update={**alone, "progressive_resizing": 0})
            yield from self._fitted(0, self.network.get_submodule(path), of_head, features, state)
            state, self._before = None, self._seconds
        if options.epochs:
            yield from self._fitted(1, self.network, options, [train, validation], state)
        if self._stopping is not None and self._stopping.weights:
            self.network.load_state_dict(self._stopping.weights)
            self.details = self.details.model_copy(update={"best_epoch": self._stopping.best_epoch})

    def _fitted(
        self,
        phase: int,
        network: nn.Module,
        options: TrainingOptions,
        parts: Sequence[Labelled],
        state: Mapping[str, Any] | None,
    ) -> Iterator[Step]:
        """Train a network, and yield the steps as those of the whole training."""
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        batches = training_batches(parts[0], options, self._batch_size, self._fabric)
        player = player_of(network, options, self._batch_size, len(batches), pretrained=options.weights is not None)
        task = self.task.with_views(options.views)
        steps = fit(
            task,
            {NETWORK: player},
            batches,
            options.epochs,
            fabric=self._fabric,
            measure=Validation(task, measured_batches(parts[0], parts[1], self._fabric), self._fabric),
            measure_every=options.validate_every,
            state=state,
        )
        epochs_before = phase * self.options.head_epochs
        stopping = self._stopping if phase == 1 else None
        ended = stopping is not None and stopping.ended
        while not ended and (step := next(steps, None)) is not None:
            self._taken = epochs_before * len(batches) + step.index
            if step.row is not None:
                self._note(step.row | {"epoch": step.epoch + epochs_before})
                ended = stopping is not None and stopping.ends_after(self.rows[-1], network)
            values = {"epoch": step.epoch + epochs_before, **step.losses, **self._validation_of(self.rows)}
            whole = Step(self._taken, self.planned, values, _state=partial(self._state, phase, step, self._taken))
            last = ended or step.epoch == options.epochs
            if step.row is not None and (last or time.monotonic() - self._written > _CHECKPOINT_SECONDS):
                self._write_checkpoint(whole)
            yield whole

    def _note(self, row: Row) -> None:
        """Record the measures of an epoch, with steps and seconds of both phases."""
        self._seconds = round(self._before + row["seconds"], 3)
        self.rows.append(row | {"step": self._taken, "seconds": self._seconds})
        if self._scalars is not None:
            self._scalars.add(self.rows[-1])

    @staticmethod
    def _validation_of(rows: Sequence[Row]) -> Row:
        return {name: each for name, each in (rows[-1] if rows else {}).items() if name.startswith(PARTS[1])}

    def _state(self, phase: int, step: FitStep, index: int) -> State:
        """Return the state from which the training resumes after a step."""
        if index != self._taken:
            raise RuntimeError(f"the state after step {index} is gone: the training is at step {self._taken}")
        values = {
            "phase": phase,
            "fit": step.state,
            "rows": [dict(row) for row in self.rows],
            "before": self._before,
            "stopping": None if self._stopping is None else copy.deepcopy(self._stopping.state_dict()),
        }
        return State(index, values, self._fingerprint())

    def _fingerprint(self) -> str:
        """Return the fingerprint of everything that determines the weights, except the number of epochs."""
        left_out = {"epochs", "device", "processes", "weights"}
        values = self.options.model_dump(mode="json", include=set(TrainingOptions.model_fields) - left_out)
        parts = {name: part.sha256 for name, part in self.details.parts.items()}
        weights = {name: each.sha256 for name, each in self.inputs.items() if name == "weights"}
        return fingerprint(values, parts, weights)

    def _checked(self, state: State | None) -> State | None:
        """Check a state, restore the measures in it, and return it."""
        if state is None:
            return None
        if state.fingerprint != self._fingerprint():
            raise StateError("The state is of another training: options or pictures differ. Start again without it.")
        self.rows, self._before = [dict(row) for row in state.values["rows"]], state.values["before"]
        self._taken, self._seconds = state.index, self.rows[-1]["seconds"] if self.rows else 0.0
        if self._stopping is not None:
            self._stopping.load_state_dict(state.values["stopping"])
            if self.details.not_reproducible:
                self._stopping.go_on()
        return state

    def _write_checkpoint(self, step: Step) -> None:
        """Write the state after a step. Several processes resume only after whole epochs, with new random numbers."""
        if not is_global_zero() or (self._fabric.world_size > 1 and self._taken % self._batches):
            return
        state = step.state
        assert state is not None
        write_atomically(self.folder / CHECKPOINT_NAME, state.to_bytes())
        self._written = time.monotonic()

    def _end(self, outcome: Literal["finished", "interrupted", "failed"]) -> None:
        """Complete the record, and write the weights, the history and the curves."""
        epochs = int(self.rows[-1]["epoch"]) if self.rows else 0
        self.details = self.details.model_copy(update={"state": outcome, "epochs": epochs})
        if not is_global_zero():
            return
        if outcome != "failed":
            write_atomically(self.folder / WEIGHTS_NAME, save_trained(self.network, self._problem.about()))
        if self.rows:
            title = f"{self.details.network} on {self.details.dataset}"
            write_history(self.folder, self.rows, self.task.measure, title)
        write_training(self.folder, self.record, self.options)

    def _files(self) -> dict[str, Input]:
        """Return the file of pretrained weights, if there is one."""
        weights = self.options.weights
        if weights is None or weights in weights_of(self.details.network):
            return {}
        return {"weights": Input.of(trained_file(weights) or weights)}
