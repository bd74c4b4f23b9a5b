"""Nearest-neighbour style loss: each hypercolumn of the image should be close to one of the painting's."""

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
"""The maximum number of the painting's hypercolumns that are kept, sampled at random."""

_AT_ONCE = 4096
"""Hypercolumns of the image that are compared per chunk."""


def hypercolumns(activations: Activations, layers: Sequence[str], guidance: Guidance | None = None) -> Statistic:
    """Return up to 4096 hypercolumns of a picture: the target of `nearest_style`.

    Args:
        activations: (1, N, H, W) by layer.
        layers: The layers whose channels make up a hypercolumn.
        guidance: Locations with less than half of the largest weight are left out.

    Returns:
        By layer, its channels at the sampled locations, (locations, N), divided by their root mean square, and that
        root mean square.
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
    """L = mean over locations x of 1 − max_s cos(h(x) − μ, h(s) − μ), with hypercolumns h and the painting's mean μ.

    A hypercolumn has the channels of all layers at one location, each layer divided by its root mean square. The
    locations are the positions of the middle layer; finer layers are averaged over each location.

    Args:
        layers: The layers whose channels make up a hypercolumn.
        target: The hypercolumns of the painting, as returned by `hypercolumns`.
        weights: The weight of each layer in the cosine; 1 each if None.
        guidance: The weights of the image's locations.

    Source: Kolkin, Kucera, Paris, Sýkora, Shechtman and Shakhnarovich 2022, 'Neural Neighbor Style Transfer'. The paper
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
    """Return the layer whose positions are the locations."""
    return layers[len(layers) // 2]


def _at_places(activations: Activations, regions: Regions, layers: Sequence[str]) -> dict[str, Tensor]:
    """Resample each layer to the locations: (locations, N)."""
    here = regions[_grid(layers)].here
    size = here[0].stop - here[0].start, here[1].stop - here[1].start
    found = {}
    for layer in layers:
        maps = activations[layer][..., *regions[layer].here]
        finer = maps.shape[-2] > size[0] or maps.shape[-1] > size[1]
        resized = nn.functional.adaptive_avg_pool2d(maps, size) if finer else nn.functional.interpolate(maps, size)
        found[layer] = resized.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])
    return found


LOSS = StyleLoss(hypercolumns, nearest_style, about="nearest hypercolumns", ratio=30.0, bytes_per_pixel=3600)
