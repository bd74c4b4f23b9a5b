"""Powers of symmetric matrices."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["eigenvectors", "symmetric_power"]


def eigenvectors(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Return the eigenvalues (N,), ascending, and eigenvectors (N, N) of a symmetric matrix; all NaN if it has a NaN.

    They are computed on the CPU if the device does not support it (MPS).
    """
    if not matrix.isfinite().all():
        return torch.full_like(matrix[0], torch.nan), torch.full_like(matrix, torch.nan)
    values, vectors = torch.linalg.eigh(matrix.cpu() if matrix.device.type == "mps" else matrix)
    return values.to(matrix.device), vectors.to(matrix.device)


def symmetric_power(matrix: Tensor, exponent: float, least: float = 0.0) -> Tensor:
    """Return a power of a symmetric matrix on the span of the eigenvectors with eigenvalues above ``least`` (≥ 0)."""
    values, vectors = eigenvectors(matrix)
    above = values > least
    powers = torch.where(above, torch.where(above, values, 1.0) ** exponent, 0.0)
    power: Tensor = (vectors * powers) @ vectors.mT
    return power
