"""Local response normalisation with the original constants."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["local_response_norm"]


class _LocalResponseNorm(nn.LocalResponseNorm):
    """torch's layer, computed in float32 or more, because its average pooling lacks bfloat16 on the CPU."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (torch's name)
        return super().forward(input.to(torch.promote_types(input.dtype, torch.float32))).to(input.dtype)


def local_response_norm(size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2.0) -> nn.LocalResponseNorm:
    """b_i = a_i / (k + α Σ_j a_j²)^β, the sum over ``size`` channels around i.

    torch's layer divides α by ``size``; this is compensated here.

    Source: Krizhevsky, Sutskever and Hinton (2012), section 3.3; the defaults are theirs.
    """
    return _LocalResponseNorm(size, alpha=alpha * size, beta=beta, k=k)
