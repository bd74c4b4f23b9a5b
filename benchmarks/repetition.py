"""Repetition: whether a result repeats a pattern where the photograph is flat."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, maximum_filter

__all__ = ["repetition"]

SIZE = 512
SIDE, STRIDE = 64, 32
"""Of the windows, in pixels."""

Grey = NDArray[np.float64]


def repetition(result: Path, photo: Path) -> float:
    """Return the highest peak of the autocorrelation outside its centre, mean over the windows where the photo is flat.

    Near 0 nothing is repeated; 1 is a perfect period. Both pictures are grey, with a longest side of 512 pixels, and at
    least 65 pixels high and wide. The flat windows are the fifth of all, and at least 6, whose largest smoothed
    gradient is smallest. In each, with slow changes removed and under a Hann window, the autocorrelation is that of
    Wiener and Khinchin:

        c = F⁻¹ |F w|²,  relative to its centre

    A peak is a local maximum at more than 5 and less than 32 pixels from the centre.

    Args:
        result: The picture made from the photograph.
        photo: The photograph.
    """
    size, places = _flat(photo)
    grey = _grey(result, size)
    return float(np.mean([_peak(grey[y : y + SIDE, x : x + SIDE]) for y, x in places]))


@cache
def _flat(photo: Path) -> tuple[tuple[int, int], list[tuple[int, int]]]:
    """The width and height at which a photograph is measured, and the corners of its flat windows."""
    with Image.open(photo) as picture:
        scale = max(SIZE / max(picture.size), (SIDE + 1) / min(picture.size))
        size = round(picture.width * scale), round(picture.height * scale)
    grey = _grey(photo, size)
    steepness = gaussian_filter(np.hypot(*np.gradient(gaussian_filter(grey, 1))), 8)
    height, width = grey.shape
    places = [(y, x) for y in range(0, height - SIDE, STRIDE) for x in range(0, width - SIDE, STRIDE)]
    places.sort(key=lambda at: steepness[at[0] : at[0] + SIDE, at[1] : at[1] + SIDE].max())
    return size, places[: max(6, len(places) // 5)]


def _grey(path: Path, size: tuple[int, int]) -> Grey:
    return np.asarray(Image.open(path).convert("L").resize(size, Image.Resampling.BICUBIC), np.float64)


def _peak(window: Grey) -> float:
    detail = window - gaussian_filter(window, 12)
    detail = (detail - detail.mean()) * np.outer(np.hanning(SIDE), np.hanning(SIDE))
    power = np.abs(np.fft.fft2(detail, (2 * SIDE, 2 * SIDE))) ** 2
    correlation = np.fft.fftshift(np.fft.ifft2(power).real)
    correlation /= correlation.max() + 1e-9
    y, x = np.mgrid[-SIDE:SIDE, -SIDE:SIDE]
    distance = np.hypot(y, x)
    peaks = (correlation == maximum_filter(correlation, 5)) & (distance > 5) & (distance < SIDE / 2)
    return float(correlation[peaks].max(initial=0))
