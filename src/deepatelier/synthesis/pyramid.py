"""From coarse to fine: the same image at growing sizes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import nn

from deepatelier.synthesis.canvas import Canvas
from deepatelier.synthesis.engine import State, Step, synthesize
from deepatelier.synthesis.objectives import Criterion

__all__ = ["Level", "coarse_to_fine", "plan_levels"]

_COARSEST = 256
"""About the longest side at which a pyramid begins. At half of it, what lies past the border fills the deep layers."""

_THINNEST = 32
"""The shortest side of a coarse level."""


@dataclass(frozen=True)
class Level:
    """One size of a pyramid.

    Attributes:
        size: Height and width in pixels.
        steps: Evaluations of the gradient at this size.
    """

    size: tuple[int, int]
    steps: int


def plan_levels(size: tuple[int, int], steps: int, levels: int | None = None) -> list[Level]:
    """Sizes from coarse to fine, each half the next. They share the steps equally, the rest goes to the finest.

    Args:
        size: Height and width of the finest level.
        steps: Of all levels together. There are never more levels than steps.
        levels: How many; None begins at a longest side of about 256 pixels and a shortest of 32 or more.
    """
    if levels is None:
        levels = 1 + max(0, round(math.log2(max(size) / _COARSEST)))
        while levels > 1 and min(size) >> (levels - 1) < _THINNEST:
            levels -= 1
    levels = min(levels, steps)
    shares = [steps // levels] * (levels - 1)
    shares.append(steps - sum(shares))
    return [
        Level((max(1, size[0] >> halvings), max(1, size[1] >> halvings)), share)
        for halvings, share in zip(reversed(range(levels)), shares, strict=True)
    ]


def coarse_to_fine(
    network: nn.Module,
    criterion_at: Callable[[Level], Criterion],
    canvas: Canvas,
    levels: Sequence[Level],
    *,
    state: State | None = None,
    **options: Any,
) -> Iterator[Step]:
    """`synthesize` at each level in turn, each starting from the last one's image, enlarged.

    Args:
        criterion_at: The criterion of a level; it is asked when the level begins.
        canvas: The image to start from, at any size.
        levels: From coarse to fine.
        state: Of an earlier step of the same pyramid, to go on behind it.
        options: As for `synthesize`.
    """
    first = state.level if state else 0
    for number, level in enumerate(levels[first:], start=first):
        canvas = canvas.resized(level.size)
        behind = state if state and number == first else None
        remaining = level.steps - (behind.index if behind else 0)
        for step in synthesize(network, criterion_at(level), canvas, steps=remaining, state=behind, **options):
            yield _at_level(step, number)


def _at_level(step: Step, number: int) -> Step:
    return replace(step, level=number, _snapshot=lambda: replace(step.state, level=number))
