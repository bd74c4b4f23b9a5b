"""Transfer of one picture's colours to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier.synthesis.symmetric import symmetric_power

__all__ = ["Colors", "match_colors"]

_LEAST = 1e-8
"""Variances of colour below this are treated as 0."""


class Colors(NamedTuple):
    """The colour statistics of a picture, in sRGB with white at 1.

    Attributes:
        mean: (3,), float64.
        covariance: (3, 3), float64.
    """

    mean: Tensor
    covariance: Tensor

    @classmethod
    def of(cls, image: Tensor, where: Tensor | None = None) -> Colors:
        """Return the statistics of an image (1, 3, H, W), its pixels weighted by ``where``: (1, 1, H, W)."""
        colors = image[0].flatten(1).double()
        share = None if where is None else where.flatten().double() / where.double().sum()
        mean = colors.mean(1) if share is None else colors @ share
        return cls(mean, torch.cov(colors, correction=0, aweights=share))

    @classmethod
    def mixed(cls, parts: Sequence[Colors], weights: Sequence[float]) -> Colors:
        """Return the statistics of several pictures together. The weights sum to 1."""
        mean = sum((weight * part.mean for weight, part in zip(weights, parts, strict=True)), torch.zeros(3).double())
        covariance = torch.zeros(3, 3).double()
        for weight, part in zip(weights, parts, strict=True):
            away = part.mean - mean
            covariance = covariance + weight * (part.covariance + torch.outer(away, away))
        return cls(mean, covariance)


def match_colors(image: Tensor, wanted: Colors, own: Colors | None = None) -> Tensor:
    """Map an image's colours to a given mean and covariance, by the affine map that moves the colours least.

    y = T·(x − μ) + μ_w with T = C^-½ · (C^½ · C_w · C^½)^½ · C^-½, C the covariances of the colours.

    Args:
        image: (1, 3, H, W), sRGB in [0, 1]. Directions without variance, as in greyscale, stay without.
        wanted: The target statistics.
        own: The statistics of the image. By default they are computed from it.

    Returns:
        (1, 3, H, W); values may lie outside [0, 1].

    Source: Pitié and Kokaram 2007, 'The linear Monge-Kantorovitch colour mapping'.
    """
    own = own or Colors.of(image)
    root, inverse = symmetric_power(own.covariance, 0.5, _LEAST), symmetric_power(own.covariance, -0.5, _LEAST)
    transform = inverse @ symmetric_power(root @ wanted.covariance @ root, 0.5, _LEAST) @ inverse
    shift = wanted.mean - transform @ own.mean
    mapped = torch.addmm(shift.to(image)[:, None], transform.to(image), image[0].flatten(1))
    return mapped.view_as(image)
