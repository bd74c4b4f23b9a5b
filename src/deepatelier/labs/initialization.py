"""Initialisation: the effect of the initial weights on activations and gradients, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from deepatelier.jobs import Measures
from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.fitting import digits, perceptron
from deepatelier.labs.plots import figure_of, tidy
from deepatelier.labs.worked import Worked
from deepatelier.networks import initialize
from deepatelier.training.curves import COLORS, png_of

__all__ = ["initialization", "signals"]

_WIDTH, _HISTOGRAMS, _DEEP = 300, 5, 10
"""Units per layer; hidden layers of the histograms, as in the paper's figures; hidden layers of the curves."""


def signals(network: nn.Sequential, activation: type[nn.Module], x: Tensor, y: Tensor) -> tuple[list[Tensor], ...]:
    """Return the output of each activation function, and the gradient of the loss for its input, in forward order.

    Args:
        network: Dense layers and activation functions.
        activation: The class of the activation functions.
        x, y: The examples.
    """
    sums, outputs = [], []
    for layer in network:
        if isinstance(layer, activation):
            sums.append(x)
        x = layer(x)
        if isinstance(layer, activation):
            outputs.append(x.detach())
    return outputs, list(torch.autograd.grad(cross_entropy(x, y), sums))


def initialization(options: ComputedLab) -> Worked:
    """Plot Glorot's histograms of activations and gradients, and standard deviations over ten layers.

    Sources: Glorot and Bengio (2010), figures 6 and 7; He et al. (2015); the lecture slides, 'Weight Initialization'.
    """
    shown = digits(options.seed)
    x = (shown.x - shown.x.mean()) / shown.x.std()
    figure, axes = figure_of(2, 4, width=14.0, height=6.4)
    findings: Measures = {}
    for row, (name, words) in enumerate({"standard": "±1/√n", "glorot": "±√6/√(n_in + n_out)"}.items()):
        outputs, gradients = _signals(name, nn.Tanh, _HISTOGRAMS, x, shown.y)
        _histograms(axes[4 * row], outputs, f"tanh, {name} ({words}): activations", 1.0)
        back = [1e5 * each for each in gradients]
        _histograms(axes[4 * row + 1], back, f"tanh, {name}: gradients going back, in 10⁻⁵", 3 * back[-1].std().item())
        shares = gradients[0].std() / gradients[-1].std()
        findings[f"tanh, {name}: deviation of the gradients, first layer over last of {_HISTOGRAMS}"] = shares.item()
    ways = {
        (2, "tanh", nn.Tanh): ("uniform", "standard", "glorot", "lecun"),
        (3, "ReLU", nn.ReLU): ("standard", "glorot", "he", "alexnet"),
        (6, "sigmoid", nn.Sigmoid): ("standard", "glorot", "uniform"),
    }
    for (place, kind, activation), names in ways.items():
        found = {name: _signals(name, activation, _DEEP, x, shown.y) for name in names}
        of_gradients = place == 6
        curves = {name: [each.std().item() for each in pair[of_gradients]] for name, pair in found.items()}
        _over_layers(axes[place], curves, f"{kind}: deviation of the {'gradients' if of_gradients else 'activations'}")
        for name, values in curves.items():
            what = "gradients, first layer over last" if of_gradients else "activations, last layer over first"
            share = values[0] / values[-1] if of_gradients else values[-1] / values[0]
            findings[f"{kind}, {name}: deviation of the {what} of {_DEEP}"] = share
    least = [0.25 ** (_DEEP + 1 - layer) for layer in range(1, _DEEP + 1)]
    _over_layers(axes[7], {"0.25 for each layer": least}, "ten sigmoids: what slopes leave at most")
    findings["0.25^10"] = 0.25**10
    return Worked(png_of(figure), findings)


def _signals(name: str, activation: type[nn.Module], depth: int, x: Tensor, y: Tensor) -> tuple[list[Tensor], ...]:
    network = perceptron((x.shape[1], *[_WIDTH] * depth, 10), activation)
    initialize(network, name)
    return signals(network, activation, x, y)


def _histograms(axis: Any, layers: list[Tensor], title: str, reach: float) -> None:
    for number, values in enumerate(layers):
        heights = torch.histc(values.flatten(), 61, -reach, reach)
        places = torch.linspace(-reach, reach, 61)
        axis.plot(places, heights / heights.sum(), color=COLORS[number], linewidth=1.2, label=f"layer {number + 1}")
    axis.set_ylim(bottom=0)
    axis.locator_params(axis="x", nbins=5)
    tidy(axis, title)


def _over_layers(axis: Any, curves: Mapping[str, list[float]], title: str) -> None:
    for number, (name, values) in enumerate(curves.items()):
        axis.plot(range(1, len(values) + 1), values, "o-", markersize=3, color=COLORS[number], label=name)
    axis.set_yscale("log")
    tidy(axis, title, "layer")
