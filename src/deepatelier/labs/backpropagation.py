"""Backpropagation by hand: δ and the outer product, for one example and then with matrices."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

from deepatelier.jobs import Measures
from deepatelier.labs.activations import ACTIVATIONS, Activation
from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.plots import figure_of, tidy
from deepatelier.labs.worked import Worked
from deepatelier.training.curves import COLORS, png_of

__all__ = ["Layer", "Loss", "Passed", "backpropagation", "backward", "forward", "loss_of", "outer_products"]

Loss = Literal["squared", "cross-entropy"]

_WIDTHS = (64, 32, 16, 10)
"""The widths of the network that is compared with autograd."""

_EXAMPLES = 20

_COMPARED: tuple[tuple[str, Loss], ...] = (("sigmoid", "squared"), ("tanh", "squared"), ("ReLU", "cross-entropy"))
"""The pairs of activation function and loss."""


class Layer(NamedTuple):
    """A dense layer: its weights (K, D) and biases (K,)."""

    weight: Tensor
    bias: Tensor


class Passed(NamedTuple):
    """The values of the forward pass that the backward pass needs.

    Attributes:
        z: The pre-activations of each layer, (m, K).
        a: The input, (m, D), and the output of each layer, (m, K).
    """

    z: list[Tensor]
    a: list[Tensor]


def forward(x: Tensor, layers: Sequence[Layer], activation: Activation, loss: Loss = "squared") -> Passed:
    """z_l = a_{l−1}·W_lᵀ + b_l and a_l = f(z_l), a_0 = x. With cross-entropy, the last a is the softmax.

    Args:
        x: (m, D).
        layers: The layers, from the first to the last.
        activation: f.
        loss: The loss, which determines the output function.
    """
    passed = Passed([], [x])
    for number, (weight, bias) in enumerate(layers, start=1):
        z = passed.a[-1] @ weight.T + bias
        last = number == len(layers) and loss == "cross-entropy"
        passed.z.append(z)
        passed.a.append(z.softmax(dim=1) if last else activation.value(z))
    return passed


def loss_of(a: Tensor, y: Tensor, loss: Loss) -> Tensor:
    """J = 1/(2m)·Σ‖y − a‖², or −1/m·Σ y·log a, over m examples."""
    return (y - a).square().sum() / (2 * len(a)) if loss == "squared" else -(y * a.log()).sum() / len(a)


def backward(
    passed: Passed, y: Tensor, layers: Sequence[Layer], activation: Activation, loss: Loss = "squared"
) -> tuple[list[Layer], list[Tensor]]:
    """Return the gradients of J for each layer's weights and biases, and each layer's δ = ∂J/∂z, in forward order.

    δ_L = (a_L − y)·f'(z_L)/m, or (a_L − y)/m for softmax and cross-entropy; δ_l = (δ_{l+1}·W_{l+1})·f'(z_l);
    ∂J/∂W_l = δ_lᵀ·a_{l−1}; ∂J/∂b_l = Σ δ_l over the examples.

    Sources: 'Deep Learning Review: Final Report', equations 3 to 7; the lecture slides, 'Backpropagation'; Müller,
    'Introduction to Deep Learning' (2019), 'Multilayer Perceptron: Learning'. Departures from the lecture slides: δ has
    the sign that θ − η·∇J needs, f' is evaluated at z, and the factor 1/m is kept throughout.
    """
    delta = (passed.a[-1] - y) / len(y)
    if loss == "squared":
        delta = delta * activation.slope(passed.z[-1])
    deltas = [delta]
    for number in reversed(range(len(layers) - 1)):
        delta = (delta @ layers[number + 1].weight) * activation.slope(passed.z[number])
        deltas.insert(0, delta)
    return [Layer(delta.T @ a, delta.sum(dim=0)) for delta, a in zip(deltas, passed.a, strict=False)], deltas


def outer_products(delta: Tensor, a: Tensor) -> Tensor:
    """Return Σ_i δ_i ⊗ a_i, computed example by example; it equals δᵀ·a."""
    return sum((torch.outer(*pair) for pair in zip(delta, a, strict=True)), torch.zeros(()))


def backpropagation(_options: ComputedLab) -> Worked:
    """Show the 2-2-2 network of the lecture slides with its δ and gradients; compare a larger network with autograd."""
    figure, (left, right) = figure_of(1, 2, height=4.8)
    small = [_random(2, 2), _random(2, 2)]
    x, y, sigmoid = torch.tensor([[0.8, 0.3]]).double(), torch.tensor([[1.0, 0.0]]).double(), ACTIVATIONS["sigmoid"]
    passed = forward(x, small, sigmoid)
    _draw(left, passed, small, *backward(passed, y, small, sigmoid))
    findings: Measures = {}
    ours, theirs = [], []
    for name, loss in _COMPARED:
        one, all_, found, wanted = _compared(name, loss)
        findings[f"{name}, {loss}: largest difference from autograd"] = all_
        findings[f"{name}, {loss}: of outer products, one example after the other"] = one
        ours.append(found)
        theirs.append(wanted)
        right.plot(wanted, found, ".", markersize=3, color=COLORS[len(ours) - 1], label=f"{name}, {loss}")
    most = max(each.abs().max().item() for each in theirs)
    right.plot([-most, most], [-most, most], color="black", linewidth=0.6, zorder=0)
    tidy(right, f"{'-'.join(map(str, _WIDTHS))}: each gradient, float64", "autograd", "by hand")
    return Worked(png_of(figure), findings)


def _random(outputs: int, inputs: int) -> Layer:
    bound = inputs**-0.5
    return Layer((2 * torch.rand(outputs, inputs).double() - 1) * bound, (2 * torch.rand(outputs).double() - 1) * bound)


def _compared(name: str, loss: Loss) -> tuple[float, float, Tensor, Tensor]:
    """Compare manual gradients with autograd's: the differences by outer products and by matrices; both gradients."""
    layers = [_random(outputs, inputs) for inputs, outputs in pairwise(_WIDTHS)]
    x, y = torch.randn(_EXAMPLES, _WIDTHS[0]).double(), torch.eye(_WIDTHS[-1]).double()[torch.arange(_EXAMPLES) % 10]
    passed = forward(x, layers, ACTIVATIONS[name], loss)
    found, deltas = backward(passed, y, layers, ACTIVATIONS[name], loss)
    leaves = [Layer(*(each.clone().requires_grad_() for each in layer)) for layer in layers]
    wanted = torch.autograd.grad(loss_of(forward(x, leaves, ACTIVATIONS[name], loss).a[-1], y, loss), _flat(leaves))
    single = [outer_products(delta, a) for delta, a in zip(deltas, passed.a, strict=False)]
    return (
        max((one - theirs).abs().max().item() for one, theirs in zip(single, wanted[::2], strict=True)),
        max((ours - theirs).abs().max().item() for ours, theirs in zip(_flat(found), wanted, strict=True)),
        torch.cat([each.flatten() for each in _flat(found)]),
        torch.cat([each.flatten() for each in wanted]),
    )


def _flat(layers: Sequence[Layer]) -> list[Tensor]:
    return [each for layer in layers for each in layer]


def _draw(axis: Any, passed: Passed, layers: Sequence[Layer], gradients: Sequence[Layer], deltas: list[Tensor]) -> None:
    """Draw units as circles with a and δ, and weights on arrows with their gradients."""
    for number, a in enumerate(passed.a):
        for unit, value in enumerate(a[0].tolist()):
            place = (2.4 * number, -1.6 * unit)
            axis.text(
                *place, f"{'a' if number else 'x'} = {value:.3f}", ha="center", va="bottom", fontsize=7.5, zorder=3
            )
            if number:
                label = f"δ = {deltas[number - 1][0, unit]:+.3f}"
                axis.text(*place, label, ha="center", va="top", fontsize=7, color=COLORS[1], zorder=3)
            axis.plot(*place, "o", markersize=48, color="#eef3f8", markeredgecolor=COLORS[0], zorder=2)
    for number, (layer, gradient) in enumerate(zip(layers, gradients, strict=True)):
        for unit in range(2):
            for source in range(2):
                start, end = (2.4 * number, -1.6 * source), (2.4 * number + 2.4, -1.6 * unit)
                axis.plot(*zip(start, end, strict=True), color="#b8c4d0", linewidth=1, zorder=1)
                share = 0.36 if unit != source else 0.5
                middle = [begin + share * (stop - begin) for begin, stop in zip(start, end, strict=True)]
                label = f"{layer.weight[unit, source]:+.2f}"
                slope = f"∂ {gradient.weight[unit, source]:+.4f}"
                box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
                axis.text(*middle, label, ha="center", va="bottom", fontsize=8, zorder=3, bbox=box)
                axis.text(*middle, slope, ha="center", va="top", fontsize=7, color=COLORS[1], zorder=3, bbox=box)
    axis.set_xlim(-0.8, 5.6)
    axis.set_ylim(-2.3, 0.7)
    axis.set_axis_off()
    axis.set_title("2-2-2, sigmoid, y = (1, 0): forward, and the gradients back", fontsize=10)
