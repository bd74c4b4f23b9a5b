"""A training: from a data set and options to a folder with weights, curves and their record."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint

from deepatelier.data import ELLIPSE, Dataset, Labelled, split
from deepatelier.devices import choose_device, choose_precision, precision_name
from deepatelier.errors import OptionError, OutputError, RecordError, WeightsError
from deepatelier.extras import from_extra
from deepatelier.files import make_folder, write_atomically
from deepatelier.networks import WEIGHTS_NAME, Trained, save_trained
from deepatelier.runs import this_machine
from deepatelier.training.augmentation import augmentation
from deepatelier.training.curves import curves
from deepatelier.training.ellipse import EllipseRegression
from deepatelier.training.history import History, Progress, Row, as_csv, from_csv
from deepatelier.training.linear_regression import solve
from deepatelier.training.lookahead import Lookahead
from deepatelier.training.module import PARTS, Fitting
from deepatelier.training.network import Beginning, begin, network_for, resized
from deepatelier.training.options import TrainingOptions
from deepatelier.training.prediction import measured, outputs_of
from deepatelier.training.record import RECORD_NAME, TrainingRecord, fingerprints, read_training
from deepatelier.training.tasks import Classification, Regression, Task
from deepatelier.training.transfer import features_of, head_of

__all__ = ["CURVES_NAME", "HISTORY_NAME", "Training", "is_follower", "read_history", "task_of"]

CURVES_NAME, HISTORY_NAME, _CHECKPOINT, _BEST = "curves.png", "history.csv", "checkpoint", "best"

for _name in ("lightning.pytorch", "lightning.fabric"):
    logging.getLogger(_name).setLevel(logging.ERROR)


def is_follower() -> bool:
    """Whether this is another process of a training that the first one leads."""
    return os.environ.get("LOCAL_RANK", "0") != "0"


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
        rows: What was measured in each epoch.
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
        _check(options, dataset)
        if not resume and not is_follower() and (folder / RECORD_NAME).exists():
            raise OutputError(f"{folder} has a training already. Go on with it by --resume, or give another -o.")
        self.options, self.folder, self._resume, self._tensorboard = options, folder, resume, tensorboard
        self.device = choose_device(options.device)
        self.precision = choose_precision(options.precision, self.device)
        self.notes = list(dataset.skipped)
        given = dataset.shape
        name = network_for(options, dataset.shape)
        dataset = resized(dataset, name)
        if dataset.shape != given:
            sides = " x ".join(map(str, dataset.shape[1:]))
            self.notes.append(f"{name} does not take {given[1]} x {given[2]} pixels: they are enlarged to {sides}.")
        self._parts = split(
            dataset,
            validation=options.validation,
            test=options.test,
            seed=options.seed,
            ordered=options.split == "ordered",
            limit=options.limit,
        )
        self.task = task_of(dataset, self._parts.train, options)
        self._beginning: Beginning = begin(options, dataset, self._parts.train, self.task.outputs)
        self.network = self._beginning.network
        self.network.classes = dataset.classes
        if options.head_epochs:
            head_of(self.network, self._beginning.new)
        self.rows: list[Row] = []
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
    def steps(self) -> int:
        """Steps that are planned."""
        size = self.options.batch_size
        batches = 1 if size == "all" else max(1, len(self._parts.train) // size)
        return batches * (self.options.epochs + self.options.head_epochs)

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
        found = solve(self.network, self._parts.train, self.task.outputs, self.options.l2)
        self.notes.append(
            f"The equations have rank {found.rank} of {found.weight.shape[1] + 1}"
            + (f": solved with a ridge of {found.ridge:.3g}." if found.ridge else ".")
        )
        row: Row = {"epoch": 1, "step": 1, "seconds": 0.0}
        for name, part in zip(PARTS, self._parts[:2], strict=True):
            if len(part):
                row |= measured(self.task, outputs_of(self.network, part), part, name)
        self.rows = [row]

    def _descend(self, progress: Progress) -> None:
        train, validation = self._parts.train, self._parts.validation
        checkpoint = self.folder / f"{_CHECKPOINT}.ckpt"
        goes_on = self._resume and checkpoint.exists()
        if self.options.head_epochs and not goes_on:
            path, places = self._beginning.new, (self.device, self.precision)
            known, unknown = (
                features_of(self.network, path, part, *places) if len(part) else part for part in (train, validation)
            )
            head = head_of(self.network, path)
            phase = self.options.model_copy(update={"epochs": self.options.head_epochs, "augment": (), "views": 1})
            self._run(Fitting(head, self.task, phase, known, unknown), History(progress), phase, keeps=False)
        if self.options.epochs:
            _, height, width = train.images.shape[1:]
            change = augmentation(self.options, (height, width)) if self.options.augment else None
            module = Fitting(self.network, self.task, self.options, train, validation, change)
            history = History(progress, self.rows)
            self._run(module, history, self.options, keeps=True, checkpoint=checkpoint if goes_on else None)

    def _run(
        self,
        module: Fitting,
        history: History,
        options: TrainingOptions,
        *,
        keeps: bool,
        checkpoint: Path | None = None,
    ) -> None:
        validates = bool(len(self._parts.validation))
        self.rows = history.rows
        callbacks: list[pl.Callback] = [history, _Stop()]
        if options.optimizer == "airbench":
            callbacks.append(Lookahead())
        if keeps:
            callbacks.append(_checkpoint(self.folder, _CHECKPOINT))
        best = _checkpoint(self.folder, _BEST, monitor=f"{PARTS[1]} loss") if options.early_stopping and keeps else None
        if best is not None:
            assert options.early_stopping is not None
            stops = EarlyStopping(
                f"{PARTS[1]} loss",
                min_delta=options.tolerance,
                patience=options.early_stopping,
                check_on_train_epoch_end=False,
                verbose=False,
            )
            callbacks += [best, stops]
        with _quiet(), _interruptible():
            trainer = pl.Trainer(
                **_place(self.device, options.processes),
                precision="bf16-mixed" if self.precision == torch.bfloat16 else "32-true",
                max_epochs=options.epochs,
                callbacks=callbacks,
                logger=self._logger(),
                gradient_clip_val=options.clip_gradient,
                check_val_every_n_epoch=min(options.check_every, options.epochs),
                limit_val_batches=None if validates else 0,
                num_sanity_val_steps=0,
                enable_checkpointing=keeps,
                enable_progress_bar=False,
                enable_model_summary=False,
                default_root_dir=self.folder,
                use_distributed_sampler=False,
            )
            if checkpoint is not None:
                _check_checkpoint(checkpoint, module)
            trainer.fit(module.to(memory_format=torch.channels_last), ckpt_path=checkpoint)
            self.rows = history.rows
            if validates and f"{PARTS[1]} loss" not in self.rows[-1]:
                trainer.validate(module, verbose=False)
                self.rows[-1] |= module.measured
        if best is not None and best.best_model_path:
            kept = torch.load(best.best_model_path, weights_only=True)
            prefix = "network."
            module.network.load_state_dict(
                {
                    name.removeprefix(prefix): each
                    for name, each in kept["state_dict"].items()
                    if name.startswith(prefix)
                }
            )
            self.record = self.record.model_copy(update={"best_epoch": kept["epoch"] + 1})
            Path(best.best_model_path).unlink()

    def _logger(self) -> Any:
        if not self._tensorboard:
            return False
        from_extra("tensorboard", "tensorboard")
        return from_extra("lightning.pytorch.loggers", "train").TensorBoardLogger(
            self.folder, name="", version="tensorboard"
        )

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
            values=self.record.values,
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
        if before.state == "finished" and before.epochs >= self.options.epochs:
            raise OptionError(
                f"The training in {self.folder} is finished, with {before.epochs} epochs. Give more --epochs."
            )


class _Stop(pl.Callback):
    """Ends a training between two steps when Ctrl-C was pressed: Lightning itself would end the process."""

    pressed = False

    def on_train_batch_end(self, *_: Any) -> None:
        if _Stop.pressed:
            raise _Pressed


class _Pressed(Exception):  # noqa: N818 (no error)
    pass


def read_history(folder: Path) -> list[Row]:
    """What was measured in each epoch of the training in a folder. Raises RecordError if there is none."""
    path = folder / HISTORY_NAME
    if not path.is_file():
        raise RecordError(
            f"{folder} is no folder of a training that was carried out: there is no {HISTORY_NAME} in it."
        )
    return from_csv(path.read_text(encoding="utf-8"))


@contextmanager
def _interruptible() -> Iterator[None]:
    """Turn Ctrl-C into KeyboardInterrupt behind the step that is being taken."""

    def press(*_: Any) -> None:
        _Stop.pressed = True

    _Stop.pressed = False
    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, press) if main else None
    try:
        yield
    except _Pressed:
        raise KeyboardInterrupt from None
    finally:
        if main:
            signal.signal(signal.SIGINT, before)


@contextmanager
def _quiet() -> Iterator[None]:
    """Lightning's advice on loaders, loggers and versions is not the user's concern."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _check_checkpoint(path: Path, module: Fitting) -> None:
    """Raise WeightsError if a checkpoint is damaged or of another network."""
    try:
        known = torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
        shapes = {name: tensor.shape for name, tensor in known.items()}
    except Exception as error:  # a damaged pickle raises what it likes
        raise WeightsError(f"The checkpoint {path} is damaged. Train anew in another folder.") from error
    if shapes != {name: tensor.shape for name, tensor in module.state_dict().items()}:
        raise WeightsError(f"The checkpoint {path} is of another network. Train anew in another folder.")


def _checkpoint(folder: Path, name: str, monitor: str | None = None) -> ModelCheckpoint:
    return ModelCheckpoint(
        dirpath=folder,
        filename=name,
        monitor=monitor,
        save_top_k=1,
        save_weights_only=monitor is not None,
        enable_version_counter=False,
        save_on_train_epoch_end=monitor is None,
    )


def _place(device: torch.device, processes: int) -> dict[str, Any]:
    if device.type == "cuda":
        devices: Any = processes if processes > 1 else [device.index or 0]
        return {"accelerator": "gpu", "devices": devices, "strategy": "ddp" if processes > 1 else "auto"}
    if processes > 1 and device.type != "cpu":
        raise OptionError(f"{device.type} takes one process. Leave --processes out.")
    accelerator = "mps" if device.type == "mps" else "cpu"
    return {"accelerator": accelerator, "devices": processes, "strategy": "ddp" if processes > 1 else "auto"}


def _check(options: TrainingOptions, dataset: Dataset) -> None:
    """Raise OptionError for options that contradict each other or the data set."""
    if options.head_epochs and options.weights is None:
        raise OptionError("--head-epochs trains a new layer on pretrained ones: give their --weights too.")
    if not options.epochs and not options.head_epochs:
        raise OptionError("--epochs 0 would train nothing. Give epochs, or --head-epochs with --weights.")
    if options.early_stopping and not options.validation:
        raise OptionError("--early-stopping needs pictures to validate with. Give --validation.")
    if options.early_stopping and options.check_every > options.epochs:
        raise OptionError("--early-stopping needs a validation in every few epochs. Lower --check-every.")
    if options.schedule == "plateau" and (not options.validation or options.check_every > 1):
        raise OptionError("--schedule plateau follows the validation loss of each epoch. Give --validation.")
    if options.batch_size != "all" and options.batch_size % options.processes:
        raise OptionError(
            f"--batch-size {options.batch_size} cannot be shared by {options.processes} processes evenly."
        )
    if options.small_epochs and dataset.values:
        raise OptionError(f"{dataset.name} has values that depend on the size. Leave --small-epochs out.")
    if options.optimizer == "closed-form" and not dataset.values and options.loss != "squared":
        raise OptionError("closed-form minimises the squared loss: give --loss squared.")
    if dataset.values and options.label_smoothing:
        raise OptionError(f"{dataset.name} has values, not classes. Leave --label-smoothing out.")
