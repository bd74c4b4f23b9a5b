"""Local response normalisation with the paper's own constants."""

from __future__ import annotations

from torch import nn

__all__ = ["local_response_norm"]


def local_response_norm(size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2.0) -> nn.LocalResponseNorm:
    """b_i = a_i / (k + α Σ_j a_j²)^β, the sum over ``size`` channels around i.

    torch's layer divides α by ``size``, which is undone here.

    Source: Krizhevsky, Sutskever and Hinton (2012), section 3.3; the defaults are theirs.
    """
    return nn.LocalResponseNorm(size, alpha=alpha * size, beta=beta, k=k)
