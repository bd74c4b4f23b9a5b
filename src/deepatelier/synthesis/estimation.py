"""What a recipe will take: time by trial on a small picture, memory by counting."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from deepatelier.devices import available_memory, used_memory
from deepatelier.frozen_network import KEPT, PLENTY
from deepatelier.synthesis.engine import optimizer_memory, synthesize
from deepatelier.synthesis.pyramid import Level
from deepatelier.synthesis.pyramid_recipe import PyramidRecipe

__all__ = ["Estimate", "estimate"]

_TRIAL = 256
"""Longest side of the picture that is tried, in pixels."""

_REPEATS = 3
"""How often a thing is timed; the fastest counts."""

_MEASURED = 1.5
"""To measure the result, the network looks at the inputs as for the targets, and at the result."""


@dataclass(frozen=True)
class Estimate:
    """What a recipe will take.

    Attributes:
        seconds: From the first look at the input to the measured losses.
        memory: Bytes that the process will have at most, on the device where the network runs.
        free: Bytes that are free there.
    """

    seconds: float
    memory: int
    free: int


def estimate(recipe: PyramidRecipe) -> Estimate:
    """Try some steps at a small size, and scale them by the pixels of each level.

    Three parts are scaled: the steps; the targets of each level, for which the network looks at the inputs; the losses
    of the written picture, for which it looks at everything in float32. What L-BFGS does with the pairs that it
    remembers is timed on vectors as long as the picture's.
    """
    began = time.perf_counter()
    memory, free = _memory(recipe), available_memory(recipe.device)
    margin, finest = recipe.options.margin, recipe.levels[-1]
    scale = min(1.0, _TRIAL / max(finest.size))
    trial = Level((max(1, round(finest.size[0] * scale)), max(1, round(finest.size[1] * scale))), 1)
    exact = recipe.looking.in_float32

    def looking_at_inputs(network: nn.Module) -> float:
        return _fastest(lambda: recipe.criterion_at(trial, network, margin), recipe.device)

    criterion, canvas = recipe.criterion_at(trial, recipe.network, margin), recipe.canvas_at(trial, None)
    steps = synthesize(recipe.network, criterion, canvas, optimizer="gradient", steps=_REPEATS)
    step_seconds = _fastest(lambda: next(steps), recipe.device)
    target_seconds, exact_seconds = looking_at_inputs(recipe.network), looking_at_inputs(exact)

    seconds = 0.0
    for level in recipe.levels:
        larger = _pixels(level, margin) / _pixels(trial, margin)
        seconds += larger * (level.steps * step_seconds + target_seconds) + _remembering(recipe, level)
    seconds += _pixels(finest) / _pixels(trial) * exact_seconds * _MEASURED
    return Estimate(seconds + time.perf_counter() - began, memory, free)


def _memory(recipe: PyramidRecipe) -> int:
    finest, device = recipe.levels[-1], recipe.device
    pixels = _pixels(finest, recipe.options.margin)
    needed = recipe.looking.memory(pixels) + optimizer_memory(
        recipe.options.optimizer, 3 * pixels, finest.steps, device
    )
    if needed < available_memory(device) / PLENTY:
        needed = int(needed * KEPT)
    parameters = sum(4 * parameter.numel() for parameter in recipe.network.parameters())
    return used_memory(device) + needed + (parameters if recipe.precision != torch.float32 else 0)


def _remembering(recipe: PyramidRecipe, level: Level) -> float:
    """Seconds for which L-BFGS works on the pairs that it remembers."""
    values = 3 * _pixels(level, recipe.options.margin)
    most = optimizer_memory(recipe.options.optimizer, values, level.steps, recipe.device) // (8 * values)
    if recipe.options.optimizer != "lbfgs" or not most:
        return 0.0
    s, y, q = (torch.ones(values, device=recipe.device) for _ in range(3))

    def two_loops_over_a_pair() -> None:
        q.addcmul_(y, -s.dot(q))
        q.addcmul_(s, -y.dot(q))

    return _fastest(two_loops_over_a_pair, recipe.device) * sum(min(step, most) for step in range(level.steps))


def _pixels(level: Level, margin: int = 0) -> int:
    return math.prod(side + 2 * margin for side in level.size)


def _fastest(action: Callable[[], object], device: torch.device) -> float:
    """Seconds of the fastest of some runs."""
    times = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        action()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append(time.perf_counter() - began)
    return min(times)
