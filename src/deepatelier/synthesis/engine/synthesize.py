"""The optimisation loop: gradient descent on the parameters of a canvas."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Literal

import torch
from torch import Tensor, nn

from deepatelier.devices import total_memory
from deepatelier.errors import OptionError
from deepatelier.jobs import State, fingerprint
from deepatelier.synthesis.engine.canvas import Canvas
from deepatelier.synthesis.engine.gradient_descent import GradientDescent
from deepatelier.synthesis.engine.lbfgs import LBFGS
from deepatelier.synthesis.engine.optimizer import Optimizer
from deepatelier.synthesis.objectives import Criterion, evaluate

__all__ = ["HISTORY", "OptimizerName", "Step", "history_of", "optimizer_memory", "synthesize"]

OptimizerName = Literal["lbfgs", "adam", "gradient"]

_LEARNING_RATES = {"lbfgs": 1.0, "adam": 5.0, "gradient": 1.5}

HISTORY = 30
"""Pairs that L-BFGS keeps, if they fit in a quarter of the memory. neural-style's 100 lower the loss by about another
1 %, and take three times the memory and time (``benchmarks/choices.py``)."""


@dataclass(frozen=True)
class Step:
    """One gradient evaluation.

    Attributes:
        index: The number of this evaluation, from 1.
        losses: The weighted loss of each objective, for the view of ``image``.
        image: (1, C, H, W), a copy of the canvas's picture at this evaluation.
        level: The index of the pyramid level, from 0.
    """

    index: int
    losses: dict[str, float]
    image: Tensor
    _snapshot: Callable[[], State] = field(repr=False)
    level: int = 0

    @property
    def total(self) -> float:
        """The sum of the losses."""
        return sum(self.losses.values())

    @property
    def state(self) -> State:
        """The state to resume after this step, copied on access.

        Its values are ``canvas`` (the parameters), ``optimizer`` (its internal state), ``random`` (the generator) and
        ``level`` (of the pyramid). Its fingerprint identifies the objective and the method.

        Raises:
            RuntimeError: A later step has been taken, so this state no longer exists.
        """
        return self._snapshot()


def synthesize(
    network: nn.Module,
    criterion: Criterion,
    canvas: Canvas,
    *,
    optimizer: OptimizerName = "lbfgs",
    learning_rate: float | Callable[[int], float] | None = None,
    steps: int = 500,
    state: State | None = None,
    generator: torch.Generator | None = None,
) -> Iterator[Step]:
    """Minimise a criterion over the parameters of a canvas, step by step.

    A step is one gradient evaluation, followed by one update. To cancel, stop iterating. No hook is registered between
    steps.

    Args:
        network: Frozen, in evaluation mode.
        criterion: Named objectives with their weights.
        canvas: Is modified in place.
        optimizer: ``lbfgs`` (no line search), ``adam`` or ``gradient`` (normalised step length).
        learning_rate: If None: 1 for L-BFGS, 5 levels of 255 for Adam and 1.5 for gradient descent;
            or a function of the number of the step, from 1.
        steps: The number of further steps.
        state: The state of an earlier step, to resume after it, here or in another process. It is bit-identical if
            network, criterion, view and optimizer are equal. If one is not, the optimizer's state is dropped.
        generator: The generator for views, on the CPU. None uses a new one with seed 0. A state sets it.

    Raises:
        OptionError: The loss is no longer finite.
    """
    optim = _optimizer(optimizer, canvas, None if callable(learning_rate) else learning_rate)
    generator = torch.Generator().manual_seed(0) if generator is None else generator
    minimized = cache(partial(fingerprint, optimizer, network, criterion, canvas.view))
    start = 0
    if state is not None:
        start = state.index
        canvas.load_state_dict(copy.deepcopy(state.values["canvas"]))
        if state.fingerprint == minimized():
            rate = optim.param_groups[0]["lr"]
            optim.load_state_dict(copy.deepcopy(state.values["optimizer"]))
            optim.param_groups[0]["lr"] = rate  # torch's optimizers load the rate with which the state was saved
        generator.set_state(state.values["random"])

    losses: dict[str, Tensor] = {}
    image = canvas.picture()
    taken = start

    def closure() -> Tensor:
        nonlocal losses, image
        optim.zero_grad()
        current = canvas()
        losses = evaluate(network, criterion, current, lambda image: canvas.view(image, generator))
        image = canvas.picture()
        total = torch.stack(list(losses.values())).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    def snapshot_at(index: int) -> State:
        if index != taken:
            raise RuntimeError(f"the state after step {index} is gone: step {taken} has been taken")
        values = {
            "canvas": copy.deepcopy(dict(canvas.state_dict())),
            "optimizer": copy.deepcopy(optim.state_dict()),
            "random": generator.get_state(),
            "level": 0,
        }
        return State(index, values, minimized())

    for index in range(start + 1, start + steps + 1):
        if callable(learning_rate):
            optim.param_groups[0]["lr"] = learning_rate(index)
        optim.step(closure)  # type: ignore[arg-type]  # annotated to return float, but tensors work
        taken = index
        values = {name: loss.item() for name, loss in losses.items()}
        if not all(abs(value) < float("inf") for value in values.values()):
            terms = ", ".join(name for name, value in values.items() if not abs(value) < float("inf"))
            raise OptionError(
                f"The loss is no longer a number at step {index}: {terms}. "
                "Lower its weight or the learning rate, or use the other optimizer."
            )
        yield Step(index, values, image, lambda index=index: snapshot_at(index))  # type: ignore[misc]


def optimizer_memory(name: OptimizerName, values: int, steps: int, device: torch.device) -> int:
    """Return the bytes of an optimizer's state for a canvas with this many values, after this many steps."""
    remembered = {"lbfgs": min(steps, history_of(values, device)), "adam": 1, "gradient": 0}
    return 8 * values * remembered[name]


def history_of(values: int, device: torch.device) -> int:
    """Return the maximum number of pairs that L-BFGS keeps for a canvas with this many values."""
    return max(4, min(HISTORY, total_memory(device) // 4 // (8 * values)))


def _optimizer(name: OptimizerName, canvas: Canvas, learning_rate: float | None) -> Optimizer | torch.optim.Optimizer:
    parameters = list(canvas.parameters())
    rate = _LEARNING_RATES[name] if learning_rate is None else learning_rate
    if name == "adam":
        return torch.optim.Adam(parameters, lr=rate)
    if name == "gradient":
        return GradientDescent(parameters, lr=rate)
    values = sum(parameter.numel() for parameter in parameters)
    return LBFGS(
        parameters, lr=rate, history=history_of(values, parameters[0].device), precondition=canvas.precondition
    )
