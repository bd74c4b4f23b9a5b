"""A picture in another picture's colours."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["match_colors"]


def match_colors(image: Tensor, reference: Tensor) -> Tensor:
    """The affine map of colours that gives an image the mean and the covariance of a reference, and moves them least.

    y = T·(x − μ) + μ_r with T = C^-½ · (C^½ · C_r · C^½)^½ · C^-½, C the covariances of the colours.

    Args:
        image: (1, 3, H, W), sRGB in [0, 1]. Where it has no variance, as in greyscale, none is made up.
        reference: (1, 3, H', W').

    Returns:
        (1, 3, H, W), clipped to [0, 1].

    Source: Pitié and Kokaram 2007, 'The linear Monge-Kantorovitch colour mapping'.
    """
    colors, others = (picture[0].flatten(1).double() for picture in (image, reference))
    covariance, wanted = (torch.cov(picture, correction=0) for picture in (colors, others))
    root, inverse = _power(covariance, 0.5), _power(covariance, -0.5)
    transform = inverse @ _power(root @ wanted @ root, 0.5) @ inverse
    mapped = transform @ (colors - colors.mean(1, keepdim=True)) + others.mean(1, keepdim=True)
    return mapped.view_as(image).to(image.dtype).clamp(0, 1)


def _power(matrix: Tensor, exponent: float) -> Tensor:
    """A power of a symmetric matrix on the space where it is not zero."""
    values, vectors = torch.linalg.eigh(matrix)
    powers = torch.where(values > 1e-8, values.clamp_min(1e-8) ** exponent, 0.0)
    power: Tensor = vectors @ torch.diag(powers) @ vectors.t()
    return power
