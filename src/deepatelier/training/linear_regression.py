"""Linear regression in closed form.

Source: document 002, 'Linear Regression'; document 000, which applies it to digits of 0 and 1.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from deepatelier.data import Labelled
from deepatelier.errors import OptionError
from deepatelier.networks import Network

__all__ = ["Solution", "least_squares", "solve"]

_RIDGE = 1e-6
"""Of the largest eigenvalue, where the equations are singular."""


class Solution(NamedTuple):
    """What solves a linear regression.

    Attributes:
        weight, bias: W, (K, D), and b, (K,).
        rank: Of the equations; D + 1 if they have one solution.
        ridge: What was added to their diagonal, for each picture.
    """

    weight: Tensor
    bias: Tensor
    rank: int
    ridge: float


def least_squares(x: Tensor, y: Tensor, l2: float = 0.0) -> Solution:
    """W and b that make (1/N)·Σ_i ‖y_i − W·x_i − b‖² + λ·‖W‖² smallest: (XᵀX/N + λI)·[W b]ᵀ = XᵀY/N.

    Where these equations are singular and λ is 0, they are solved with a ridge of 1e-6 of the largest eigenvalue, which
    gives nearly the smallest of all solutions.

    Args:
        x: (N, D).
        y: (N, K).
        l2: λ.
    """
    rows = torch.cat([x.double(), torch.ones(len(x), 1, dtype=torch.float64)], dim=1)
    products, wanted = rows.T @ rows / len(rows), rows.T @ y.double() / len(rows)
    eigenvalues = torch.linalg.eigvalsh(products)
    smallest = eigenvalues[-1] * len(products) * torch.finfo(torch.float64).eps
    rank = int((eigenvalues > smallest).sum())
    ridge = l2 if l2 or rank == len(products) else _RIDGE * eigenvalues[-1].item()
    penalty = torch.full((len(products),), ridge, dtype=torch.float64)
    if l2:
        penalty[-1] = 0
    solution = torch.linalg.solve(products + penalty.diag(), wanted)
    return Solution(solution[:-1].T, solution[-1], rank, ridge)


@torch.no_grad()
def solve(network: nn.Module, train: Labelled, wanted: Tensor, l2: float = 0.0) -> Solution:
    """Set the weights of a network of one dense layer to the solution.

    Args:
        network: ``linear`` of the registry.
        train: The pictures.
        wanted: What it shall put out for each, (N, K).
        l2: As of `least_squares`.

    Raises:
        OptionError: The network has other layers.
    """
    layers = [module for module in network.modules() if isinstance(module, nn.Linear)]
    if not isinstance(network, Network) or len(layers) != 1 or sum(1 for _ in network.parameters()) != 2:
        raise OptionError("closed-form solves a linear regression: take --network linear, or another --optimizer.")
    x = torch.cat([network.prepare(piece).flatten(1) for piece in _pieces(train)])
    found = least_squares(x, wanted, l2)
    layers[0].weight.copy_(found.weight)
    layers[0].bias.copy_(found.bias)
    return found


def _pieces(train: Labelled) -> list[Tensor]:
    return [train.pixels(slice(start, start + 10_000)) for start in range(0, len(train), 10_000)]
