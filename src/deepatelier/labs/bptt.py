"""Backpropagation through time: the product of Jacobians by hand, and how gradients vanish and explode."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier.jobs import Measures
from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.plots import figure_of, tidy
from deepatelier.labs.worked import Worked
from deepatelier.networks.recurrent import Cell, GRUCell, LSTMCell, RNNCell
from deepatelier.training.curves import COLORS, png_of

__all__ = [
    "Weights",
    "bptt",
    "gradient_by_hand",
    "gradient_norms",
    "jacobians",
    "linear_norms",
    "loss_of",
    "states_of",
    "with_spectral_radius",
]

_CELLS: dict[str, type[Cell]] = {"plain RNN": RNNCell, "LSTM": LSTMCell, "GRU": GRUCell}
_RADII = (0.5, 1.0, 1.5)
_WIDTH, _INPUTS, _STEPS, _SEQUENCES = 64, 4, 100, 20
_SCALE = 0.01
"""The standard deviation of the inputs: small, so that the units are not saturated by them."""

_DISTANCES = (10, 50)
"""The distances whose gradient norms are among the findings."""


class Weights(NamedTuple):
    """The weights of a plain recurrent network without biases: W_hx (H, D), W_hh (H, H) and W_yh (K, H)."""

    hx: Tensor
    hh: Tensor
    yh: Tensor


def states_of(weights: Weights, x: Tensor) -> list[Tensor]:
    """Return h⁽⁰⁾ = 0 and h⁽ᵗ⁾ = tanh(W_hx·x⁽ᵗ⁾ + W_hh·h⁽ᵗ⁻¹⁾) for inputs (T, D), (H,) each."""
    states = [x.new_zeros(len(weights.hh))]
    for each in x:
        states.append(torch.tanh(weights.hx @ each + weights.hh @ states[-1]))
    return states


def loss_of(weights: Weights, x: Tensor, targets: Tensor) -> Tensor:
    """Return L = Σ_t L⁽ᵗ⁾, with L⁽ᵗ⁾ = ½·|W_yh·h⁽ᵗ⁾ − target⁽ᵗ⁾|²; targets are (T, K)."""
    outputs = torch.stack(states_of(weights, x)[1:]) @ weights.yh.T
    return 0.5 * (outputs - targets).square().sum()


def jacobians(weights: Weights, states: list[Tensor]) -> list[Tensor]:
    """Return ∂h⁽ⁱ⁾/∂h⁽ⁱ⁻¹⁾ = diag(1 − h⁽ⁱ⁾²)·W_hh for i = 1 … T, (H, H) each."""
    return [(1 - h.square())[:, None] * weights.hh for h in states[1:]]


def gradient_by_hand(weights: Weights, x: Tensor, targets: Tensor) -> Tensor:
    """Return ∂L/∂W_hh by backpropagation through time, (H, H).

    ∂L⁽ᵗ⁾/∂W_hh = ∂L⁽ᵗ⁾/∂y⁽ᵗ⁾ · ∂y⁽ᵗ⁾/∂h⁽ᵗ⁾ · Σ_k (∂h⁽ᵗ⁾/∂h⁽ᵏ⁾ · ∂h⁽ᵏ⁾/∂W_hh), with
    ∂h⁽ᵗ⁾/∂h⁽ᵏ⁾ = Π_{i=k+1..t} ∂h⁽ⁱ⁾/∂h⁽ⁱ⁻¹⁾.

    Source: the lecture slides, 'Backpropagation through time (BPTT)'; Werbos, 'Backpropagation through time: what it
    does and how to do it' (1990).
    """
    states = states_of(weights, x)
    steps = jacobians(weights, states)
    total = torch.zeros_like(weights.hh)
    for t, (target, h) in enumerate(zip(targets, states[1:], strict=True), start=1):
        of_output = (weights.yh @ h - target) @ weights.yh  # ∂L⁽ᵗ⁾/∂h⁽ᵗ⁾
        product = torch.eye(len(h), dtype=h.dtype)  # ∂h⁽ᵗ⁾/∂h⁽ᵏ⁾
        for k in range(t, 0, -1):
            total += torch.outer(of_output @ product * (1 - states[k].square()), states[k - 1])
            product = product @ steps[k - 1]
    return total


@torch.no_grad()
def with_spectral_radius(cell: Cell, radius: float) -> Cell:
    """Scale the recurrent matrix of each gate, in place, to a spectral radius: its largest |eigenvalue|.

    The biases are set to 0, except that of an LSTM's forget gate.
    """
    for bias in (cell.bias_ih, cell.bias_hh):
        bias[bias != 1] = 0
    for block in cell.weight_hh.chunk(cell.gates):
        block *= radius / torch.linalg.eigvals(block).abs().max()
    return cell


def gradient_norms(cell: Cell, x: Tensor) -> Tensor:
    """Return the norm of the gradient of v·h_T with respect to the state before each of the last steps, (T,).

    The state is h, or h and C; v are random directions of length 1, one for each sequence. The geometric mean over the
    sequences is returned, by distance: first that with respect to the state one step before the end.

    Args:
        cell: The cell.
        x: The inputs, (B, T, inputs).
    """
    direction = torch.nn.functional.normalize(torch.randn(len(x), cell.width, dtype=x.dtype), dim=1)
    states = [tuple(x.new_zeros(len(x), cell.width, requires_grad=True) for _ in range(cell.states))]
    for each in x.unbind(dim=1):
        states.append(cell(each, states[-1]))
    gradients = torch.autograd.grad(
        (direction * states[-1][0]).sum(), [each for state in states[:-1] for each in state]
    )
    whole = torch.stack(gradients).view(-1, cell.states, *direction.shape)  # T, states, B, width
    means: Tensor = whole.square().sum(dim=(1, 3)).sqrt().log().mean(dim=1).exp()
    return means.flip(0)


def linear_norms(cell: Cell, distances: int) -> Tensor:
    """Return |v·W_hhᵏ| for k = 1 … distances, the norms of a plain recurrent network without tanh, (distances,).

    v is a random direction of length 1. In the end, the norm is multiplied by the spectral radius at each step.
    """
    v, norms = torch.nn.functional.normalize(torch.randn(cell.width, dtype=cell.weight_hh.dtype), dim=0), []
    for _ in range(distances):
        v = v @ cell.weight_hh
        norms.append(v.norm())
    return torch.stack(norms)


def bptt(_options: ComputedLab) -> Worked:
    """Compare the gradient by hand with autograd's, and plot gradients over their distance in time.

    Sources: the lecture slides, 'Backpropagation through time (BPTT)' and 'Long short-term memory (LSTM)'; Pascanu,
    Mikolov and Bengio, 'On the difficulty of training recurrent neural networks' (2013).
    """
    findings: Measures = {"gradient by hand − autograd's, largest": _largest_difference()}
    figure, axes = figure_of(1, len(_CELLS), width=12.0, height=4.0)
    for axis, (name, cell) in zip(axes, _CELLS.items(), strict=True):
        x = torch.randn(_SEQUENCES, _STEPS, _INPUTS, dtype=torch.float64) * _SCALE
        made = cell(_INPUTS, _WIDTH).double()
        for color, radius in zip(COLORS, _RADII, strict=False):
            norms = gradient_norms(with_spectral_radius(made, radius), x).detach()
            axis.plot(range(1, _STEPS + 1), norms, color=color, label=f"spectral radius {radius:g}")
            if cell is RNNCell:
                linear = linear_norms(made, _STEPS).detach()
                label = "the same without tanh" if radius == _RADII[0] else None
                axis.plot(range(1, _STEPS + 1), linear, ":", color=color, linewidth=1, label=label)
                words = f"without tanh, spectral radius {radius:g}: gradient over {_DISTANCES[-1]} steps"
                findings[words] = linear[_DISTANCES[-1] - 1].item()
            for distance in _DISTANCES:
                words = f"{name}, spectral radius {radius:g}: gradient over {distance} steps"
                findings[words] = norms[distance - 1].item()
        axis.set_yscale("log")
        tidy(axis, name, "distance in steps", "norm of the gradient")
    for axis in axes:
        axis.set_ylim(1e-20, 1e20)
    return Worked(png_of(figure), findings)


def _largest_difference() -> float:
    """Return the largest difference of the gradients by hand and by autograd, for a sequence of 20 steps."""
    sizes = ((8, 3), (8, 8), (2, 8))
    weights = Weights(*(torch.randn(*size, dtype=torch.float64) / size[1] ** 0.5 for size in sizes))
    x, targets = torch.randn(20, 3, dtype=torch.float64), torch.randn(20, 2, dtype=torch.float64)
    hh = weights.hh.clone().requires_grad_()
    (wanted,) = torch.autograd.grad(loss_of(weights._replace(hh=hh), x, targets), [hh])
    return (gradient_by_hand(weights, x, targets) - wanted).abs().max().item()
