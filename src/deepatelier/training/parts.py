"""The three parts of a data set, as the options of a training draw them."""

from __future__ import annotations

from deepatelier.data import Dataset, Split, split
from deepatelier.training.train_job import TrainingOptions

__all__ = ["parts_of"]


def parts_of(dataset: Dataset, options: TrainingOptions) -> Split:
    """The same each time, for the same data set and options. Raises as `deepatelier.data.split`."""
    return split(
        dataset,
        validation=options.validation,
        test=options.test,
        seed=options.seed,
        ordered=options.split == "ordered",
        limit=options.limit,
    )
