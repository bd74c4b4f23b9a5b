"""Split a data set into training, validation and test parts that never overlap."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier.data.labelled import Dataset, Labelled
from deepatelier.errors import OptionError
from deepatelier.extras import from_extra

__all__ = ["Split", "split", "split_indices"]


class Split(NamedTuple):
    """The parts of a data set: for training, for model selection, and for one test at the end."""

    train: Labelled
    validation: Labelled
    test: Labelled


def split(
    dataset: Dataset, *, validation: float, test: float, seed: int, ordered: bool = False, limit: int | None = None
) -> Split:
    """Split a data set at random, stratified by class if each class has enough pictures.

    Args:
        dataset: The data set. If it has test pictures, these are the test part.
        validation: The size of the validation part: a fraction of the training pictures below 1, or a number.
        test: The size of the test part, in the same form; ignored if the data set has test pictures.
        seed: The random seed.
        ordered: Whether to split in order: training, validation, test.
        limit: The number of training pictures to keep; None keeps all.

    Raises:
        OptionError: No picture would be left for training.
    """
    data, own = dataset.train, dataset.test
    train, validated, last = split_indices(
        data.targets, validation=validation, test=test if own is None else 0, seed=seed, ordered=ordered, limit=limit
    )
    return Split(data.take(train), data.take(validated), data.take(last) if own is None else own)


def split_indices(
    targets: Tensor, *, validation: float, test: float, seed: int, ordered: bool = False, limit: int | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the indices of the training, the validation and the test part, in order; see `split`.

    Args:
        targets: The class index of each example, (N,); or its values, (N, K), by which it is not stratified.
        validation, test, seed, ordered, limit: As for `split`.
    """
    tested = _count(test, len(targets), "--test")
    left, last = _parted(torch.arange(len(targets)), targets, tested, seed, ordered)
    train, validated = _parted(left, targets, _count(validation, len(left), "--validation"), seed, ordered)
    if limit is not None and limit < len(train):
        train, _ = _parted(train, targets, len(train) - limit, seed, ordered)
    return train, validated, last


def _count(part: float, of: int, name: str) -> int:
    count = round(part * of) if part < 1 else int(part)
    if count >= of:
        raise OptionError(f"{name} {part:g} leaves none of {of} examples to train on. Lower it, or give more data.")
    return count


def _parted(indices: Tensor, targets: Tensor, count: int, seed: int, ordered: bool) -> tuple[Tensor, Tensor]:
    """Return the indices without a random selection of ``count`` of them, and that selection, both in order."""
    if count == 0:
        return indices, indices[:0]
    if ordered:
        return indices[:-count], indices[-count:]
    selection = from_extra("sklearn.model_selection", "train")
    labels = targets[indices] if targets.ndim == 1 else None
    if labels is not None:
        counts = labels.bincount()
        classes = int((counts > 0).sum())
        if counts[counts > 0].min() < 2 or count < classes or len(indices) - count < classes:
            labels = None  # too few to have each class on both sides
    kept, drawn = selection.train_test_split(
        indices.numpy(), test_size=count, random_state=seed, stratify=None if labels is None else labels.numpy()
    )
    return torch.from_numpy(kept).sort().values, torch.from_numpy(drawn).sort().values
