"""Options of a training that contradict each other or the data set."""

from __future__ import annotations

from collections.abc import Mapping

from deepatelier.data import Dataset, Split
from deepatelier.errors import OptionError
from deepatelier.training.fit_options import FitOptions
from deepatelier.training.train_job import TrainingOptions

__all__ = ["check_fit", "check_options", "check_parts"]


_WITH_MOMENTUM = ("momentum", "nesterov", "airbench")


def check_fit(options: FitOptions) -> None:
    """Raise OptionError for options of any training that contradict each other."""
    if options.optimizer in ("nesterov", "airbench") and not options.momentum:
        raise OptionError(f"{options.optimizer} without --momentum is sgd. Give a momentum, or --optimizer sgd.")
    uses = {
        "tolerance": (bool(options.early_stopping), "without --early-stopping"),
        "momentum": (options.optimizer in _WITH_MOMENTUM, f"without --optimizer {' or '.join(_WITH_MOMENTUM)}"),
        "warm_up": (options.schedule != "plateau", "with --schedule plateau"),
    }
    _check_uses(options, uses)


def _check_uses(options: FitOptions, uses: Mapping[str, tuple[bool, str]]) -> None:
    """Raise OptionError for an option that was set and is not used."""
    preset = options.presets.get(getattr(options, "preset", ""), {})
    for name, (used, condition) in uses.items():
        default = type(options).model_fields[name].default
        if not used and getattr(options, name) not in (default, preset.get(name)):
            raise OptionError(f"--{name.replace('_', '-')} has no effect {condition}.")


def check_options(options: TrainingOptions, dataset: Dataset) -> None:
    """Raise OptionError for options that contradict each other or the data set."""
    if options.head_epochs and options.weights is None:
        raise OptionError("--head-epochs trains a new head on a pretrained backbone: give --weights too.")
    if not options.epochs and not options.head_epochs:
        raise OptionError("--epochs 0 would train nothing. Give epochs, or --head-epochs with --weights.")
    if options.validate_every > 1 and (options.early_stopping or options.schedule == "plateau"):
        name = "--early-stopping" if options.early_stopping else "--schedule plateau"
        raise OptionError(f"{name} needs the validation loss of each epoch. Leave --validate-every out.")
    check_fit(options)
    if options.truncate and options.bidirectional:
        raise OptionError("Only a sequence that is read in one direction can be truncated. Leave --bidirectional out.")
    if dataset.values and dataset.contains == "pictures" and (options.progressive_resizing or options.augment):
        name = "--augment" if options.augment else "--progressive-resizing"
        raise OptionError(f"{name} would change the target values of {dataset.name}. Leave it out.")
    _check_uses(options, _uses(options, dataset))
    if dataset.values and options.label_smoothing:
        raise OptionError(f"{dataset.name} has values, not classes. Leave --label-smoothing out.")


def _uses(options: TrainingOptions, dataset: Dataset) -> dict[str, tuple[bool, str]]:
    """Return, for each option that depends on others, whether it is used, and a text on when it is not."""
    changes, sequences = options.augment, dataset.contains == "sequences"
    return {
        "rotation": ("rotation" in changes, "without --augment rotation"),
        "translation": ("crop" in changes or "translation" in changes, "without --augment crop or translation"),
        "cutout": ("cutout" in changes, "without --augment cutout"),
        **dict.fromkeys(("augment", "progressive_resizing", "views"), (not sequences, "on sequences")),
        **dict.fromkeys(("width", "layers", "bidirectional", "truncate"), (sequences, "on pictures")),
    }


def check_parts(options: TrainingOptions, parts: Split) -> None:
    """Raise OptionError for options that do not fit the numbers of pictures."""
    name = "--early-stopping" if options.early_stopping else "--schedule plateau"
    if not len(parts.validation) and (options.early_stopping or options.schedule == "plateau"):
        raise OptionError(f"{name} needs validation pictures, but there are none. Raise --validation.")
    size = len(parts.train) if options.batch_size == "all" else min(options.batch_size, len(parts.train))
    if size % options.processes:
        raise OptionError(f"A batch of {size} pictures cannot be split evenly over {options.processes} processes.")
