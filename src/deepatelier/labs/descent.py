"""Gradient descent: batch, stochastic and mini-batch; the effect of the learning rate."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier import data
from deepatelier.jobs import Measures
from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.plots import figure_of, tidy
from deepatelier.labs.worked import Worked
from deepatelier.training.curves import COLORS, png_of
from deepatelier.training.least_squares import least_squares

__all__ = ["descend", "descent"]


class _Kind(NamedTuple):
    batch: int
    rate: float
    epochs: int


_KINDS = {"batch": _Kind(100, 0.1, 40), "stochastic": _Kind(1, 0.03, 2), "mini-batch of 10": _Kind(10, 0.1, 4)}
_RATES = {0.003: "too small", 0.1: "", 0.6: "", 0.8: "too large"}
_STEPS, _START = 60, (-1.5, 4.0)
_SHOWN = 1e3
"""The largest loss in the figure."""


def descend(x: Tensor, y: Tensor, theta: Tensor, rate: float, batch: int, epochs: int) -> Tensor:
    """θ ← θ − η·∇J on batches of n examples, J = 1/n·Σ(y − w·x − b)², reshuffled in each epoch.

    Args:
        x, y: (N,).
        theta: The initial (w, b).
        rate: η.
        batch: n; N is batch gradient descent, 1 is stochastic gradient descent.
        epochs: The number of epochs.

    Returns:
        θ before each step and at the end, (steps + 1, 2).

    Source: the lecture slides, 'Gradient Descent'.
    """
    path = [theta]
    for _ in range(epochs):
        for chosen in torch.split(torch.randperm(len(x)), batch):
            rest = theta[0] * x[chosen] + theta[1] - y[chosen]
            gradient = 2 * torch.stack([(rest * x[chosen]).mean(), rest.mean()])
            theta = theta - rate * gradient
            path.append(theta)
    return torch.stack(path)


def descent(_options: ComputedLab) -> Worked:
    """Plot three paths on the loss of the noisy line, and the loss over the steps for four learning rates.

    Sources: the lecture slides, 'Gradient Descent'; Müller, 'Introduction to Deep Learning' (2019), 'Intuition for
    Gradient Descent'.
    """
    points = data.open_dataset("line").train
    x, y = points.images.flatten().double(), points.targets.flatten().double()
    solved = least_squares([(x[:, None], y[:, None])])
    best = torch.cat([solved.weight[0], solved.bias])
    start = torch.tensor(_START, dtype=torch.float64)
    figure, axes = figure_of(1, 4, width=14.0, height=3.7)
    w, b = torch.meshgrid(torch.linspace(-2.5, 5, 80), torch.linspace(-2, 5, 80), indexing="xy")
    surface = (w[..., None] * x + b[..., None] - y).square().mean(dim=-1)
    findings: Measures = {}
    for axis, (name, (batch, rate, epochs)) in zip(axes, _KINDS.items(), strict=False):
        path = descend(x, y, start, rate, batch, epochs)
        axis.contour(w, b, surface, levels=torch.logspace(-0.5, 1.8, 12), colors="#9fb0c0", linewidths=0.7)
        axis.plot(path[:, 0], path[:, 1], "-", color=COLORS[1], linewidth=1, marker=".", markersize=3)
        axis.plot(*best, "*", color="black", markersize=9, label="closed form")
        tidy(axis, f"{name}: {len(path) - 1} steps, η = {rate:g}", "w", "b")
        findings[f"{name}: distance from the closed form after {epochs} passes"] = (path[-1] - best).norm().item()
    for number, (rate, words) in enumerate(_RATES.items()):
        path = descend(x, y, start, rate, len(x), _STEPS)
        losses = (path[:, :1] * x + path[:, 1:] - y).square().mean(dim=1)
        axes[-1].plot(losses[: int((losses < _SHOWN).sum())], color=COLORS[number], label=f"η = {rate:g} {words}")
        findings[f"loss after {_STEPS} steps, learning rate {rate:g}"] = losses[-1].item()
    axes[-1].set_yscale("log")
    tidy(axes[-1], "batch: the loss by the step", "step", "J")
    return Worked(png_of(figure), findings)
