"""Moment style loss: the distance between the per-channel means and standard deviations of an image and a painting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from deepatelier.synthesis.objectives.guidance import Guidance, at, mean
from deepatelier.synthesis.objectives.objective import (
    Activations,
    Objective,
    Regions,
    Statistic,
    at_least_float32,
    layer_weights,
    whole,
)
from deepatelier.synthesis.objectives.style_loss import StyleLoss

__all__ = ["LOSS", "moments", "moments_style"]

_LEAST = 1e-5
"""Added to a variance before the square root, relative to the painting's mean square."""


def moments(activations: Activations, layers: Sequence[str], guidance: Guidance | None = None) -> Statistic:
    """Return mean and mean square of each channel, (N,) each: the target of `moments_style`.

    Args:
        activations: (1, N, H, W) by layer.
        layers: The names of the layers.
        guidance: The weights of the positions.
    """
    return _moments(activations, whole(activations, layers), layers, guidance)


def moments_style(
    layers: Sequence[str],
    target: Mapping[str, Tensor],
    weights: Sequence[float] | None = None,
    guidance: Guidance | None = None,
) -> Objective:
    """L = Σ w_l · (‖μ − μ_s‖² + ‖σ − σ_s‖²) / (‖μ_s‖² + ‖σ_s‖²), with mean and standard deviation of each channel.

    Args:
        layers: The layers to compare.
        target: The statistics of the painting, as returned by `moments`.
        weights: w_l; 1/len(layers) each if None.
        guidance: The weights of the image's positions.

    Source: Li, Wang, Liu and Hou 2017, 'Demystifying Neural Style Transfer', section 4.2; here normalised by the
    painting's own statistics, so that the layers have comparable weight and zero activations give 1.
    """
    factors = layer_weights(layers, weights)
    goal = {name: value.detach() for name, value in target.items()}

    def loss(summed: Statistic) -> Tensor:
        terms = []
        for layer, factor in zip(layers, factors, strict=True):
            size = goal[f"{layer} square"].sum().clamp_min(1e-20)
            least = _LEAST * size / len(goal[f"{layer} mean"])
            shift = summed[f"{layer} mean"] - goal[f"{layer} mean"]
            deviation = _deviation(summed, layer, least) - _deviation(goal, layer, least)
            terms.append(factor * (shift.square().sum() + deviation.square().sum()) / size)
        return torch.stack(terms).sum()

    return Objective(tuple(layers), lambda seen, regions: _moments(seen, regions, layers, guidance), loss)


def _moments(activations: Activations, regions: Regions, layers: Sequence[str], guidance: Guidance | None) -> Statistic:
    summed: Statistic = {}
    for layer in layers:
        region, part = regions[layer], at(guidance, layer)
        maps = at_least_float32(activations[layer])
        summed |= {f"{layer} mean": mean(maps, region, part), f"{layer} square": mean(maps.square(), region, part)}
    return summed


def _deviation(moments_: Mapping[str, Tensor], layer: str, least: Tensor) -> Tensor:
    variance = (moments_[f"{layer} square"] - moments_[f"{layer} mean"].square()).clamp_min(0)
    return (variance + least).sqrt()


LOSS = StyleLoss(
    moments, moments_style, about="mean and standard deviation", ratio=300.0, bytes_per_pixel=1800, blends=True
)
