"""Powers of symmetric matrices."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["eigenvectors", "symmetric_power"]


def eigenvectors(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues (N,), rising, and eigenvectors (N, N) of a symmetric matrix; all NaN if it holds one.

    They are found on the CPU where the device has no such function (MPS).
    """
    if not matrix.isfinite().all():
        return torch.full_like(matrix[0], torch.nan), torch.full_like(matrix, torch.nan)
    values, vectors = torch.linalg.eigh(matrix.cpu() if matrix.device.type == "mps" else matrix)
    return values.to(matrix.device), vectors.to(matrix.device)


def symmetric_power(matrix: Tensor, exponent: float, least: float = 0.0) -> Tensor:
    """A power of a symmetric matrix, on the space of its eigenvalues above ``least``, at least 0."""
    values, vectors = eigenvectors(matrix)
    above = values > least
    powers = torch.where(above, torch.where(above, values, 1.0) ** exponent, 0.0)
    power: Tensor = (vectors * powers) @ vectors.mT
    return power
