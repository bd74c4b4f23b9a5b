"""The adding problem: sequences whose target depends on two distant steps."""

from __future__ import annotations

import torch

from deepatelier.data.labelled import Dataset, Labelled

__all__ = ["LENGTH", "adding"]

LENGTH = 150
"""The default length."""

_COUNT = 12_000


def adding(length: int = LENGTH, seed: int = 0, count: int = _COUNT) -> Dataset:
    """Return sequences of two values at each step: a number, uniform in [0, 1], and a marker, 0 or 1.

    Two numbers are marked, one in each half, at uniform places. The target is their sum. Its variance is 1/6, which is
    the mean squared error of a network that always answers 1.

    Source: Hochreiter and Schmidhuber, 'Long Short-Term Memory' (1997), section 5.4; with the markers of Arjovsky, Shah
    and Bengio, 'Unitary Evolution Recurrent Neural Networks' (2016), one in each half, and without the markers of the
    first and last step.

    Args:
        length: The number of steps, at least 2.
        seed: The seed of the numbers and the markers.
        count: The number of sequences.
    """
    generator = torch.Generator().manual_seed(seed)
    numbers, markers = torch.rand(count, length, generator=generator), torch.zeros(count, length)
    for low, high in ((0, length // 2), (length // 2, length)):
        markers.scatter_(1, torch.randint(low, high, (count, 1), generator=generator), 1.0)
    targets = (numbers * markers).sum(dim=1, keepdim=True)
    return Dataset("adding", Labelled(torch.stack([numbers, markers], dim=2), targets), None, values=("sum",))
