"""Noise for initial images."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["pink_noise", "white_noise"]

_AMPLITUDE = 20 / 255
"""The amplitude: ± 20 levels, as in the program of 'Deep Learning Review: Final Report'."""

_PINK = 1 / 255
"""The standard deviation of smooth noise."""


def white_noise(shape: tuple[int, ...], seed: int) -> Tensor:
    """Return uniform noise within ± 20 levels of 255 of middle grey. The same seed gives the same noise on any machine.

    Source: 'Deep Learning Review: Final Report', section 5.3.3, 'white noise', and its program.
    """
    generator = torch.Generator().manual_seed(seed)
    return 0.5 + _AMPLITUDE * (2 * torch.rand(shape, generator=generator) - 1)


def pink_noise(shape: tuple[int, ...], seed: int) -> Tensor:
    """Return smooth noise around middle grey: the amplitude falls with frequency, as in photographs.

    Its standard deviation is one level of 255. The same seed gives the same noise on any machine.
    """
    generator = torch.Generator().manual_seed(seed)
    rows, columns = torch.fft.fftfreq(shape[-2])[:, None], torch.fft.rfftfreq(shape[-1])[None]
    frequencies = torch.hypot(rows, columns).clamp_min(1 / max(shape[-2:]))
    coefficients = torch.fft.rfft2(torch.randn(shape, generator=generator)) / frequencies
    noise: Tensor = torch.fft.irfft2(coefficients, s=shape[-2:])
    return (0.5 + _PINK * noise / noise.std()).clamp(0, 1)
