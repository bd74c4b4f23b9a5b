"""Batch statistics: match the feature statistics that batch normalisation stored during training."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from deepatelier.synthesis.objectives.objective import Activations, Objective, Regions, Statistic, at_least_float32

__all__ = ["batch_statistics", "spread"]

_LAYERS, _CROWDED = 12, 1.3
"""The number of layers to compare, and how much denser they are chosen near the input, where noise shows first."""

_DEAD = 1e-3
"""Channels with γ below this fraction of the largest are left out: their input cannot be recovered from the output."""


def spread(layers: Sequence[str]) -> list[str]:
    """Return up to 12 of the layers, from first to last, more densely near the input."""
    if len(layers) <= _LAYERS:
        return list(layers)
    return [layers[round((len(layers) - 1) * (number / (_LAYERS - 1)) ** _CROWDED)] for number in range(_LAYERS)]


def batch_statistics(network: nn.Module, layers: Sequence[str]) -> Objective:
    """L = mean over layers and channels of (mean(z))² + (σ(z) − 1)², z = (x − μ) / √(v + ε).

    x is the input of a batch normalisation, μ and v are its running mean and variance. z is computed from its output
    γ · z + β. Mean and standard deviation σ are over positions and batch.

    Args:
        network: The network with the layers.
        layers: Paths of batch normalisations.

    Source: Yin et al. 2020, 'Dreaming to Distill: Data-free Knowledge Transfer via DeepInversion', equation 4. The
    paper uses norms of the differences instead of squares relative to the variance.
    """
    factors: dict[str, tuple[Tensor, Tensor, Tensor]] = {}
    for layer in layers:
        module = network.get_submodule(layer)
        assert isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d)
        mean = module.running_mean
        assert mean is not None
        gamma = torch.ones_like(mean) if module.weight is None else module.weight.detach()
        beta = torch.zeros_like(mean) if module.bias is None else module.bias.detach()
        alive = gamma.abs() > _DEAD * gamma.abs().max()
        factors[layer] = gamma[alive].float(), beta[alive].float(), alive

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        summed: Statistic = {}
        for layer, (gamma, beta, alive) in factors.items():
            maps, region = activations[layer], regions[layer]
            part = maps[..., *region.here] if maps.ndim == 4 else maps[..., None, None]
            count = len(maps) * (region.whole[0] * region.whole[1] if maps.ndim == 4 else 1)
            rows = at_least_float32(part).permute(0, 2, 3, 1).reshape(-1, maps.shape[1])  # positions, C
            z = (rows[:, alive] - beta) / gamma
            summed[f"{layer} mean"] = z.sum(dim=0) / count
            summed[f"{layer} square"] = z.square().sum(dim=0) / count
        return summed

    def loss(summed: Statistic) -> Tensor:
        terms = []
        for layer in layers:
            mean, square = summed[f"{layer} mean"], summed[f"{layer} square"]
            deviation = ((square - mean.square()).clamp_min(0) + 1e-5).sqrt()
            terms.append((mean.square() + (deviation - 1).square()).mean())
        return torch.stack(terms).mean()

    return Objective(tuple(layers), statistic, loss)
