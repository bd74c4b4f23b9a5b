"""Training, validation and test pictures: three parts that never overlap."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier.data.labelled import Dataset, Labelled
from deepatelier.errors import OptionError
from deepatelier.extras import from_extra

__all__ = ["Split", "split"]


class Split(NamedTuple):
    """The parts of a data set: to move the weights by, to choose by, and to be judged by once, at the end."""

    train: Labelled
    validation: Labelled
    test: Labelled


def split(
    dataset: Dataset, *, validation: float, test: float, seed: int, ordered: bool = False, limit: int | None = None
) -> Split:
    """Split a data set at random, each class in the same proportion where it has enough pictures.

    Args:
        dataset: Its own test pictures stay the test part, if it has such.
        validation: The part of the training pictures that is kept for validation: a share below 1, or a number.
        test: Likewise for the test, of a data set that has no test pictures of its own; else it is passed over.
        seed: Of the draw.
        ordered: The first pictures are for training, those behind them for validation, the last for the test.
        limit: How many are kept for training; None keeps all.

    Raises:
        OptionError: Nothing would be left to train on.
    """
    data = dataset.train
    tested = _count(test, len(data), "--test") if dataset.test is None else 0
    left, last = _parted(torch.arange(len(data)), data.targets, tested, seed, ordered)
    train, validated = _parted(left, data.targets, _count(validation, len(left), "--validation"), seed, ordered)
    if limit is not None and limit < len(train):
        train, _ = _parted(train, data.targets, len(train) - limit, seed, ordered)
    own = data.take(last) if dataset.test is None else dataset.test
    return Split(data.take(train), data.take(validated), own)


def _count(part: float, of: int, name: str) -> int:
    count = round(part * of) if part < 1 else int(part)
    if count >= of:
        raise OptionError(f"{name} {part:g} leaves none of {of} pictures to train on. Lower it, or give more pictures.")
    return count


def _parted(indices: Tensor, targets: Tensor, count: int, seed: int, ordered: bool) -> tuple[Tensor, Tensor]:
    """The indices without, and with, so many of them, both in their order."""
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
            labels = None  # too few to have some of each class on both sides
    kept, drawn = selection.train_test_split(
        indices.numpy(), test_size=count, random_state=seed, stratify=None if labels is None else labels.numpy()
    )
    return torch.from_numpy(kept).sort().values, torch.from_numpy(drawn).sort().values
