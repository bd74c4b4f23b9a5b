"""A training: from a data set and options to a folder with weights, curves and their record."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Literal

from deepatelier.data import ELLIPSE, Dataset, Labelled
from deepatelier.devices import choose_device, choose_precision, precision_name
from deepatelier.files import make_folder, write_atomically
from deepatelier.inputs import Input
from deepatelier.jobs import Record, Step, named, this_machine, uninterrupted
from deepatelier.networks import WEIGHTS_NAME, Trained, save_trained, trained_file, weights_of
from deepatelier.training.augmentation import augmentation
from deepatelier.training.contradictions import check_options, check_parts
from deepatelier.training.curves import curves
from deepatelier.training.ellipse import EllipseRegression
from deepatelier.training.history import History, Row, as_csv
from deepatelier.training.initial_network import InitialModel, initial_model, network_for, resized
from deepatelier.training.interruption import Stop, Stopped
from deepatelier.training.linear_regression import solve
from deepatelier.training.module import PARTS, TrainingModule
from deepatelier.training.parts import parts_of
from deepatelier.training.prediction import measured, outputs_of
from deepatelier.training.run_folder import CURVES_NAME, HISTORY_NAME, check_free, epochs_done
from deepatelier.training.stepping import stepped
from deepatelier.training.tasks import Classification, Regression, Task
from deepatelier.training.train_job import TrainingOptions, TrainJob
from deepatelier.training.trainer import Trainer, is_global_zero
from deepatelier.training.training_record import TrainingDetails, data_input, fingerprints, write_training
from deepatelier.training.transfer import features_of, head_of

__all__ = ["Training", "task_of"]


def task_of(dataset: Dataset, train: Labelled, options: TrainingOptions) -> Task:
    """What is to be told of a data set's pictures."""
    if dataset.values:
        return EllipseRegression.of(train.targets) if dataset.values == ELLIPSE else Regression(dataset.values)
    return Classification(dataset.classes, options.loss, options.label_smoothing)


class Training:
    """A network that is fitted to a data set: what a `TrainJob` carries out, for data of any origin.

    Args:
        dataset: The pictures.
        options: See `TrainingOptions`.
        folder: Where the weights, curves and record go; it is made when the training begins.
        resume: Go on with the training in that folder, with the same options; ``epochs`` may be more.
        tensorboard: Write what is measured for TensorBoard too.
        source: The data set's file or folder, for the record; None for what has none.

    Attributes:
        details: What the record says of the training, as far as it is.
        network: The network.
        notes: What the user should know.

    Raises:
        UnknownNameError: No such network, weights or recipe.
        OptionError: An option does not fit the data set, the network or the machine.
        OutputError: The folder has a training.
        RecordError: There is no training to go on with.
        WeightsError: Pretrained weights are not at hand.
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
    ) -> None:
        options = options.resolved()
        check_options(options, dataset)
        if not resume and is_global_zero():
            check_free(folder)
        self.options, self.folder, self._resume, self._tensorboard = options, folder, resume, tensorboard
        self.device = choose_device(options.device)
        self.precision = choose_precision(options.precision, self.device)
        self.notes = list(dataset.skipped)
        given = dataset.shape
        name = network_for(options, dataset.shape)
        dataset = resized(dataset, name, options)
        if dataset.shape != given:
            sides = " x ".join(map(str, dataset.shape[1:]))
            self.notes.append(f"{name} does not take {given[1]} x {given[2]} pixels: they are resized to {sides}.")
        self._parts = parts_of(dataset, options)
        check_parts(options, self._parts)
        self.task = task_of(dataset, self._parts.train, options)
        self._initial: InitialModel = initial_model(options, dataset, self._parts.train, self.task.outputs)
        self.network = self._initial.network
        self.network.classes = dataset.classes
        if options.head_epochs:
            head_of(self.network, self._initial.new)
        self._history, self._stop = History(), Stop()
        self._done = self._taken = 0
        self._seconds, self._measures = 0.0, dict[str, float]()
        self.details = TrainingDetails(
            dataset=dataset.name,
            network=self._initial.name,
            parameters=sum(each.numel() for each in self.network.parameters()),
            classes=dataset.classes,
            values=dataset.values,
            parts=fingerprints(self._parts),
        )
        self.inputs = {"dataset": source or data_input(dataset.name, self.details.parts), **self._files()}
        if resume:
            self._done = epochs_done(folder, options, self.details)

    @property
    def rows(self) -> list[Row]:
        """What was measured in each epoch."""
        return self._history.rows

    @property
    def planned(self) -> int:
        """Steps of the whole training, with those that were taken before it was resumed."""
        return self._batches * (self.options.epochs + self.options.head_epochs)

    @property
    def record(self) -> Record:
        """The training's record, as far as it is."""
        values = self.options.model_dump(include=set(TrainingOptions.model_fields))
        job = TrainJob.complete({**values, "dataset": self.details.dataset, "tensorboard": self._tensorboard})
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
            measures={name: value for name, value in self._measures.items() if math.isfinite(value)},
            details=self.details.model_dump(mode="json"),
        )

    def fit(self, progress: Callable[[Step], None] = lambda _: None) -> None:
        """Train, and write the folder. What there is when an error or Ctrl-C comes is written too.

        Args:
            progress: Is called after each step.

        Raises:
            OptionError: The loss is not a number any more.
            KeyboardInterrupt: The user has had enough.
        """
        with closing(self.steps()) as steps:
            for step in steps:
                progress(step)
        if self.details.state == "interrupted":
            raise KeyboardInterrupt

    def steps(self) -> Generator[Step, None, None]:
        """Train, step by step, and write the folder; what there is when an error or Ctrl-C comes is written too.

        Who stops it throws KeyboardInterrupt, or closes it.

        Raises:
            OptionError: The loss is not a number any more.
            OutputError: The folder cannot be made.
        """
        if not self._resume and is_global_zero():
            make_folder(self.folder)
            self._write_record()
        began = time.perf_counter()
        state: Literal["finished", "interrupted", "failed"] = "failed"
        self._taken = self._batches * self._done
        try:
            if self.options.optimizer == "closed-form":
                self._solve()
                self._taken = 1
            else:
                yield from stepped(self._descend, self._stop.ask)
                self._stop.check()
            state = "finished"
        except (KeyboardInterrupt, Stopped):
            state = "interrupted"
        except GeneratorExit:
            state = "interrupted"
            raise
        finally:
            with uninterrupted():
                self._end(state, time.perf_counter() - began)

    @property
    def _batches(self) -> int:
        """In an epoch."""
        size = self.options.batch_size
        return 1 if size == "all" else max(1, len(self._parts.train) // size)

    def _solve(self) -> None:
        found = solve(self.network, self._parts.train, self.task.wanted(self._parts.train.targets), self.options.l2)
        self.notes.append(
            f"The equations have rank {found.rank} of {found.weight.shape[1] + 1}"
            + (f": solved with a ridge of {found.ridge:.3g}." if found.ridge else ".")
        )
        row: Row = {"epoch": 1, "step": 1, "seconds": 0.0}
        for name, part in zip(PARTS, self._parts[:2], strict=True):
            if len(part):
                row |= measured(self.task, outputs_of(self.network, part), part, name)
        self._history.rows = [row]

    def _descend(self, report: Callable[[Step], None]) -> None:
        options, (train, validation, _) = self.options, self._parts

        def progress(values: Mapping[str, float]) -> None:
            self._taken += 1
            report(Step(self._taken, self.planned, values))

        _, height, width = train.images.shape[1:]
        change = augmentation(options, (height, width)) if options.augment else None
        history = self._history = History(progress)
        place = self._stop, self.folder, self.device, self.precision, bool(len(validation))
        main = Trainer(TrainingModule(self.network, self.task, options, train, validation, change), history, *place)
        goes_on = self._resume and main.has_checkpoint
        if options.head_epochs and not goes_on:
            path = self._initial.new
            known, unknown = (
                features_of(self.network, path, part, self.device, self.precision) if len(part) else part
                for part in (train, validation)
            )
            self._stop.check()
            rate = None if options.epochs else options.learning_rate  # that of fine-tuning is far too small for a head
            phase = options.model_copy(
                update={
                    "epochs": options.head_epochs,
                    "learning_rate": rate,
                    "augment": (),
                    "views": 1,
                    "progressive_resizing": 0,
                }
            )
            fitting = TrainingModule(self.network.get_submodule(path), self.task, phase, known, unknown)
            Trainer(fitting, history, *place, keeps=False).run()
            history.begin_phase()
        if options.epochs:
            best = replace(main, tensorboard=self._tensorboard).run(goes_on=goes_on)
            self.details = self.details.model_copy(update={"best_epoch": best})

    def _end(self, state: Literal["finished", "interrupted", "failed"], seconds: float) -> None:
        """Complete the record, and write weights, history, curves and it."""
        rows = self.rows
        best = self.details.best_epoch
        known = next((row for row in rows if row["epoch"] == best), rows[-1] if rows else {})
        self._seconds = rows[-1]["seconds"] if rows and self.options.optimizer != "closed-form" else seconds
        self._measures = {name: value for name, value in known.items() if name.startswith(PARTS)}
        epochs = int(rows[-1]["epoch"]) if rows else 0
        self.details = self.details.model_copy(update={"state": state, "epochs": epochs})
        if not is_global_zero():
            return
        if state != "failed":
            write_atomically(self.folder / WEIGHTS_NAME, save_trained(self.network, self._about()))
        if rows:
            write_atomically(self.folder / HISTORY_NAME, as_csv(rows).encode())
            title = f"{self.details.network} on {self.details.dataset}"
            write_atomically(self.folder / CURVES_NAME, curves({"": rows}, self.task.measure, title))
        self._write_record()

    def _about(self) -> Trained:
        task, values = self.task, self.details.values
        return Trained.normalized(
            self.network,
            network=self._initial.name,
            options=self._initial.options,
            classes=self.details.classes,
            values=getattr(task, "numbers", values),
            shift=getattr(task, "shift", (0.0,) * len(values)),
            scale=getattr(task, "scale", (1.0,) * len(values)),
            input_size=tuple(self._parts.train.images.shape[1:]),
        )

    def _write_record(self) -> None:
        write_training(self.folder, self.record, self.options)

    def _files(self) -> dict[str, Input]:
        """The file of pretrained weights, if they are one."""
        weights = self.options.weights
        if weights is None or weights in weights_of(self._initial.name):
            return {}
        return {"weights": Input.of(trained_file(weights) or weights)}
