"""Normalisation of the input and of each batch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from deepatelier.jobs import Measures
from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.fitting import Digits, accuracy, digits, fit, perceptron
from deepatelier.labs.plots import figure_of, tidy
from deepatelier.labs.worked import Worked
from deepatelier.training.curves import COLORS, png_of

__all__ = ["batch_normalized", "normalization"]

_WIDTHS = (64, 100, 100, 100, 100, 10)
_EPOCHS, _RATES = 12, (0.05, 0.5)
_INPUT_RATES = (1e-4, 3e-4, 1e-3, 3e-3, 0.3, 1.0, 3.0, 10.0)
"""The learning rates from which the best is chosen for each input of the linear network."""

_EPSILON = 1e-5


def batch_normalized(z: Tensor, gamma: Tensor, beta: Tensor, epsilon: float = _EPSILON) -> Tensor:
    """Z' = (z − μ)/√(σ² + ε), then a' = γ·z' + β, μ and σ² over the batch.

    Args:
        z: (m, K).
        gamma, beta: γ and β, (K,).
        epsilon: ε.

    Source: the two steps in the lecture slides, 'Batch Normalization'.
    """
    mean = z.mean(dim=0)
    normalized = (z - mean) / (((z - mean) ** 2).mean(dim=0) + epsilon).sqrt()
    return gamma * normalized + beta


def normalization(options: ComputedLab) -> Worked:
    """Train sigmoid networks with and without batch normalisation, and a linear one with three input scalings.

    Source: the lecture slides, 'Batch Normalization' and 'Input Normalization'.
    """
    shown = digits(options.seed)
    normal = _normalized(shown)
    figure, axes = figure_of(1, 3, width=13.0, height=3.9)
    z, layer = torch.randn(32, 6).double() * 3 + 1, nn.BatchNorm1d(6).double()
    nn.init.normal_(layer.weight)
    nn.init.normal_(layer.bias)
    difference = (batch_normalized(z, layer.weight, layer.bias) - layer(z)).abs().max().item()
    findings: Measures = {"the slide's two steps differ from torch's layer by": difference}
    for axis, rate in zip(axes, _RATES, strict=False):
        for number, batch_norm in enumerate((False, True)):
            name = "batch normalisation" if batch_norm else "without"
            curve = _curve(perceptron(_WIDTHS, nn.Sigmoid, batch_norm=batch_norm), normal, rate)
            axis.plot(range(1, _EPOCHS + 1), curve, "o-", markersize=3, color=COLORS[number], label=name)
            findings[f"four layers of sigmoids, η = {rate:g}, {name}: validation accuracy"] = curve[-1]
        axis.set_ylim(0, 1)
        tidy(axis, f"four layers of sigmoids, η = {rate:g}", "epoch", "validation accuracy")
    inputs = {"as bytes, 0 to 255": _scaled(shown, 255), "in [0, 1]": shown, "mean 0, deviation 1": normal}
    for number, (name, given) in enumerate(inputs.items()):
        rate, losses = min(((rate, _losses(given, rate)) for rate in _INPUT_RATES), key=lambda tried: tried[1][-1])
        label = f"{name}: η = {rate:g}"
        axes[-1].plot(range(1, _EPOCHS + 1), losses, "o-", markersize=3, color=COLORS[number], label=label)
        findings[f"a linear network, input {label}: cross-entropy of the last epoch"] = losses[-1]
    axes[-1].set_yscale("log")
    tidy(axes[-1], "a linear network's input, each at its best rate", "epoch", "training cross-entropy")
    return Worked(png_of(figure), findings)


def _losses(shown: Digits, rate: float) -> list[float]:
    """Return the cross-entropy of a linear network in each epoch of plain gradient descent, averaged over the steps."""
    network = perceptron((shown.x.shape[1], 10))
    steps = fit(network, shown.x, shown.y, torch.optim.SGD(network.parameters(), rate), _EPOCHS)
    return torch.tensor(steps).view(_EPOCHS, -1).mean(dim=1).nan_to_num(torch.inf).tolist()


def _curve(network: nn.Module, shown: Digits, rate: float) -> list[float]:
    """Return the validation accuracy after each epoch of plain gradient descent."""
    rows: list[float] = []

    def judge() -> None:
        rows.append(accuracy(network, shown.x_validation, shown.y_validation))

    fit(network, shown.x, shown.y, torch.optim.SGD(network.parameters(), rate), _EPOCHS, after=judge)
    return rows


def _normalized(shown: Digits) -> Digits:
    """Normalise each input by its mean and standard deviation on the training part; constant inputs stay zero."""
    mean, deviation = shown.x.mean(dim=0), shown.x.std(dim=0).clamp(min=1e-2)
    return shown._replace(x=(shown.x - mean) / deviation, x_validation=(shown.x_validation - mean) / deviation)


def _scaled(shown: Digits, factor: float) -> Digits:
    return shown._replace(x=shown.x * factor, x_validation=shown.x_validation * factor)
