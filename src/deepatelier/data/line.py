"""A noisy line, the first example of Müller's 'Introduction to Deep Learning': one input and one target per example."""

from __future__ import annotations

import torch

from deepatelier.data.labelled import Dataset, Labelled

__all__ = ["BIAS", "SLOPE", "line"]

SLOPE, BIAS = 2.0, 1.0
"""The parameters of the line."""

_COUNT, _NOISE = 100, 0.5


def line(seed: int = 0) -> Dataset:
    """Return points of y = 2·x + 1 + noise with a standard deviation of ½, and x uniform in [−2, 2].

    Each input is stored as a picture of one pixel and one channel.

    Args:
        seed: The random seed.
    """
    generator = torch.Generator().manual_seed(seed)
    x = 4 * torch.rand(_COUNT, generator=generator) - 2
    y = SLOPE * x + BIAS + _NOISE * torch.randn(_COUNT, generator=generator)
    return Dataset("line", Labelled(x.view(-1, 1, 1, 1), y[:, None]), None, values=("y",))
