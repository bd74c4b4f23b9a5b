"""The digits of the labs, and a short training loop for small networks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from deepatelier import data

__all__ = ["Digits", "accuracy", "digits", "fit", "perceptron"]

_BATCH = 50


class Digits(NamedTuple):
    """scikit-learn's digits as rows of 64 values, for training and validation; no lab reads the test part.

    Attributes:
        x, y: (N, 64) in [0, 1], and the class indices, (N,).
        x_validation, y_validation: The same for the validation part.
    """

    x: Tensor
    y: Tensor
    x_validation: Tensor
    y_validation: Tensor


def digits(seed: int) -> Digits:
    """Return 1,150 digits for training and 288 for validation; 359 are held out as the test part."""
    parts = data.split(_all_digits(), validation=0.2, test=0.2, seed=seed % 2**32)
    train, validation = parts.train, parts.validation
    return Digits(train.pixels().flatten(1), train.targets, validation.pixels().flatten(1), validation.targets)


@cache
def _all_digits() -> data.Dataset:
    return data.open_dataset("digits")


def perceptron(
    widths: tuple[int, ...], activation: Callable[[], nn.Module] = nn.ReLU, *, batch_norm: bool = False
) -> nn.Sequential:
    """Return dense layers with activation functions between them; the first width is that of the input."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers.append(nn.Linear(inputs, outputs))
        if len(layers) // (2 + batch_norm) < len(widths) - 2:
            layers += [nn.BatchNorm1d(outputs)] * batch_norm + [activation()]
    return nn.Sequential(*layers)


def fit(
    network: nn.Module,
    x: Tensor,
    y: Tensor,
    optimizer: torch.optim.Optimizer,
    epochs: int,
    *,
    batch: int = _BATCH,
    penalty: Callable[[], Tensor | float] = lambda: 0.0,
    after: Callable[[], None] = lambda: None,
) -> list[float]:
    """Minimise the cross-entropy plus a penalty.

    Args:
        network: Returns the class scores.
        x, y: The examples.
        optimizer: The optimiser of the network's weights.
        epochs: The number of epochs.
        batch: The batch size.
        penalty: Returns the penalty that is added to the loss.
        after: Called after each epoch.

    Returns:
        The cross-entropy at each step.
    """
    losses = []
    for _ in range(epochs):
        network.train()
        for chosen in torch.split(torch.randperm(len(x)), batch):
            loss = cross_entropy(network(x[chosen]), y[chosen])
            optimizer.zero_grad()
            torch.autograd.backward(loss + penalty())
            optimizer.step()
            losses.append(loss.item())
        after()
    return losses


@torch.no_grad()
def accuracy(network: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return the fraction of examples whose highest score is that of their class, in evaluation mode."""
    scores: Tensor = network.eval()(x)
    return (scores.argmax(dim=1) == y).float().mean().item()
