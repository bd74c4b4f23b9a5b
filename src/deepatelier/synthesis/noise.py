"""White noise, where many pictures begin."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["white_noise"]

_AMPLITUDE = 20 / 255
"""Document 000: ± 20 levels."""


def white_noise(shape: tuple[int, ...], seed: int) -> Tensor:
    """Noise that is uniform within ± 20 levels of 255 of the middle grey; the same for the same seed everywhere.

    Source: document 000, section 5.2, 'white noise'.
    """
    generator = torch.Generator().manual_seed(seed)
    return 0.5 + _AMPLITUDE * (2 * torch.rand(shape, generator=generator) - 1)
