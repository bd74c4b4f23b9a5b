"""Classical filters that remove noise, each with its best parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["BestFilter", "best_filters"]

_Pixels = NDArray[np.float32]

_SIZES = (3, 5, 7)
_WIDTHS = (0.5, 0.7, 0.9, 1.2, 1.6, 2.2)
_STRENGTHS = (0.1, 0.2, 0.3, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class BestFilter:
    """A filter with a parameter.

    Attributes:
        apply: Returns the filtered picture, (H, W, C) each, for a parameter.
        parameter: The parameter.
    """

    apply: Callable[[_Pixels, float], _Pixels]
    parameter: float

    def of(self, pictures: Tensor) -> Tensor:
        """Return the filtered pictures, (N, C, H, W), clipped to [0, 1]."""
        arrays = pictures.permute(0, 2, 3, 1).numpy()
        found = np.stack([self.apply(each, self.parameter).reshape(each.shape) for each in arrays])
        return torch.from_numpy(found).permute(0, 3, 1, 2).float().clamp(0, 1)


def best_filters(noisy: Tensor, pictures: Tensor) -> dict[str, BestFilter]:
    """Return a median filter, a Gaussian filter and non-local means, each with its best parameter.

    Args:
        noisy: Noisy pictures, (N, C, H, W).
        pictures: The pictures without noise, to which the filtered ones should be nearest.
    """
    found = {}
    for name, (apply, parameters) in _FILTERS.items():
        tried = [BestFilter(apply, each) for each in parameters]
        found[name] = min(tried, key=lambda each: (each.of(noisy) - pictures).square().mean().item())
    return found


def _median(picture: _Pixels, size: float) -> _Pixels:
    from scipy.ndimage import median_filter

    filtered: _Pixels = median_filter(picture, (int(size), int(size), 1))
    return filtered


def _gaussian(picture: _Pixels, sigma: float) -> _Pixels:
    from skimage.filters import gaussian

    filtered: _Pixels = gaussian(picture, sigma, channel_axis=-1)  # type: ignore[no-untyped-call]
    return filtered


def _non_local_means(picture: _Pixels, strength: float) -> _Pixels:
    from skimage.restoration import denoise_nl_means

    filtered: _Pixels = denoise_nl_means(
        picture, patch_size=5, patch_distance=7, h=strength, fast_mode=True, channel_axis=-1
    )
    return filtered


_FILTERS: dict[str, tuple[Callable[[_Pixels, float], _Pixels], tuple[float, ...]]] = {
    "median filter": (_median, _SIZES),
    "Gaussian filter": (_gaussian, _WIDTHS),
    "non-local means": (_non_local_means, _STRENGTHS),
}
