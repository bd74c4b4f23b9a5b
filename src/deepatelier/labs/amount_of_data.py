"""The amount of data: accuracy over the number of examples, and over the depth with equal parameters."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from deepatelier.jobs import Measures
from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.fitting import Digits, accuracy, digits, fit, perceptron
from deepatelier.labs.plots import figure_of, tidy
from deepatelier.labs.worked import Worked
from deepatelier.networks import initialize
from deepatelier.training.curves import COLORS, png_of

__all__ = ["amount_of_data", "width_for"]

_AMOUNTS = (20, 80, 300, 1150)
_SEEDS, _STEPS = 3, 150
_SHAPES = {"linear": (64, 10), "one hidden layer of 100": (64, 100, 10), "two of 100": (64, 100, 100, 10)}
_BUDGET, _DEPTHS = 6_000, (1, 2, 3, 5, 8)
"""The parameters of the deep and shallow networks, and their numbers of hidden layers."""


def width_for(depth: int, budget: int = _BUDGET) -> int:
    """Return the largest width w with which a network 64-w-…-w-10 stays within a budget of parameters.

    Args:
        depth: The number of hidden layers.
        budget: The maximum number of parameters.
    """
    return max(width for width in range(1, budget) if _parameters(depth, width) <= budget)


def amount_of_data(options: ComputedLab) -> Worked:
    """Plot validation accuracy over the number of training digits, and over the depth with equal parameters.

    Sources: the lecture slides and Müller, 'Introduction to Deep Learning' (2019), on over- and underfitting; 'Lecture
    15: Deep Learning' (2022), on the need for data.
    """
    figure, (left, right) = figure_of(1, 2, width=11.0, height=4.0)
    findings: Measures = {}
    for number, (name, widths) in enumerate(_SHAPES.items()):
        found = [[_judged(widths, amount, options.seed + seed) for seed in range(_SEEDS)] for amount in _AMOUNTS]
        _with_spread(left, _AMOUNTS, found, number, name)
        for amount, accuracies in zip(_AMOUNTS, found, strict=True):
            if amount in (_AMOUNTS[0], _AMOUNTS[-1]):
                findings[f"{name}, {amount} digits: validation accuracy"] = statistics.mean(accuracies)
    left.set_xscale("log")
    left.set_xticks(_AMOUNTS, [str(amount) for amount in _AMOUNTS])
    left.minorticks_off()
    tidy(left, f"by the number of digits (means of {_SEEDS} seeds)", "digits to learn from", "validation accuracy")
    found = []
    for depth in _DEPTHS:
        width = width_for(depth)
        found.append([_judged((64, *[width] * depth, 10), 400, options.seed + seed) for seed in range(_SEEDS)])
        label = f"{depth} hidden of {width} units, {_parameters(depth, width):,} parameters: validation accuracy"
        findings[label] = statistics.mean(found[-1])
    _with_spread(right, _DEPTHS, found, 0, "400 digits to learn from")
    right.set_xticks(_DEPTHS)
    tidy(right, f"by the depth, some {_BUDGET:,} parameters each", "hidden layers", "validation accuracy")
    return Worked(png_of(figure), findings)


def _parameters(depth: int, width: int) -> int:
    return 65 * width + (depth - 1) * (width + 1) * width + 10 * (width + 1)


def _judged(widths: tuple[int, ...], amount: int, seed: int) -> float:
    """Train a network for a fixed number of steps on some of the digits, and return its validation accuracy."""
    torch.manual_seed(seed)
    shown: Digits = digits(seed)
    chosen = torch.randperm(len(shown.x))[:amount]
    network: nn.Module = perceptron(widths)
    initialize(network, "he")
    batch = min(50, amount)
    epochs = max(1, round(_STEPS * batch / amount))
    fit(network, shown.x[chosen], shown.y[chosen], torch.optim.Adam(network.parameters(), 3e-3), epochs, batch=batch)
    return accuracy(network, shown.x_validation, shown.y_validation)


def _with_spread(axis: Any, places: Sequence[int], found: Sequence[Sequence[float]], number: int, name: str) -> None:
    means = [statistics.mean(each) for each in found]
    axis.plot(places, means, "o-", markersize=3, color=COLORS[number], label=name)
    least, most = [min(each) for each in found], [max(each) for each in found]
    axis.fill_between(places, least, most, color=COLORS[number], alpha=0.12)
