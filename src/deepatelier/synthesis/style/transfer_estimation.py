"""Estimation of the time of a style transfer, by trial steps at a small size."""

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
"""Longest side of the trial picture, in pixels."""

_REPEATS = 3
"""Repetitions of each timing; the fastest counts."""

_MEASURED = 1.5
"""Measuring the result takes a forward pass over the inputs, as the targets do, and one over the result."""


def expected_transfer(transfer: StyleTransfer) -> Plan:
    """Estimate time and memory: time a few steps at a small size, and scale the times by the pixels of each level.

    Three parts are scaled: the steps, the targets of each level (a forward pass over the inputs), and the losses of the
    written picture (a forward pass over everything, in float32). The two-loop recursion of L-BFGS is timed separately,
    on vectors of the picture's length.
    """
    margin, finest = transfer.options.margin, transfer.levels[-1]
    thinnest = min(*finest.size, *(min(size) for size in transfer.painting_sizes(finest)))
    least = max(transfer.extractor.geometry.least_side(), margin) + 1
    scale = min(1.0, max(_TRIAL / max(finest.size), least / thinnest))
    trial = Level((round(finest.size[0] * scale), round(finest.size[1] * scale)), 1)

    def forward_over_inputs(network: nn.Module) -> float:
        def forward() -> None:
            transfer.targets.clear()
            transfer.criterion_at(trial, network, margin)

        return fastest(forward, _REPEATS, transfer.device)

    starting = fastest(transfer.initial, 1, transfer.device)
    criterion, canvas = transfer.criterion_at(trial, transfer.network, margin), transfer.canvas_at(trial, None)
    steps = synthesize(transfer.network, criterion, canvas, optimizer="gradient", steps=_REPEATS)
    step_seconds = fastest(lambda: next(steps), _REPEATS, transfer.device)
    target_seconds, exact_seconds = (
        forward_over_inputs(transfer.network),
        forward_over_inputs(transfer.extractor.in_float32),
    )

    seconds = starting + pixels_of(finest) / pixels_of(trial) * exact_seconds * _MEASURED
    for level in transfer.levels:
        larger = pixels_of(level, margin) / pixels_of(trial, margin)
        seconds += larger * (level.steps * step_seconds + target_seconds) + _history_seconds(transfer, level)
    return Plan(transfer.planned, memory_of(transfer), seconds, finest.size)


def _history_seconds(transfer: StyleTransfer, level: Level) -> float:
    """Return the seconds that L-BFGS spends on its history of pairs."""
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
