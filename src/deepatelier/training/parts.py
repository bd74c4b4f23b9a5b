"""The training, validation and test part of a data set."""

from __future__ import annotations

from deepatelier.data import Dataset, Split, split
from deepatelier.training.train_job import DataOptions

__all__ = ["PARTS", "parts_of"]

PARTS = ("training", "validation")
"""The parts that are measured after an epoch: a subset of the training pictures, and the validation pictures.

Both have the same number of pictures, if there are enough training pictures.
"""


def parts_of(dataset: Dataset, options: DataOptions) -> Split:
    """Return the parts of a data set, which are the same for the same options. Raises as `deepatelier.data.split`."""
    return split(
        dataset,
        validation=options.validation,
        test=options.test,
        seed=options.seed,
        ordered=options.split == "ordered",
        limit=options.limit,
    )
