"""Linear least squares in closed form.

Source: Fabian Müller, 'Introduction to Deep Learning', 'Linear Regression'; 'Deep Learning Review: Final Report', which
applies it to digits of 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Solution", "least_squares"]


class Solution(NamedTuple):
    """The solution of a linear regression.

    Attributes:
        weight: W, (K, D), float64.
        bias: b, (K,), float64.
        rank: The rank of the system of equations; D + 1 if the solution is unique.
    """

    weight: Tensor
    bias: Tensor
    rank: int


def least_squares(rows: Iterable[tuple[Tensor, Tensor]], ridge: float = 0.0) -> Solution:
    """Return the W and b of minimum norm that minimize (1/N)·Σ_i ‖y_i − W·x_i − b‖² + λ·‖W‖².

    The rows [x_i 1 y_i] are reduced to a triangular matrix R by QR decomposition, in pieces. The triangular system is
    solved by a singular value decomposition. Unlike XᵀX, R has the condition number of the rows themselves. Singular
    values below max(N, D + 1)·ε·σ₁ count as zero.

    Args:
        rows: The examples in pieces: x, (n, D), and y, (n, K).
        ridge: The factor λ of the penalty.
    """
    triangle: Tensor | None = None
    count = 0
    for x, y in rows:
        count += len(x)
        piece = torch.cat([x.double(), torch.ones(len(x), 1).double(), y.double()], dim=1)
        triangle = _triangle(piece if triangle is None else torch.cat([triangle, piece]))
        size = x.shape[1] + 1
    assert triangle is not None
    if ridge:
        penalty = torch.zeros(size - 1, triangle.shape[1]).double()
        penalty[:, : size - 1] = torch.eye(size - 1).double() * (ridge * count) ** 0.5
        triangle = _triangle(torch.cat([triangle, penalty]))
    left, values, right = torch.linalg.svd(triangle[:, :size], full_matrices=False)
    kept = values > max(count, size) * torch.finfo(torch.float64).eps * values[0]
    inverse = torch.where(kept, 1 / values, 0.0)
    solution = right.T @ (inverse[:, None] * (left.T @ triangle[:, size:]))  # D + 1, K
    return Solution(solution[:-1].T.contiguous(), solution[-1], int(kept.sum()))


def _triangle(rows: Tensor) -> Tensor:
    triangle: Tensor = torch.linalg.qr(rows, mode="r").R
    return triangle
