"""How well the activation of a unit tells a concept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["is_binary", "scores"]


def is_binary(labels: NDArray[np.float32]) -> bool:
    """Return whether a concept holds or not, and is no number."""
    return bool(np.isin(labels, (0, 1)).all())


def scores(activations: NDArray[np.float32], labels: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float64]]:
    """Return the score of each unit for each concept, (units,).

    For a concept that holds or not, it is the area under the ROC curve (AUC): the probability that the activation where
    the concept holds is the higher one of two, with ties counted half. It is 0.5 by chance, and below it for a unit
    whose activation is low where the concept holds. For a number, it is Spearman's rank correlation, in [-1, 1].

    Concepts that have one value only are left out.

    Args:
        activations: (N, units).
        labels: The values of each concept, (N,).
    """
    labels = {name: each for name, each in labels.items() if len(each) and each.min() < each.max()}
    found = {name: np.zeros(activations.shape[1]) for name in labels}
    numbers = {name: _ranks(each) for name, each in labels.items() if not is_binary(each)}
    for unit, values in enumerate(activations.T):
        ranks = _ranks(values)
        for name, each in labels.items():
            if name in numbers:
                found[name][unit] = np.corrcoef(ranks, numbers[name])[0, 1] if ranks.min() < ranks.max() else 0.0
            else:
                positive = int(each.sum())
                above = ranks[each == 1].sum() - positive * (positive + 1) / 2
                found[name][unit] = above / (positive * (len(each) - positive))
    return found


def _ranks(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the ranks of values from 1; equal values have the mean of their ranks."""
    ordered = np.sort(values)
    ranks: NDArray[np.float64] = (
        np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right") + 1
    ) / 2
    return ranks
