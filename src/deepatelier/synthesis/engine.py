"""The engine: gradient descent on the parameters of a canvas."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn

from deepatelier.devices import total_memory
from deepatelier.errors import OptionError
from deepatelier.synthesis.canvas import Canvas
from deepatelier.synthesis.gradient_descent import GradientDescent
from deepatelier.synthesis.lbfgs import LBFGS
from deepatelier.synthesis.objectives import Criterion, evaluate
from deepatelier.synthesis.optimizer import Optimizer

__all__ = ["HISTORY", "OptimizerName", "State", "Step", "history_of", "optimizer_memory", "synthesize"]

OptimizerName = Literal["lbfgs", "adam", "gradient"]

_LEARNING_RATES = {"lbfgs": 1.0, "adam": 5.0, "gradient": 1.5}

HISTORY = 30
"""Pairs of vectors that L-BFGS remembers, if they fit in a quarter of the memory; neural-style's 100 lower the loss by
some 1 % more, and take three times the memory and time (``benchmarks/choices.py``)."""


@dataclass(frozen=True)
class State:
    """All that is needed to go on after a step. It owns its memory.

    Attributes:
        index: Steps taken so far.
        canvas: The canvas's parameters.
        optimizer: The optimiser's state.
        random: The state of torch's random numbers on the CPU.
        level: The level of the pyramid.
        criterion: What was minimised; not pickled. None means: the same as will be.
    """

    index: int
    canvas: dict[str, Any]
    optimizer: dict[str, Any]
    random: Tensor
    level: int = 0
    criterion: Criterion | None = field(default=None, compare=False, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "criterion": None}


@dataclass(frozen=True)
class Step:
    """One evaluation of the gradient.

    Attributes:
        index: The number of this evaluation, from 1.
        losses: The weighted loss of each objective, for what the canvas showed of ``image``.
        image: (1, C, H, W), the canvas's picture when it was evaluated; a copy.
        level: The level of the pyramid, from 0.
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
        """What is needed to go on behind this step: a copy, made when it is asked for.

        Raises:
            RuntimeError: A later step has been taken, and this state is gone.
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
) -> Iterator[Step]:
    """Minimise a criterion over the parameters of a canvas, step by step.

    A step is one evaluation of the gradient, followed by one move. To cancel is to stop iterating. No hook is alive
    while a step is looked at.

    Args:
        network: Frozen, in evaluation mode.
        criterion: Named objectives with their weights.
        canvas: Is changed in place.
        optimizer: ``lbfgs`` (no line search), ``adam`` or ``gradient`` (steps of one length).
        learning_rate: 1 for L-BFGS, 5 levels of 255 for Adam and 1.5 for gradient descent if None;
            or a function of the number of the step, from 1.
        steps: How many more steps.
        state: Of an earlier step, to go on behind it: bit for bit if the criterion is the same. If another one is
            given, the optimiser's memory is dropped.

    Raises:
        OptionError: The loss is not a number any more.
    """
    optim = _optimizer(optimizer, canvas, None if callable(learning_rate) else learning_rate)
    start = 0
    if state is not None:
        start = state.index
        canvas.load_state_dict(copy.deepcopy(state.canvas))
        if state.criterion is None or state.criterion == criterion:
            optim.load_state_dict(copy.deepcopy(state.optimizer))
        torch.set_rng_state(state.random)

    losses: dict[str, Tensor] = {}
    image = canvas.picture()
    taken = start

    def closure() -> Tensor:
        nonlocal losses, image
        optim.zero_grad()
        current = canvas()
        losses = evaluate(network, criterion, current, canvas.view)
        image = canvas.picture()
        total = torch.stack(list(losses.values())).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    def snapshot_at(index: int) -> State:
        if index != taken:
            raise RuntimeError(f"the state behind step {index} is gone: step {taken} has been taken")
        return State(
            index,
            copy.deepcopy(canvas.state_dict()),
            copy.deepcopy(optim.state_dict()),
            torch.get_rng_state(),
            criterion=criterion,
        )

    for index in range(start + 1, start + steps + 1):
        if callable(learning_rate):
            optim.param_groups[0]["lr"] = learning_rate(index)
        optim.step(closure)  # type: ignore[arg-type]  # torch says float, and takes tensors
        taken = index
        values = {name: loss.item() for name, loss in losses.items()}
        if not all(abs(value) < float("inf") for value in values.values()):
            terms = ", ".join(name for name, value in values.items() if not abs(value) < float("inf"))
            raise OptionError(
                f"The loss is not a number any more at step {index}: {terms}. "
                "Lower its weight or the learning rate, or use the other optimizer."
            )
        yield Step(index, values, image, lambda index=index: snapshot_at(index))  # type: ignore[misc]


def optimizer_memory(name: OptimizerName, values: int, steps: int, device: torch.device) -> int:
    """Bytes that an optimiser comes to remember of a canvas of so many values, over so many steps."""
    remembered = {"lbfgs": min(steps, history_of(values, device)), "adam": 1, "gradient": 0}
    return 8 * values * remembered[name]


def history_of(values: int, device: torch.device) -> int:
    """The pairs that L-BFGS remembers at most, of a canvas of so many values."""
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
