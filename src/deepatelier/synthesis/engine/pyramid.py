"""Coarse to fine: the same image at growing sizes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from torch import Tensor, nn

from deepatelier.jobs import State
from deepatelier.synthesis.engine.canvas import Canvas
from deepatelier.synthesis.engine.synthesize import Step, synthesize
from deepatelier.synthesis.objectives import Criterion

__all__ = ["Level", "Schedule", "coarse_to_fine", "plan_levels"]

_COARSEST = 256
"""Approximate longest side of the coarsest level. At half of it, zero padding dominates the deep layers."""

_THINNEST = 32
"""The minimum shortest side of a coarse level."""


Schedule = Callable[[float], float]
"""The learning rate as a function of the fraction of all steps taken, 0 to 1."""


@dataclass(frozen=True)
class Level:
    """One size of a pyramid.

    Attributes:
        size: Height and width in pixels.
        steps: Gradient evaluations at this size.
    """

    size: tuple[int, int]
    steps: int


def plan_levels(
    size: tuple[int, int],
    steps: int,
    levels: int | None = None,
    ratio: float = 2.0,
    shares: Sequence[float] | None = None,
) -> list[Level]:
    """Return the levels from coarse to fine. Each has at least one step; the finest gets the division's remainder.

    Args:
        size: Height and width of the finest level.
        steps: Steps of all levels together. There are never more levels than steps.
        levels: The number of levels. None starts at a longest side of about 256 pixels and a shortest of 32 or more.
        ratio: Ratio of a level's size to that of the level before.
        shares: Each level's share of the steps. None gives equal shares.
    """
    if levels is None:
        levels = 1 + max(0, round(math.log(max(size) / _COARSEST, ratio)))
        while levels > 1 and min(size) / ratio ** (levels - 1) < _THINNEST:
            levels -= 1
    levels = max(1, min(levels, steps))
    parts = (shares or [1.0] * levels)[-levels:]
    counts: list[int] = []
    for number, part in enumerate(parts[:-1]):
        most = steps - sum(counts) - (levels - 1 - number)  # keep a step for each level that follows
        counts.append(min(most, max(1, int(steps * part / sum(parts) + 1e-9))))
    counts.append(steps - sum(counts))
    scales = [ratio**-number for number in reversed(range(levels))]
    return [
        Level((max(1, int(size[0] * scale)), max(1, int(size[1] * scale))), count)
        for scale, count in zip(scales, counts, strict=True)
    ]


def coarse_to_fine(
    network: nn.Module,
    criterion_at: Callable[[Level], Criterion],
    canvas_at: Callable[[Level, Tensor | None], Canvas],
    levels: Sequence[Level],
    *,
    learning_rate: float | Schedule | None = None,
    state: State | None = None,
    **options: Any,
) -> Iterator[Step]:
    """Run `synthesize` at each level in turn.

    Args:
        criterion_at: Returns the criterion of a level. It is called when the level starts.
        canvas_at: Returns the canvas of a level, given the image of the level before, or None for the first.
        levels: The levels from coarse to fine.
        learning_rate: As for `synthesize`, or a function of the fraction of all steps taken, 0 to 1.
        state: The state of an earlier step of the same pyramid, to resume after it.
        options: As for `synthesize`.
    """
    first = state.values["level"] if state else 0
    image = None
    for number, level in enumerate(levels[first:], start=first):
        canvas = canvas_at(level, image)
        before = state if state and number == first else None
        remaining = level.steps - (before.index if before else 0)
        rate = partial(_rate, learning_rate, levels, number) if callable(learning_rate) else learning_rate
        run = synthesize(
            network, criterion_at(level), canvas, learning_rate=rate, steps=remaining, state=before, **options
        )
        for step in run:
            yield _at_level(step, number)
        image = canvas.picture()


def _rate(schedule: Schedule, levels: Sequence[Level], number: int, index: int) -> float:
    """Return the learning rate at a step of a level."""
    before = sum(level.steps for level in levels[:number])
    return schedule((before + index - 1) / sum(level.steps for level in levels))


def _at_level(step: Step, number: int) -> Step:
    def snapshot() -> State:
        state = step.state
        return replace(state, values={**state.values, "level": number})

    return replace(step, level=number, _snapshot=snapshot)
