"""Activation functions: their derivatives, and what a network is without them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.plots import figure_of, tidy
from deepatelier.labs.worked import Worked
from deepatelier.training.curves import COLORS, png_of

__all__ = ["ACTIVATIONS", "Activation", "activations", "softmax", "softmax_jacobian"]

_LEAK, _ALPHA = 0.01, 0.25
"""The slope of leaky ReLU below 0, and the initial slope of PReLU (He et al., 2015)."""

_DEPTH, _WIDTH = 5, 8
"""The size of the network without activation functions."""


class Activation(NamedTuple):
    """An element-wise activation function.

    Attributes:
        formula: The formula, as text.
        value: f(z).
        slope: f'(z), as derived in the courses; at a kink, the derivative from the left.
    """

    formula: str
    value: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]


ACTIVATIONS = {
    "sigmoid": Activation("1/(1 + exp(−z))", torch.sigmoid, lambda z: torch.sigmoid(z) * (1 - torch.sigmoid(z))),
    "tanh": Activation("(exp(z) − exp(−z))/(exp(z) + exp(−z))", torch.tanh, lambda z: 1 - torch.tanh(z) ** 2),
    "ReLU": Activation("max(0, z)", torch.relu, lambda z: (z > 0).to(z.dtype)),
    "leaky ReLU": Activation("max(0.01·z, z)", lambda z: torch.maximum(_LEAK * z, z), lambda z: _slopes(z, _LEAK)),
    "PReLU": Activation(
        "max(α·z, z), α learnt; here ¼", lambda z: torch.maximum(_ALPHA * z, z), lambda z: _slopes(z, _ALPHA)
    ),
}
"""The functions by name. Sources: the lecture slides, 'Activation Functions'; Müller, 'Introduction to Deep Learning'
(2019), 'Activation Functions I' to 'III'."""


def softmax(z: Tensor) -> Tensor:
    """g_k = exp(z_k)/Σ_j exp(z_j), (K,). The largest z is subtracted first, which only prevents overflow."""
    powers = (z - z.max()).exp()
    return powers / powers.sum()


def softmax_jacobian(z: Tensor) -> Tensor:
    """∂g_k/∂z_j = g_k·(δ_kj − g_j), (K, K).

    Source: Müller, 'Introduction to Deep Learning' (2019), 'Activation Functions IV'.
    """
    g = softmax(z)
    return g.diag() - torch.outer(g, g)


def activations(_options: ComputedLab) -> Worked:
    """Plot each function with its derivative and softmax of three examples; collapse a deep linear network.

    Sources: the lecture slides, 'Activation Functions'; Müller, 'Introduction to Deep Learning' (2019), 'Activation
    Functions' and 'Towards Neural Networks', where PReLU is misprinted as max(−βx, x); it is max(βx, x).
    """
    z = torch.linspace(-5, 5, 401, dtype=torch.float64)
    figure, axes = figure_of(2, 3, height=6.0)
    for axis, (name, each) in zip(axes, ACTIVATIONS.items(), strict=False):
        axis.plot(z, each.value(z), color=COLORS[0], label="f")
        axis.plot(z, each.slope(z), color=COLORS[1], linestyle="--", label="f '")
        axis.set_ylim(-1.4, 2.4)
        tidy(axis, f"{name}: {each.formula}", "z")
    examples = ((0.0, 1.0, 0.0), (0.0, 10.0, 0.0), (0.0, -10.0, 0.0))
    found = {str(tuple(map(int, values))): softmax(torch.tensor(values, dtype=torch.float64)) for values in examples}
    for number, (words, shares) in enumerate(found.items()):
        places = torch.arange(len(shares)) + 0.26 * (number - 1)
        axes[-1].bar(places.tolist(), shares.tolist(), 0.24, color=COLORS[number], label=f"of {words}")
    axes[-1].set_xticks(range(3), ["1st", "2nd", "3rd"])
    tidy(axes[-1], "softmax: exp(z_k)/Σ exp(z_j)")
    return Worked(
        png_of(figure),
        {
            "the sigmoid's largest slope": ACTIVATIONS["sigmoid"].slope(z).max().item(),
            **{
                f"softmax{words}": ", ".join(f"{share:.2f}" for share in shares.tolist())
                for words, shares in found.items()
            },
            f"{_DEPTH} layers without activations differ from the one that they are by": _collapsed(),
        },
    )


def _slopes(z: Tensor, below: float) -> Tensor:
    return torch.where(z > 0, torch.ones_like(z), below * torch.ones_like(z))


def _collapsed() -> float:
    """Return the largest difference of W_L(…(W_1·x + b_1)…) + b_L from W·x + b with W = W_L·…·W_1."""
    layers = [(torch.randn(_WIDTH, _WIDTH).double(), torch.randn(_WIDTH).double()) for _ in range(_DEPTH)]
    x = torch.randn(100, _WIDTH).double()
    deep, product, shift = x, torch.eye(_WIDTH).double(), torch.zeros(_WIDTH).double()
    for weight, bias in layers:
        deep = deep @ weight.T + bias
        product, shift = weight @ product, weight @ shift + bias
    return (deep - (x @ product.T + shift)).abs().max().item()
