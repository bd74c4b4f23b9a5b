"""Integrated gradients: how much each value of an input added to a score.

Source: Sundararajan, Taly and Yan, 'Axiomatic Attribution for Deep Networks' (2017), equation 1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

__all__ = ["integrated_gradients"]


def integrated_gradients(
    score: Callable[[Tensor], Tensor], x: Tensor, baseline: Tensor | None = None, *, points: int = 64, most: int = 16
) -> Tensor:
    """IG_i = (x_i − x'_i)·∫₀¹ ∂F/∂x_i (x' + α·(x − x')) dα, of the shape of x.

    The sum over i is F(x) − F(x'), up to the error of the quadrature. The integral is computed by Gauss and Legendre's
    rule.

    Departures from the source: the rule, instead of a Riemann sum of 20 to 300 points, has a smaller error.

    Args:
        score: F, from (N, …) to (N,).
        x: The input, (…).
        baseline: x', (…), an input without information; None is zero.
        points: The number of points of the rule.
        most: The maximum number of points that are computed at once.
    """
    start = torch.zeros_like(x) if baseline is None else baseline
    places, weights = np.polynomial.legendre.leggauss(points)
    alphas, shares = (torch.as_tensor(each, dtype=x.dtype, device=x.device) for each in ((places + 1) / 2, weights / 2))
    total = torch.zeros_like(x)
    # cuDNN's recurrent layers have no gradient in evaluation mode
    with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
        for some, share in zip(torch.split(alphas, most), torch.split(shares, most), strict=True):
            between = (start + some.view(-1, *[1] * x.ndim) * (x - start)).detach().requires_grad_()
            (gradient,) = torch.autograd.grad(score(between).sum(), between)
            total += torch.tensordot(share, gradient, dims=1)
    return (x - start) * total
