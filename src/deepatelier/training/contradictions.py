"""Options of a training that contradict each other or the data set."""

from __future__ import annotations

from deepatelier.data import Dataset
from deepatelier.errors import OptionError
from deepatelier.training.options import TrainingOptions

__all__ = ["check_options"]


def check_options(options: TrainingOptions, dataset: Dataset) -> None:
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
    if dataset.values and (options.small_epochs or options.augment):
        name = "--augment" if options.augment else "--small-epochs"
        raise OptionError(f"{name} would change what is to be told of the pictures of {dataset.name}. Leave it out.")
    if options.optimizer == "closed-form" and not dataset.values and options.loss != "squared":
        raise OptionError("closed-form minimises the squared loss: give --loss squared.")
    if dataset.values and options.label_smoothing:
        raise OptionError(f"{dataset.name} has values, not classes. Leave --label-smoothing out.")
