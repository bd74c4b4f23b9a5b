"""What style transfer will take: some steps are tried at a small size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from deepatelier.devices import fastest
from deepatelier.jobs import Plan
from deepatelier.synthesis.engine.pyramid import Level
from deepatelier.synthesis.engine.synthesize import history_of, synthesize
from deepatelier.synthesis.recipe.estimation import memory_of, pixels_of

if TYPE_CHECKING:
    from deepatelier.synthesis.style.style_transfer import StyleTransfer

__all__ = ["expected_transfer"]

_TRIAL = 256
"""Longest side of the picture that is tried, in pixels."""

_REPEATS = 3
"""How often a thing is timed; the fastest counts."""

_MEASURED = 1.5
"""To measure the result, the network looks at the inputs as for the targets, and at the result."""


def expected_transfer(transfer: StyleTransfer) -> Plan:
    """What style transfer will take: some steps are tried at a small size, and scaled by the pixels of each level.

    Three parts are scaled: the steps; the targets of each level, for which the network looks at the inputs; the losses
    of the written picture, for which it looks at everything in float32. What L-BFGS does with the pairs that it
    remembers is timed on vectors as long as the picture's.
    """
    margin, finest = transfer.options.margin, transfer.levels[-1]
    thinnest = min(*finest.size, *(min(size) for size in transfer.painting_sizes(finest)))
    least = max(transfer.extractor.geometry.least_side(), margin) + 1
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
    target_seconds, exact_seconds = (
        looking_at_inputs(transfer.network),
        looking_at_inputs(transfer.extractor.in_float32),
    )

    seconds = starting + pixels_of(finest) / pixels_of(trial) * exact_seconds * _MEASURED
    for level in transfer.levels:
        larger = pixels_of(level, margin) / pixels_of(trial, margin)
        seconds += larger * (level.steps * step_seconds + target_seconds) + _remembering(transfer, level)
    return Plan(transfer.planned, memory_of(transfer), seconds, finest.size)


def _remembering(transfer: StyleTransfer, level: Level) -> float:
    """Seconds for which L-BFGS works on the pairs that it remembers."""
    if transfer.options.optimizer != "lbfgs":
        return 0.0
    values = 3 * pixels_of(level, transfer.options.margin)
    most = history_of(values, transfer.device)
    s, y, q = (torch.ones(values, device=transfer.device) for _ in range(3))

    def two_loops_over_a_pair() -> None:
        q.addcmul_(y, -s.dot(q))
        q.addcmul_(s, -y.dot(q))

    pairs = sum(min(step, most) for step in range(level.steps))
    return pairs * fastest(two_loops_over_a_pair, _REPEATS, transfer.device)
