"""The digits of the labs, and a short training loop for small networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from deepatelier import data
from deepatelier.training import fit as training_loop
from deepatelier.training.player import Player
from deepatelier.training.tasks.classification import Classification
from deepatelier.training.tasks.supervised import NETWORK

__all__ = ["Digits", "Minibatches", "accuracy", "digits", "fit", "perceptron"]

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


@dataclass(frozen=True)
class Minibatches:
    """Examples in random order, in batches; see `deepatelier.training.fit.BatchSource`.

    Attributes:
        x, y: The examples and their classes.
        size: The size of a batch; the last one may be smaller.
    """

    x: Tensor
    y: Tensor
    size: int

    def __len__(self) -> int:
        return -(-len(self.x) // self.size)

    def epoch(self, number: int, start: int = 0) -> Iterator[tuple[Tensor, Tensor]]:  # noqa: ARG002
        """Yield the batches, in an order drawn from torch's global random numbers. A lab does not resume."""
        for chosen in torch.split(torch.randperm(len(self.x)), self.size):
            yield self.x[chosen], self.y[chosen]


def fit(
    network: nn.Module,
    x: Tensor,
    y: Tensor,
    optimizer: torch.optim.Optimizer,
    epochs: int,
    *,
    batch: int = _BATCH,
    penalties: tuple[Callable[[], Tensor], ...] = (),
    after: Callable[[], None] = lambda: None,
) -> list[float]:
    """Minimize the cross-entropy and penalties with the loop of `deepatelier.training.fit`.

    Args:
        network: Outputs the scores of the classes.
        x, y: The examples.
        optimizer: The optimizer of the network's weights.
        epochs: The number of epochs.
        batch: The batch size.
        penalties: Terms that are added to the loss.
        after: Called after each epoch.

    Returns:
        The loss of each step.
    """
    task, player = Classification(tuple(map(str, range(10)))), Player(network, optimizer, penalties=penalties)
    losses = []
    for step in training_loop.fit(task, {NETWORK: player}, Minibatches(x, y, batch), epochs):
        losses.append(step.latest["loss"])
        if step.row is not None:
            after()
    return losses


@torch.no_grad()
def accuracy(network: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return the fraction of examples whose highest score is that of their class, in evaluation mode."""
    scores: Tensor = network.eval()(x)
    return (scores.argmax(dim=1) == y).float().mean().item()
