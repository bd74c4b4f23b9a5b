"""Histogram style loss: the distance between the per-channel activation histograms of an image and a painting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from deepatelier.synthesis.objectives.guidance import Guidance, at, parts, rows
from deepatelier.synthesis.objectives.objective import Activations, Objective, Region, Regions, Statistic, layer_weights
from deepatelier.synthesis.objectives.style_loss import StyleLoss

__all__ = ["LOSS", "histogram_style", "histograms"]

_BINS = 16

_AT_ONCE = 16384
"""Positions that are binned per chunk."""

_BEYOND = 0.25
"""The bins extend past the painting's range by this fraction of it, so that values outside get a gradient."""


def histograms(activations: Activations, layers: Sequence[str], guidance: Guidance | None = None) -> Statistic:
    """Return each layer's bin bounds (17, N) and the cumulative distribution there: the target of `histogram_style`.

    The distribution is 1 − F, smoothed over a bin: c_k is the mean of clamp((f − b_k) / width, 0, 1).

    Args:
        activations: (1, N, H, W) by layer.
        layers: The names of the layers.
        guidance: The weights of the positions.
    """
    found: Statistic = {}
    for layer in layers:
        maps = activations[layer]
        region, part = Region.all_of(maps), at(guidance, layer)
        f = rows(maps, region)
        seen = f if part is None else f[part.reshape(-1) > 0]
        least, most = seen.amin(0).float(), seen.amax(0).float()
        reach = (_BEYOND * (most - least)).clamp_min(1e-6)
        steps = torch.linspace(0, 1, _BINS + 1, device=f.device)[:, None]
        bounds = (least - reach) + steps * (most - least + 2 * reach)
        found[f"{layer} bounds"] = bounds.to(torch.promote_types(f.dtype, torch.float32))
        found[layer] = _Cumulative.apply(f, found[f"{layer} bounds"], parts(region, part, f))  # type: ignore[no-untyped-call]
    return found


def histogram_style(
    layers: Sequence[str],
    target: Mapping[str, Tensor],
    weights: Sequence[float] | None = None,
    guidance: Guidance | None = None,
) -> Objective:
    """L = Σ w_l · 1/N · Σ_channels Σ_k (c_k − s_k)²: the squared area between the cumulative distributions.

    It is the Cramér distance, in units of the bins.

    Args:
        layers: The layers to compare.
        target: The bounds and s_k of the painting, as returned by `histograms`.
        weights: w_l; 1/len(layers) each if None.
        guidance: The weights of the image's positions.

    Source: the idea is from Risser, Wilmot and Barnes 2017, 'Stable and Controllable Neural Texture Synthesis and Style
    Transfer Using Histogram Losses'. They remap the activations to the painting's histogram at each step. Here the
    distributions are compared instead, since they are additive over the parts of an image.
    """
    factors = layer_weights(layers, weights)
    goal = {name: value.detach() for name, value in target.items()}

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        summed: Statistic = {}
        for layer in layers:
            f, region = rows(activations[layer], regions[layer]), regions[layer]
            share = parts(region, at(guidance, layer), f)
            summed[layer] = _Cumulative.apply(f, goal[f"{layer} bounds"], share)  # type: ignore[no-untyped-call]
        return summed

    def loss(summed: Statistic) -> Tensor:
        terms = [
            factor * (summed[layer] - goal[layer]).square().sum(0).mean()
            for layer, factor in zip(layers, factors, strict=True)
        ]
        return torch.stack(terms).sum()

    return Objective(tuple(layers), statistic, loss)


class _Cumulative(torch.autograd.Function):
    """c_k = Σ_m share_m · clamp((f_m − b_k) / width, 0, 1) for k = 0 … bins − 1, by channel: (bins, N).

    Autograd's own backward would keep a copy of the activations for each bin.
    """

    @staticmethod
    def forward(ctx: Any, f: Tensor, bounds: Tensor, share: Tensor) -> Tensor:
        width = bounds[1] - bounds[0]
        share = share.to(bounds)
        ctx.save_for_backward(f, bounds, share)
        summed = torch.zeros_like(bounds[:-1])
        for part, its_share in zip(torch.split(f, _AT_ONCE), torch.split(share, _AT_ONCE), strict=True):
            ramps = (its_share.t() @ ((part - bound) / width).clamp_(0, 1).to(bounds) for bound in bounds[:-1])
            summed += torch.cat(list(ramps))
        return summed

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        f, bounds, share = ctx.saved_tensors
        width = bounds[1] - bounds[0]
        slopes, found = gradient / width, []
        for part, its_share in zip(torch.split(f, _AT_ONCE), torch.split(share, _AT_ONCE), strict=True):
            bins = ((part - bounds[0]) / width).floor().long()
            outside = (bins < 0) | (bins >= len(bounds) - 1)
            own = slopes.gather(0, bins.clamp_(0, len(bounds) - 2)) * its_share
            found.append(own.masked_fill_(outside, 0).to(f.dtype))
        return torch.cat(found), None, None


LOSS = StyleLoss(histograms, histogram_style, about="the channels' distributions", ratio=1000.0, bytes_per_pixel=700)
