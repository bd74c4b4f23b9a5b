"""A training: from a data set and options to a folder with weights, curves and their record."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Literal

from deepatelier.data import ELLIPSE, Dataset, Labelled
from deepatelier.devices import choose_device, choose_precision, precision_name
from deepatelier.errors import OptionError, OutputError, RecordError
from deepatelier.files import make_folder, write_atomically
from deepatelier.networks import WEIGHTS_NAME, Trained, save_trained
from deepatelier.runs import this_machine
from deepatelier.training.augmentation import augmentation
from deepatelier.training.contradictions import check_options, check_parts
from deepatelier.training.curves import curves
from deepatelier.training.descent import CHECKPOINT_NAME, Descent, is_follower
from deepatelier.training.ellipse import EllipseRegression
from deepatelier.training.history import History, Progress, Row, as_csv, from_csv
from deepatelier.training.linear_regression import solve
from deepatelier.training.module import PARTS, Fitting
from deepatelier.training.network import Beginning, begin, network_for, resized
from deepatelier.training.options import TrainingOptions
from deepatelier.training.parts import parts_of
from deepatelier.training.prediction import measured, outputs_of
from deepatelier.training.record import RECORD_NAME, TrainingRecord, fingerprints, read_training
from deepatelier.training.tasks import Classification, Regression, Task
from deepatelier.training.transfer import features_of, head_of

__all__ = ["CURVES_NAME", "HISTORY_NAME", "Training", "read_history", "task_of"]

CURVES_NAME, HISTORY_NAME = "curves.png", "history.csv"


def task_of(dataset: Dataset, train: Labelled, options: TrainingOptions) -> Task:
    """What is to be told of a data set's pictures."""
    if dataset.values:
        return EllipseRegression.of(train.targets) if dataset.values == ELLIPSE else Regression(dataset.values)
    return Classification(dataset.classes, options.loss, options.label_smoothing)


class Training:
    """A network that is fitted to a data set.

    Args:
        dataset: The pictures.
        options: See `TrainingOptions`.
        folder: Where the weights, curves and record go; it is made.
        resume: Go on with the training in that folder, with the same options; ``epochs`` may be more.
        tensorboard: Write what is measured for TensorBoard too.

    Attributes:
        record: The training's record, as far as it is.
        network: The network.
        notes: What the user should know.

    Raises:
        UnknownNameError: No such network, weights or recipe.
        OptionError: An option does not fit the data set, the network or the machine.
        OutputError: The folder has a training, or cannot be made.
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
    ) -> None:
        options = options.resolved()
        check_options(options, dataset)
        if not resume and not is_follower():
            _check_free(folder)
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
        self._beginning: Beginning = begin(options, dataset, self._parts.train, self.task.outputs)
        self.network = self._beginning.network
        self.network.classes = dataset.classes
        if options.head_epochs:
            head_of(self.network, self._beginning.new)
        self._history, self._done = History(), 0
        self.record = TrainingRecord(
            dataset=dataset.name,
            network=self._beginning.name,
            parameters=sum(each.numel() for each in self.network.parameters()),
            options=options,
            classes=dataset.classes,
            values=dataset.values,
            parts=fingerprints(self._parts),
            device=str(self.device),
            precision=precision_name(self.precision),
            machine=this_machine(self.device),
        )
        if resume:
            self._check_same(read_training(folder))
        elif not is_follower():
            make_folder(folder)
            self.record.write(folder)

    @property
    def rows(self) -> list[Row]:
        """What was measured in each epoch."""
        return self._history.rows

    @property
    def steps(self) -> int:
        """Steps that are still to be taken."""
        size = self.options.batch_size
        batches = 1 if size == "all" else max(1, len(self._parts.train) // size)
        return batches * (self.options.epochs + self.options.head_epochs - self._done)

    def fit(self, progress: Progress = lambda _: None) -> None:
        """Train, and write the folder. What there is when an error or Ctrl-C comes is written too.

        Args:
            progress: Is called after each step.

        Raises:
            OptionError: The loss is not a number any more.
            KeyboardInterrupt: The user has had enough.
        """
        began = time.perf_counter()
        state: Literal["finished", "interrupted", "failed"] = "failed"
        try:
            if self.options.optimizer == "closed-form":
                self._solve()
            else:
                self._descend(progress)
            state = "finished"
        except KeyboardInterrupt:
            state = "interrupted"
            raise
        finally:
            if not is_follower():
                self._write(state, time.perf_counter() - began)

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

    def _descend(self, progress: Progress) -> None:
        options, (train, validation, _) = self.options, self._parts
        _, height, width = train.images.shape[1:]
        change = augmentation(options, (height, width)) if options.augment else None
        history = self._history = History(progress)
        place = self.folder, self.device, self.precision, bool(len(validation))
        main = Descent(Fitting(self.network, self.task, options, train, validation, change), history, *place)
        goes_on = self._resume and main.has_checkpoint
        if options.head_epochs and not goes_on:
            path = self._beginning.new
            known, unknown = (
                features_of(self.network, path, part, self.device, self.precision) if len(part) else part
                for part in (train, validation)
            )
            rate = None if options.epochs else options.learning_rate  # that of fine-tuning is far too small for a head
            phase = options.model_copy(
                update={
                    "epochs": options.head_epochs,
                    "learning_rate": rate,
                    "augment": (),
                    "views": 1,
                    "small_epochs": 0,
                }
            )
            fitting = Fitting(self.network.get_submodule(path), self.task, phase, known, unknown)
            Descent(fitting, history, *place, keeps=False).run()
            history.begin_phase()
        if options.epochs:
            best = replace(main, tensorboard=self._tensorboard).run(goes_on=goes_on)
            self.record = self.record.model_copy(update={"best_epoch": best})

    def _write(self, state: Literal["finished", "interrupted", "failed"], seconds: float) -> None:
        """Write weights, history, curves and record."""
        rows = self.rows
        best = self.record.best_epoch
        known = next((row for row in rows if row["epoch"] == best), rows[-1] if rows else {})
        spent = rows[-1]["seconds"] if rows and self.options.optimizer != "closed-form" else seconds
        self.record = self.record.model_copy(
            update={
                "state": state,
                "epochs": int(rows[-1]["epoch"]) if rows else 0,
                "seconds": round(spent, 3),
                "measured": {name: value for name, value in known.items() if name.startswith(PARTS)},
            }
        )
        task = self.task
        about = Trained.normalized(
            self.network,
            network=self._beginning.name,
            options=self._beginning.options,
            classes=self.record.classes,
            values=getattr(task, "numbers", self.record.values),
            shift=getattr(task, "shift", (0.0,) * len(self.record.values)),
            scale=getattr(task, "scale", (1.0,) * len(self.record.values)),
            input_size=tuple(self._parts.train.images.shape[1:]),
        )
        if state != "failed":
            write_atomically(self.folder / WEIGHTS_NAME, save_trained(self.network, about))
        if rows:
            write_atomically(self.folder / HISTORY_NAME, as_csv(rows).encode())
            title = f"{self.record.network} on {self.record.dataset}"
            write_atomically(self.folder / CURVES_NAME, curves({"": rows}, task.measure, title))
        self.record.write(self.folder)

    def _check_same(self, before: TrainingRecord) -> None:
        """Raise OptionError if the training in the folder is another."""
        if before.parts != self.record.parts:
            raise OptionError(f"The pictures are not those of the training in {self.folder}. Train anew in another -o.")
        differing = [
            name
            for name, value in before.options.model_dump().items()
            if name not in ("epochs", "device", "processes") and value != getattr(self.options, name)
        ]
        if differing:
            name = differing[0].replace("_", "-")
            raise OptionError(
                f"--{name} was {getattr(before.options, differing[0])!r} in {self.folder}. Resume with the same."
            )
        planned, then = (each.head_epochs + each.epochs for each in (self.options, before.options))
        if before.epochs > planned or (before.state == "finished" and planned <= then):
            early = f", and stopped early, of {then}" if before.epochs < then else ""
            raise OptionError(f"The training in {self.folder} has {before.epochs} epochs{early}. Give more --epochs.")
        self._done = before.epochs


def _check_free(folder: Path) -> None:
    """Raise OutputError if there is a training in a folder, unless it failed and left nothing to go on with."""
    if not (folder / RECORD_NAME).exists():
        return
    kept = any((folder / name).exists() for name in (WEIGHTS_NAME, CHECKPOINT_NAME))
    if kept or read_training(folder).state != "failed":
        raise OutputError(f"{folder} has a training already. Go on with it by --resume, or give another -o.")


def read_history(folder: Path) -> list[Row]:
    """What was measured in each epoch of the training in a folder. Raises RecordError if there is none."""
    path = folder / HISTORY_NAME
    if not path.is_file():
        raise RecordError(
            f"{folder} is no folder of a training that was carried out: there is no {HISTORY_NAME} in it."
        )
    return from_csv(path.read_text(encoding="utf-8"))
