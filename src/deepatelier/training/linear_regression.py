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

_TOGETHER = 10_000
"""Pictures that are taken together, so that they need not all be there in float64."""


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
    size = x.shape[1] + 1
    products, wanted = torch.zeros(size, size).double(), torch.zeros(size, y.shape[1]).double()
    for some, theirs in zip(torch.split(x, _TOGETHER), torch.split(y, _TOGETHER), strict=True):
        rows = torch.cat([some.double(), torch.ones(len(some), 1).double()], dim=1)
        products += rows.T @ rows / len(x)
        wanted += rows.T @ theirs.double() / len(x)
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
    pieces = (train.pixels(slice(start, start + _TOGETHER)) for start in range(0, len(train), _TOGETHER))
    x = torch.cat([network.prepare(piece).flatten(1) for piece in pieces])
    found = least_squares(x, wanted, l2)
    layers[0].weight.copy_(found.weight)
    layers[0].bias.copy_(found.bias)
    return found
