"""Noise, where many pictures begin."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["pink_noise", "white_noise"]

_AMPLITUDE = 20 / 255
"""Document 000: ± 20 levels."""

_PINK = 1 / 255
"""The standard deviation of smooth noise."""


def white_noise(shape: tuple[int, ...], seed: int) -> Tensor:
    """Noise that is uniform within ± 20 levels of 255 of the middle grey; the same for the same seed everywhere.

    Source: document 000, section 5.2, 'white noise'.
    """
    generator = torch.Generator().manual_seed(seed)
    return 0.5 + _AMPLITUDE * (2 * torch.rand(shape, generator=generator) - 1)


def pink_noise(shape: tuple[int, ...], seed: int) -> Tensor:
    """Smooth noise around the middle grey: the amplitude of a wave falls with its frequency, as in photographs.

    Its values deviate by a level of 255; the same seed gives the same noise everywhere.
    """
    generator = torch.Generator().manual_seed(seed)
    rows, columns = torch.fft.fftfreq(shape[-2])[:, None], torch.fft.rfftfreq(shape[-1])[None]
    frequencies = torch.hypot(rows, columns).clamp_min(1 / max(shape[-2:]))
    waves = torch.fft.rfft2(torch.randn(shape, generator=generator)) / frequencies
    noise: Tensor = torch.fft.irfft2(waves, s=shape[-2:])
    return (0.5 + _PINK * noise / noise.std()).clamp(0, 1)
