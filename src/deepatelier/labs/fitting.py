"""The digits of the labs, and a loop that fits a small network to them, to be read at a glance."""

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
    """scikit-learn's digits as rows of 64 values: to fit to, and to judge by; no lab reads the test part.

    Attributes:
        x, y: (N, 64) in [0, 1], and the numbers of the classes, (N,).
        x_validation, y_validation: Likewise.
    """

    x: Tensor
    y: Tensor
    x_validation: Tensor
    y_validation: Tensor


def digits(seed: int) -> Digits:
    """1,150 digits to fit to and 288 to judge by; 359 are kept aside as the test part."""
    parts = data.split(_all_digits(), validation=0.2, test=0.2, seed=seed % 2**32)
    train, validation = parts.train, parts.validation
    return Digits(train.pixels().flatten(1), train.targets, validation.pixels().flatten(1), validation.targets)


@cache
def _all_digits() -> data.Dataset:
    return data.open_dataset("digits")


def perceptron(
    widths: tuple[int, ...], activation: Callable[[], nn.Module] = nn.ReLU, *, batch_norm: bool = False
) -> nn.Sequential:
    """Dense layers of these widths, the first the input's, with activations between them."""
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
    """Move weights down the cross-entropy and a penalty.

    Args:
        network: Puts out the scores of the classes.
        x, y: The examples.
        optimizer: Of the network's weights.
        epochs: Passes over the examples.
        batch: Examples in a step.
        penalty: What is added to the loss.
        after: Is called after each epoch.

    Returns:
        The cross-entropy of each step.
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
    """The share of examples whose highest score is that of their class, in evaluation mode."""
    scores: Tensor = network.eval()(x)
    return (scores.argmax(dim=1) == y).float().mean().item()
