"""L1 and L2 regularisation: the geometry, and the effect on the weights of logistic regressions."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from deepatelier.jobs import Measures
from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.fitting import accuracy, digits, fit
from deepatelier.labs.plots import figure_of, tidy
from deepatelier.labs.worked import Worked
from deepatelier.training.curves import COLORS, png_of

__all__ = ["penalties", "smallest"]

_HESSIAN = torch.tensor([[1.0, 0.6], [0.6, 1.2]], dtype=torch.float64)
_BEST = torch.tensor([1.6, 2.2], dtype=torch.float64)
"""The loss in the geometric figure is ½·(w − w*)ᵀ·H·(w − w*)."""

_LAMBDAS = (0.0, 0.1, 0.3, 0.6, 1.0, 1.5, 2.0, 2.5)
_WEIGHTS = {"none": (0.0, 0.0), "L1": (1e-3, 0.0), "L2": (0.0, 1e-3)}
"""λ₁ and λ₂ of the logistic regressions."""

_EPOCHS, _SMALL = 60, 1e-2


def smallest(penalty: str, strength: float) -> Tensor:
    """Return the minimiser w of ½(w − w*)ᵀH(w − w*) + λ·Σ|w| or λ·Σw², (2,).

    L2 has the closed form (H + 2λI)·w = H·w*. L1 is solved by proximal steps w ← S(w − η·H·(w − w*), η·λ) with
    S(v, t) = sign(v)·max(|v| − t, 0), which give exact zeros.
    """
    if penalty == "L2":
        w: Tensor = torch.linalg.solve(_HESSIAN + 2 * strength * torch.eye(2).double(), _HESSIAN @ _BEST)
        return w
    w, rate = _BEST.clone(), 0.5
    for _ in range(500):
        v = w - rate * _HESSIAN @ (w - _BEST)
        w = v.sign() * (v.abs() - rate * strength).clamp(min=0)
    return w


def penalties(options: ComputedLab) -> Worked:
    """Plot where the contours of loss and penalty touch, and the weights of ten logistic regressions with each.

    Sources: the lecture slides, 'Regularization'; Müller, 'Introduction to Deep Learning' (2019), 'Overfitting and
    Underfitting'.
    """
    figure, axes = figure_of(1, 4, width=14.0, height=3.9)
    findings: Measures = {}
    for axis, penalty in zip(axes, ("L1", "L2"), strict=False):
        path = torch.stack([smallest(penalty, strength) for strength in _LAMBDAS])
        _contours(axis, penalty, path)
        zero = next((each for each, w in zip(_LAMBDAS, path.tolist(), strict=True) if 0 in w), None)
        findings[f"{penalty}: a weight is zero from λ ="] = "none" if zero is None else zero
    shown = digits(options.seed)
    for number, (name, (l1, l2)) in enumerate(_WEIGHTS.items()):
        network = nn.Linear(64, 10)
        rows: list[float] = []
        weight = network.weight

        def penalty_of(weight: Tensor = weight, l1: float = l1, l2: float = l2) -> Tensor:
            return l1 * weight.abs().sum() + l2 * weight.square().sum()

        def judge(network: nn.Module = network, rows: list[float] = rows) -> None:
            rows.append(accuracy(network, shown.x_validation, shown.y_validation))

        optimizer = torch.optim.Adam(network.parameters(), 1e-2)
        fit(network, shown.x, shown.y, optimizer, _EPOCHS, penalties=(penalty_of,), after=judge)
        values = weight.detach().flatten()
        heights = torch.histc(values, 81, -3, 3)
        axes[2].plot(torch.linspace(-3, 3, 81), heights, color=COLORS[number], label=name)
        axes[3].plot(rows, color=COLORS[number], label=name)
        findings[f"logistic regression, {name}: share of weights below {_SMALL}"] = (
            (values.abs() < _SMALL).float().mean().item()
        )
        findings[f"logistic regression, {name}: Σw²"] = values.square().sum().item()
        findings[f"logistic regression, {name}: validation accuracy"] = rows[-1]
    axes[2].set_yscale("symlog", linthresh=10)
    tidy(axes[2], "logistic regression: its 640 weights", "weight", "how many")
    tidy(axes[3], "validation accuracy", "epoch")
    axes[3].set_ylim(0.84, 0.96)
    return Worked(png_of(figure), findings)


def _contours(axis: Any, penalty: str, path: Tensor) -> None:
    grid = torch.linspace(-1.2, 3.4, 160, dtype=torch.float64)
    w1, w2 = torch.meshgrid(grid, grid, indexing="xy")
    rest = torch.stack([w1, w2], dim=-1) - _BEST
    loss = 0.5 * torch.einsum("...i,ij,...j->...", rest, _HESSIAN, rest)
    size = w1.abs() + w2.abs() if penalty == "L1" else w1.square() + w2.square()
    chosen = path[len(path) // 2]
    at = chosen.abs().sum() if penalty == "L1" else chosen.square().sum()
    meets = 0.5 * (chosen - _BEST) @ _HESSIAN @ (chosen - _BEST)
    axis.contour(w1, w2, loss, levels=torch.linspace(0.15, 6, 10), colors="#b8c4d0", linewidths=0.7)
    axis.contour(w1, w2, loss, levels=[meets.item()], colors=COLORS[0], linewidths=1.4)
    axis.contour(w1, w2, size, levels=[at.item()], colors=COLORS[1], linewidths=1.6)
    axis.plot(path[:, 0], path[:, 1], ".-", color="black", linewidth=1, label="as λ grows")
    axis.plot(*_BEST, "*", color=COLORS[0], markersize=10, label="without penalty")
    axis.axhline(0, color="black", linewidth=0.5)
    axis.axvline(0, color="black", linewidth=0.5)
    axis.set_aspect("equal")
    tidy(axis, f"{penalty}: {'Σ|w|' if penalty == 'L1' else 'Σw²'} and the loss meet", "w₁", "w₂")
