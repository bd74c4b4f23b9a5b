"""Options of a training that contradict each other or the data set."""

from __future__ import annotations

from typing import Any

from deepatelier.data import Dataset, Split
from deepatelier.errors import OptionError
from deepatelier.training.train_job import TrainingOptions

__all__ = ["check_options", "check_parts"]


_OF_STEPS = (
    "l1",
    "dropout",
    "label_smoothing",
    "augment",
    "head_epochs",
    "early_stopping",
    "clip_gradient",
    "epochs",
    "batch_size",
    "learning_rate",
    "schedule",
    "warm_up",
    "progressive_resizing",
    "precision",
)
"""Options without meaning where a system of equations is solved."""

_WITH_MOMENTUM = ("momentum", "nesterov", "airbench")


def check_options(options: TrainingOptions, dataset: Dataset) -> None:
    """Raise OptionError for options that contradict each other or the data set."""
    if options.head_epochs and options.weights is None:
        raise OptionError("--head-epochs trains a new layer on pretrained ones: give their --weights too.")
    if not options.epochs and not options.head_epochs:
        raise OptionError("--epochs 0 would train nothing. Give epochs, or --head-epochs with --weights.")
    if options.validate_every > 1 and (options.early_stopping or options.schedule == "plateau"):
        name = "--early-stopping" if options.early_stopping else "--schedule plateau"
        raise OptionError(f"{name} follows the validation loss of each epoch. Leave --validate-every out.")
    if options.optimizer in ("nesterov", "airbench") and not options.momentum:
        raise OptionError(f"{options.optimizer} without --momentum is sgd. Give a momentum, or --optimizer sgd.")
    if dataset.values and (options.progressive_resizing or options.augment):
        name = "--augment" if options.augment else "--progressive-resizing"
        raise OptionError(f"{name} would change what is to be told of the pictures of {dataset.name}. Leave it out.")
    if options.optimizer == "closed-form" and not dataset.values and options.loss != "squared":
        raise OptionError("closed-form minimises the squared loss: give --loss squared.")
    if options.optimizer == "closed-form":
        for name in _OF_STEPS:
            if getattr(options, name) != _default(name):
                raise OptionError(f"closed-form takes no steps. Leave --{name.replace('_', '-')} out.")
        if options.processes > 1:
            raise OptionError("closed-form takes one process. Leave --processes out.")
    for name, (used, by) in _uses(options).items():
        if not used and getattr(options, name) not in (_default(name), options.presets[options.preset].get(name)):
            raise OptionError(f"--{name.replace('_', '-')} would change nothing: it is of {by}.")
    if dataset.values and options.label_smoothing:
        raise OptionError(f"{dataset.name} has values, not classes. Leave --label-smoothing out.")


def _uses(options: TrainingOptions) -> dict[str, tuple[bool, str]]:
    """Options that others use: whether they do, and which."""
    changes = options.augment
    return {
        "rotation": ("rotation" in changes, "--augment rotation"),
        "translation": ("crop" in changes or "translation" in changes, "--augment crop or translation"),
        "cutout": ("cutout" in changes, "--augment cutout"),
        "tolerance": (bool(options.early_stopping), "--early-stopping"),
        "momentum": (options.optimizer in _WITH_MOMENTUM, f"--optimizer {', '.join(_WITH_MOMENTUM)}"),
        "warm_up": (options.schedule != "plateau", "every --schedule but plateau"),
    }


def _default(name: str) -> Any:
    return TrainingOptions.model_fields[name].default


def check_parts(options: TrainingOptions, parts: Split) -> None:
    """Raise OptionError for options that the numbers of pictures contradict."""
    follows = "--early-stopping" if options.early_stopping else "--schedule plateau"
    if not len(parts.validation) and (options.early_stopping or options.schedule == "plateau"):
        raise OptionError(f"{follows} needs pictures to validate with, and there are none. Raise --validation.")
    size = len(parts.train) if options.batch_size == "all" else min(options.batch_size, len(parts.train))
    if size % options.processes:
        raise OptionError(f"A batch of {size} pictures cannot be shared by {options.processes} processes evenly.")
