"""Optimisers: the paths of seven optimisers in a valley and at a saddle point, as an animation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from deepatelier.jobs import Measures
from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.plots import figure_of, film_of, tidy
from deepatelier.labs.worked import Worked
from deepatelier.training.curves import COLORS, png_of
from deepatelier.training.fit_options import FitOptions, Optimizer
from deepatelier.training.optimizers import make_optimizer

__all__ = ["off_the_saddle", "optimizers", "path_of", "saddle", "valley"]

_RATES: dict[Optimizer, float] = {
    "sgd": 0.05,
    "momentum": 0.02,
    "nesterov": 0.02,
    "adagrad": 0.4,
    "adadelta": 1.0,
    "rmsprop": 0.04,
    "adam": 0.1,
}
"""Learning rates that make the paths distinguishable; this is not a ranking. Adadelta has none, so its factor is 1."""

_STEPS, _FRAMES, _LOW = 150, 32, 0.01
_NEAR, _OFF = 1e-6, 1.0
"""The initial distance from the saddle's ridge, and the distance at which the optimiser has left it."""


def valley(theta: Tensor) -> Tensor:
    """J = ½·(θ₁² + 20·θ₂²), whose curvature along θ₂ is twenty times that along θ₁."""
    return 0.5 * (theta[..., 0] ** 2 + 20 * theta[..., 1] ** 2)


def saddle(theta: Tensor) -> Tensor:
    """J = θ₁² − θ₂². Its gradient is zero at (0, 0), which is not a minimum."""
    return theta[..., 0] ** 2 - theta[..., 1] ** 2


def path_of(name: Optimizer, surface: Callable[[Tensor], Tensor], start: tuple[float, float], steps: int) -> Tensor:
    """Return θ before each step of an optimiser of `deepatelier.training` and at the end, (steps + 1, 2), float64."""
    holder = nn.Module()
    holder.theta = theta = nn.Parameter(torch.tensor(start, dtype=torch.float64))
    optimizer = make_optimizer(holder, FitOptions(optimizer=name, learning_rate=_RATES[name]), 1)
    path = [theta.detach().clone()]
    for _ in range(steps):
        (theta.grad,) = torch.autograd.grad(surface(theta), [theta])
        optimizer.step()
        path.append(theta.detach().clone())
    return torch.stack(path)


def off_the_saddle(name: Optimizer, *, inside: bool, epsilon: float = 1e-8) -> list[float]:
    """Return |θ₂| before each step, from 1e-6 beside the ridge until it exceeds 1, with ε inside or outside the root.

    ``adagrad`` is θ ← θ − η·g/√(G + ε) in the slides and η·g/(√G + ε) in torch, where G is the sum of g². ``rmsprop``
    is the same with the mean E ← 0.9·E + 0.1·g². While |g| is far below √ε, an ε inside the root makes the steps short.

    Source: the lecture slides, 'Adagrad' and 'RMSprop'.
    """
    path, squares = [_NEAR], 0.0
    while path[-1] <= _OFF:
        gradient = -2 * path[-1]
        squares = squares + gradient**2 if name == "adagrad" else 0.9 * squares + 0.1 * gradient**2
        length = (squares + epsilon) ** 0.5 if inside else squares**0.5 + epsilon
        path.append(path[-1] - _RATES[name] * gradient / length)
    return path


def optimizers(_options: ComputedLab) -> Worked:
    """Animate the paths of momentum, Nesterov, Adagrad, Adadelta, RMSprop, Adam and plain gradient descent.

    Source: the lecture slides, 'Momentum' to 'Adam', 'SGD optimization on loss surface contours' and '… on saddle
    point'.
    """
    fields = {
        "a valley: ½(θ₁² + 20θ₂²)": (valley, (-4.0, 1.6), ((-5, 2), (-2.2, 2.2))),
        "a saddle: θ₁² − θ₂²": (saddle, (-1.4, 1e-3), ((-1.8, 1.2), (-2, 2))),
    }
    paths = {
        title: {name: path_of(name, surface, start, _STEPS) for name in _RATES}
        for title, (surface, start, _) in fields.items()
    }
    figure, axes = figure_of(1, 3, width=14.0, height=4.4)
    moving: list[tuple[Any, Any, Tensor]] = []
    for axis, (title, (surface, _, (across, up))) in zip(axes, fields.items(), strict=False):
        mesh = torch.stack(torch.meshgrid(torch.linspace(*across, 90), torch.linspace(*up, 90), indexing="xy"), dim=-1)
        axis.contour(mesh[..., 0], mesh[..., 1], surface(mesh), levels=18, colors="#b8c4d0", linewidths=0.7)
        for number, (name, path) in enumerate(paths[title].items()):
            (drawn,) = axis.plot(path[:, 0], path[:, 1], color=COLORS[number], linewidth=1.4, label=name)
            (head,) = axis.plot(*path[-1], "o", color=COLORS[number], markersize=5)
            moving.append((drawn, head, path))
        axis.set_xlim(*across)
        axis.set_ylim(*up)
        tidy(axis, title, "θ₁", "θ₂")
    findings = _epsilons(axes[-1])
    still = png_of(figure)
    down, off = paths.values()
    findings |= {f"valley, steps of {name} to J < {_LOW}": _first(valley(path) < _LOW) for name, path in down.items()}
    findings |= {
        f"saddle, steps of {name} to |θ₂| > {_OFF:g}": _first(path[:, 1].abs() > _OFF) for name, path in off.items()
    }

    def place(frame: int) -> None:
        step = round(_STEPS * ((frame + 1) / _FRAMES) ** 2)  # slowly at first, when most changes happen
        for drawn, head, path in moving:
            drawn.set_data(path[: step + 1, 0], path[: step + 1, 1])
            head.set_data([path[step, 0]], [path[step, 1]])

    artists = [artist for drawn, head, _ in moving for artist in (drawn, head)]
    return Worked(still, findings, film_of(figure, artists, _FRAMES, place))


def _epsilons(axis: Any) -> Measures:
    """Plot how Adagrad and RMSprop leave the ridge with ε inside or outside the root; return their first steps."""
    findings: Measures = {}
    names: tuple[Optimizer, ...] = ("adagrad", "rmsprop")
    for number, name in enumerate(names):
        for inside in (False, True):
            path, words = off_the_saddle(name, inside=inside), f"ε {'in' if inside else 'out'}side the root"
            axis.plot(path, ".--" if inside else ".-", color=COLORS[number], label=f"{name}, {words}")
            findings[f"{name}, {_NEAR:g} beside the saddle's ridge, {words}: first step"] = path[1] - path[0]
    axis.set_yscale("log")
    tidy(axis, f"from {_NEAR:g} beside the saddle's ridge, ε = 1e-8", "step", "|θ₂|")
    return findings


def _first(reached: Tensor) -> int | str:
    """Return the first step at which a condition holds."""
    return int(reached.int().argmax()) if reached.any() else f"above {len(reached) - 1}"
