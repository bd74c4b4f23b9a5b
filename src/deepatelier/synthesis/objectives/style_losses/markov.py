"""Markov random fields: each patch of the image's activations is near to some patch of the painting's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from deepatelier.synthesis.objectives.guidance import Guidance, at, parts
from deepatelier.synthesis.objectives.objective import (
    Activations,
    Objective,
    Region,
    Regions,
    Statistic,
    at_least_float32,
    layer_weights,
)
from deepatelier.synthesis.objectives.style_loss import StyleLoss

__all__ = ["LOSS", "markov_style", "patches"]

_SIDE = 3
"""Positions of a patch, along one axis."""

_MOST = 2048
"""Patches of the painting that are remembered, drawn at random."""

_AT_ONCE = 4096
"""Patches of the image that are compared at once."""


def patches(activations: Activations, layers: Sequence[str], guidance: Guidance | None = None) -> Statistic:
    """Up to 2048 patches of 3 x 3 positions of each layer, (patches, 9·N): the target of `markov_style`.

    Args:
        activations: (1, N, H, W) by layer.
        layers: Which.
        guidance: Patches whose centre counts less than half of those that count most are left out.
    """
    found: Statistic = {}
    for layer in layers:
        region = Region.all_of(activations[layer])
        share = parts(region, at(guidance, layer), activations[layer])[:, 0].cpu()
        chosen = torch.arange(len(share))[share > share.max() / 2]
        chosen = chosen[torch.randperm(len(chosen), generator=torch.Generator().manual_seed(0))[:_MOST]]
        found[layer] = _patches(activations[layer], region)[chosen.to(activations[layer].device)]
    return found


def markov_style(
    layers: Sequence[str],
    target: Mapping[str, Tensor],
    weights: Sequence[float] | None = None,
    guidance: Guidance | None = None,
) -> Objective:
    """L = Σ w_l · mean over the patches Ψ of ‖Ψ − Ψ_s‖² / mean ‖Ψ_s‖², Ψ_s the painting's of the largest cosine with Ψ.

    Args:
        layers: The layers compared.
        target: The painting's patches, as `patches` gives them.
        weights: w_l; 1/len(layers) each if None.
        guidance: Where the image's patches count, by their centre.

    Source: Li and Wand 2016, 'Combining Markov Random Fields and Convolutional Neural Networks for Image Synthesis',
    equations 2 and 3; here relative to the painting's own size.
    """
    factors = layer_weights(layers, weights)
    banks = {layer: target[layer].detach() for layer in layers}
    directions = {layer: nn.functional.normalize(bank, dim=1) for layer, bank in banks.items()}
    sizes = {layer: at_least_float32(bank).square().sum(1).mean().clamp_min(1e-20) for layer, bank in banks.items()}

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        summed: Statistic = {}
        for layer in layers:
            seen = _patches(activations[layer], regions[layer])
            with torch.no_grad():
                nearest = torch.cat([(part @ directions[layer].t()).argmax(1) for part in torch.split(seen, _AT_ONCE)])
            distances = at_least_float32(seen - banks[layer][nearest]).square().sum(1, keepdim=True)
            share = parts(regions[layer], at(guidance, layer), distances)
            summed[layer] = (share.to(distances) * distances).sum()
        return summed

    def loss(summed: Statistic) -> Tensor:
        return torch.stack(
            [factor * summed[layer] / sizes[layer] for layer, factor in zip(layers, factors, strict=True)]
        ).sum()

    return Objective(tuple(layers), statistic, loss)


def _patches(maps: Tensor, region: Region) -> Tensor:
    """The patches around the positions of a region, (M, 9·N); zeros beyond the borders of the tensor."""
    unfolded = nn.functional.unfold(maps, _SIDE, padding=_SIDE // 2)  # 1, 9·N, H·W
    around = unfolded.view(-1, *maps.shape[-2:])[..., *region.here]
    return around.flatten(1).t()


LOSS = StyleLoss(
    patches,
    markov_style,
    about="neighbours of patches, at relu3_1 and relu4_1 by default",
    ratio=10.0,
    bytes_per_pixel=3600,
    layers=("relu3_1", "relu4_1"),  # those of Li and Wand 2016
)
