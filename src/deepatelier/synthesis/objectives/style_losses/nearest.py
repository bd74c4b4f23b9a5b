"""Nearest neighbours: each place of the image is near to some place of the painting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from deepatelier.synthesis.objectives.guidance import Guidance, at, parts
from deepatelier.synthesis.objectives.objective import (
    Activations,
    Objective,
    Regions,
    Statistic,
    at_least_float32,
    whole,
)
from deepatelier.synthesis.objectives.style_loss import StyleLoss

__all__ = ["LOSS", "hypercolumns", "nearest_style"]

_MOST = 4096
"""Places of the painting that are remembered, drawn at random."""

_AT_ONCE = 4096
"""Places of the image that are compared at once."""


def hypercolumns(activations: Activations, layers: Sequence[str], guidance: Guidance | None = None) -> Statistic:
    """What a picture is like at up to 4096 places: the target of `nearest_style`.

    Args:
        activations: (1, N, H, W) by layer.
        layers: Whose channels make a hypercolumn.
        guidance: Places that count less than half of those that count most are left out.

    Returns:
        By layer its channels at the places, (places, N), relative to their root mean square, and that.
    """
    regions = whole(activations, layers)
    columns = _at_places(activations, regions, layers)
    grid, count = _grid(layers), len(columns[layers[0]])
    chosen = torch.arange(count)
    if guidance is not None:
        share = parts(regions[grid], guidance[grid], guidance[grid])[:, 0].cpu()
        chosen = chosen[share > share.max() / 2]
    if len(chosen) > _MOST:
        chosen = chosen[torch.randperm(len(chosen), generator=torch.Generator().manual_seed(0))[:_MOST]]
    found: Statistic = {}
    for layer, values in columns.items():
        scale = at_least_float32(values).square().mean().sqrt().clamp_min(1e-10)
        found |= {layer: values[chosen.to(values.device)] / scale.to(values.dtype), f"{layer} scale": scale}
    return found


def nearest_style(
    layers: Sequence[str],
    target: Mapping[str, Tensor],
    weights: Sequence[float] | None = None,
    guidance: Guidance | None = None,
) -> Objective:
    """L = mean over the places x of 1 − max_s cos(h(x) − μ, h(s) − μ), with hypercolumns h and the painting's mean μ.

    A hypercolumn has the channels of all layers at one place, each layer relative to its root mean square; those of
    finer layers as the mean over the place. The places are the positions of the middle layer.

    Args:
        layers: Whose channels make a hypercolumn.
        target: Of the painting, as `hypercolumns` gives it.
        weights: Of each layer in the cosine; 1 each if None.
        guidance: Where the image's places count.

    Source: Kolkin, Kucera, Paris, Sýkora, Shechtman and Shakhnarovich 2022, 'Neural Neighbor Style Transfer', which
    centres each picture at its own mean, and keeps the matches for many steps.
    """
    factors = {
        layer: weight**0.5
        for layer, weight in zip(layers, [1.0] * len(layers) if weights is None else weights, strict=True)
    }
    scales = {layer: factors[layer] / target[f"{layer} scale"] for layer in layers}
    columns = torch.cat([factors[layer] * target[layer].detach() for layer in layers], dim=1)
    center = columns.mean(0)
    bank = nn.functional.normalize(columns - center, dim=1)
    grid = _grid(layers)

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        found = _at_places(activations, regions, layers)
        seen = torch.cat([found[layer] * scales[layer].to(found[layer].dtype) for layer in layers], dim=1)
        seen = nn.functional.normalize(seen - center, dim=1)
        with torch.no_grad():
            nearest = torch.cat([(part @ bank.t()).argmax(1) for part in torch.split(seen, _AT_ONCE)])
        distances = 1 - at_least_float32(seen * bank[nearest]).sum(1, keepdim=True)
        share = parts(regions[grid], at(guidance, grid), distances)
        return {"distance": (share.to(distances) * distances).sum()}

    return Objective(tuple(layers), statistic, lambda summed: summed["distance"])


def _grid(layers: Sequence[str]) -> str:
    """The layer whose positions are the places."""
    return layers[len(layers) // 2]


def _at_places(activations: Activations, regions: Regions, layers: Sequence[str]) -> dict[str, Tensor]:
    """Each layer at the places: (places, N)."""
    here = regions[_grid(layers)].here
    size = here[0].stop - here[0].start, here[1].stop - here[1].start
    found = {}
    for layer in layers:
        maps = activations[layer][..., *regions[layer].here]
        finer = maps.shape[-2] > size[0] or maps.shape[-1] > size[1]
        resized = nn.functional.adaptive_avg_pool2d(maps, size) if finer else nn.functional.interpolate(maps, size)
        found[layer] = resized.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])
    return found


LOSS = StyleLoss(hypercolumns, nearest_style, about="neighbours of hypercolumns", ratio=30.0, bytes_per_pixel=3600)
