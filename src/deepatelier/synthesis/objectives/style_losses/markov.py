"""Markov random field style loss: each patch of the image's activations should match a patch of the painting's."""

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
"""Side of a patch, in positions."""

_MOST = 2048
"""The maximum number of the painting's patches that are kept, sampled at random."""

_AT_ONCE = 4096
"""Patches of the image that are compared per chunk."""


def patches(activations: Activations, layers: Sequence[str], guidance: Guidance | None = None) -> Statistic:
    """Return up to 2048 patches of 3 x 3 positions of each layer, (patches, 9·N): the target of `markov_style`.

    Args:
        activations: (1, N, H, W) by layer.
        layers: The names of the layers.
        guidance: Patches whose centre has less than half of the largest weight are left out.
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
    """L = Σ w_l · mean over patches Ψ of ‖Ψ − Ψ_s‖² / mean ‖Ψ_s‖², Ψ_s the painting's most similar patch by cosine.

    Args:
        layers: The layers to compare.
        target: The painting's patches, as returned by `patches`.
        weights: w_l; 1/len(layers) each if None.
        guidance: The weights of the image's patches, at their centres.

    Source: Li and Wand 2016, 'Combining Markov Random Fields and Convolutional Neural Networks for Image Synthesis',
    equations 2 and 3; here normalised by the painting's own patches.
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
    """Return the patches around the positions of a region, (M, 9·N), zero-padded at the borders of the tensor."""
    unfolded = nn.functional.unfold(maps, _SIDE, padding=_SIDE // 2)  # 1, 9·N, H·W
    around = unfolded.view(-1, *maps.shape[-2:])[..., *region.here]
    return around.flatten(1).t()


LOSS = StyleLoss(
    patches,
    markov_style,
    about="nearest patches, at relu3_1 and relu4_1 by default",
    ratio=10.0,
    bytes_per_pixel=3600,
    layers=("relu3_1", "relu4_1"),  # those of Li and Wand 2016
)
