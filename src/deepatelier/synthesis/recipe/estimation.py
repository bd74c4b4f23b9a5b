"""Estimation of a recipe's time, by trial steps, and of its memory, by counting."""

from __future__ import annotations

import math
import time

import torch

from deepatelier.devices import used_memory
from deepatelier.features import peak_memory
from deepatelier.jobs import Plan
from deepatelier.synthesis.engine.pyramid import Level
from deepatelier.synthesis.recipe.recipe import Recipe

__all__ = ["expected", "memory_of", "pixels_of"]


def expected(recipe: Recipe) -> Plan:
    """Estimate time and memory: run two steps and scale their time by the pixels of the levels, if there are any.

    Args:
        recipe: A prepared recipe. Construct it again before it runs. If it has a method ``expected``, that is used.
    """
    if hasattr(recipe, "expected"):
        own: Plan = recipe.expected()
        return own
    if not recipe.planned:  # a recipe without steps, which computes the result at once
        began = time.perf_counter()
        height, width = recipe.initial().shape[-2:]
        return Plan(0, memory_of(recipe), time.perf_counter() - began, (height, width))
    levels: list[Level] = getattr(recipe, "levels", None) or [Level((1, 1), recipe.planned)]
    steps, times = recipe.steps(), []
    for _ in range(2):
        began = time.perf_counter()
        if next(steps, None) is not None:
            times.append(time.perf_counter() - began)
    size = recipe.finished(recipe.initial()).shape[-2:]
    if not times:
        return Plan(recipe.planned, memory_of(recipe), None, (size[0], size[1]))
    starting, each = max(0.0, times[0] - times[-1]), times[-1]
    seconds = sum(pixels_of(level) / pixels_of(levels[0]) * (starting + level.steps * each) for level in levels)
    return Plan(recipe.planned, memory_of(recipe), seconds, (size[0], size[1]))


def memory_of(recipe: Recipe) -> int | None:
    """Return the peak memory of the process in bytes; None for a recipe that does not declare its needs."""
    extractor, needs = getattr(recipe, "extractor", None), getattr(recipe, "needs", None)
    if extractor is None or needs is None:
        return None
    weights = sum(4 * parameter.numel() for parameter in extractor.module.parameters())
    measuring = weights if recipe.precision != torch.float32 else 0  # a second copy of the network, in float32
    return used_memory(recipe.device) + peak_memory(extractor, *needs) + measuring


def pixels_of(level: Level, margin: int = 0) -> int:
    """Return the number of pixels of a level, including a margin around it."""
    return math.prod(side + 2 * margin for side in level.size)
