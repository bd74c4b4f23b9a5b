"""A noisy line: numbers with what belongs to them, as document 002 begins with."""

from __future__ import annotations

import torch

from deepatelier.data.labelled import Dataset, Labelled

__all__ = ["BIAS", "SLOPE", "line"]

SLOPE, BIAS = 2.0, 1.0
"""Of the line."""

_COUNT, _NOISE = 100, 0.5


def line(seed: int = 0) -> Dataset:
    """Points of y = 2·x + 1 + noise of deviation ½, x evenly drawn from [−2, 2].

    A number is a picture of one pixel and one channel.

    Args:
        seed: Of the numbers.
    """
    generator = torch.Generator().manual_seed(seed)
    x = 4 * torch.rand(_COUNT, generator=generator) - 2
    y = SLOPE * x + BIAS + _NOISE * torch.randn(_COUNT, generator=generator)
    return Dataset("line", Labelled(x.view(-1, 1, 1, 1), y[:, None]), None, values=("y",))
