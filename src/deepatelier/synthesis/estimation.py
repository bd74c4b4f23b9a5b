"""What a recipe will take: time by trial, memory by counting."""

from __future__ import annotations

import math
import time

import torch
from torch import nn

from deepatelier.devices import fastest, used_memory
from deepatelier.jobs import Plan
from deepatelier.step_memory import peak_memory
from deepatelier.synthesis.engine import history_of, synthesize
from deepatelier.synthesis.pyramid import Level
from deepatelier.synthesis.recipe import Recipe
from deepatelier.synthesis.style_transfer import StyleTransfer

__all__ = ["expected", "expected_transfer"]

_TRIAL = 256
"""Longest side of the picture that is tried, in pixels."""

_REPEATS = 3
"""How often a thing is timed; the fastest counts."""

_MEASURED = 1.5
"""To measure the result, the network looks at the inputs as for the targets, and at the result."""


def expected(recipe: Recipe) -> Plan:
    """What a recipe will take: two of its steps are carried out, and scaled by the pixels of its levels, if it has any.

    Args:
        recipe: Prepared; it has to be made anew to paint.
    """
    if not recipe.planned:  # it paints at once
        began = time.perf_counter()
        height, width = recipe.initial().shape[-2:]
        return Plan(0, _memory(recipe), time.perf_counter() - began, (height, width))
    levels: list[Level] = getattr(recipe, "levels", None) or [Level((1, 1), recipe.planned)]
    steps, times = recipe.steps(), []
    for _ in range(2):
        began = time.perf_counter()
        if next(steps, None) is not None:
            times.append(time.perf_counter() - began)
    size = recipe.finished(recipe.initial()).shape[-2:]
    if not times:
        return Plan(recipe.planned, _memory(recipe), None, (size[0], size[1]))
    starting, each = max(0.0, times[0] - times[-1]), times[-1]
    seconds = sum(_pixels(level) / _pixels(levels[0]) * (starting + level.steps * each) for level in levels)
    return Plan(recipe.planned, _memory(recipe), seconds, (size[0], size[1]))


def expected_transfer(transfer: StyleTransfer) -> Plan:
    """What style transfer will take: some steps are tried at a small size, and scaled by the pixels of each level.

    Three parts are scaled: the steps; the targets of each level, for which the network looks at the inputs; the losses
    of the written picture, for which it looks at everything in float32. What L-BFGS does with the pairs that it
    remembers is timed on vectors as long as the picture's.
    """
    margin, finest = transfer.options.margin, transfer.levels[-1]
    thinnest = min(*finest.size, *(min(size) for size in transfer.painting_sizes(finest)))
    least = max(transfer.looking.geometry.least_side(), margin) + 1
    scale = min(1.0, max(_TRIAL / max(finest.size), least / thinnest))
    trial = Level((round(finest.size[0] * scale), round(finest.size[1] * scale)), 1)

    def looking_at_inputs(network: nn.Module) -> float:
        def look() -> None:
            transfer.targets.clear()
            transfer.criterion_at(trial, network, margin)

        return fastest(look, _REPEATS, transfer.device)

    starting = fastest(transfer.initial, 1, transfer.device)
    criterion, canvas = transfer.criterion_at(trial, transfer.network, margin), transfer.canvas_at(trial, None)
    steps = synthesize(transfer.network, criterion, canvas, optimizer="gradient", steps=_REPEATS)
    step_seconds = fastest(lambda: next(steps), _REPEATS, transfer.device)
    target_seconds, exact_seconds = looking_at_inputs(transfer.network), looking_at_inputs(transfer.looking.in_float32)

    seconds = starting + _pixels(finest) / _pixels(trial) * exact_seconds * _MEASURED
    for level in transfer.levels:
        larger = _pixels(level, margin) / _pixels(trial, margin)
        seconds += larger * (level.steps * step_seconds + target_seconds) + _remembering(transfer, level)
    return Plan(transfer.planned, _memory(transfer), seconds, finest.size)


def _memory(recipe: Recipe) -> int | None:
    """Bytes that the process will have at most; None for a recipe that does not say what it needs."""
    looking, needs = getattr(recipe, "looking", None), getattr(recipe, "needs", None)
    if looking is None or needs is None:
        return None
    weights = sum(4 * parameter.numel() for parameter in looking.module.parameters())
    measuring = weights if recipe.precision != torch.float32 else 0  # the network once more, in float32
    return used_memory(recipe.device) + peak_memory(looking, *needs) + measuring


def _remembering(transfer: StyleTransfer, level: Level) -> float:
    """Seconds for which L-BFGS works on the pairs that it remembers."""
    if transfer.options.optimizer != "lbfgs":
        return 0.0
    values = 3 * _pixels(level, transfer.options.margin)
    most = history_of(values, transfer.device)
    s, y, q = (torch.ones(values, device=transfer.device) for _ in range(3))

    def two_loops_over_a_pair() -> None:
        q.addcmul_(y, -s.dot(q))
        q.addcmul_(s, -y.dot(q))

    pairs = sum(min(step, most) for step in range(level.steps))
    return pairs * fastest(two_loops_over_a_pair, _REPEATS, transfer.device)


def _pixels(level: Level, margin: int = 0) -> int:
    return math.prod(side + 2 * margin for side in level.size)
