"""Wasserstein style loss: the distance between the activations of an image and a painting, modelled as Gaussians."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from deepatelier.synthesis.objectives.guidance import Guidance, at, mean
from deepatelier.synthesis.objectives.objective import Activations, Objective, Regions, Statistic, layer_weights, whole
from deepatelier.synthesis.objectives.style_loss import StyleLoss
from deepatelier.synthesis.objectives.style_losses.gram import gram_matrix
from deepatelier.synthesis.symmetric import eigenvectors, symmetric_power

__all__ = ["LOSS", "gaussians", "wasserstein_style"]

_LEAST = 1e-5
"""Added to the covariances' diagonal, relative to the mean of the painting's: their square roots must be invertible."""


def gaussians(activations: Activations, layers: Sequence[str], guidance: Guidance | None = None) -> Statistic:
    """Return the mean (N,) and E[f·fᵀ] (N, N) of each layer: the target of `wasserstein_style`."""
    return _gaussians(activations, whole(activations, layers), layers, guidance)


def wasserstein_style(
    layers: Sequence[str],
    target: Mapping[str, Tensor],
    weights: Sequence[float] | None = None,
    guidance: Guidance | None = None,
) -> Objective:
    """L = Σ w_l · W₂² / (‖μ_s‖² + tr C_s), W₂² = ‖μ − μ_s‖² + tr(C + C_s − 2 · (C_s^½ · C · C_s^½)^½).

    W₂ is the 2-Wasserstein distance between Gaussians with the means μ and covariances C of the activations.

    Args:
        layers: The layers to compare.
        target: The statistics of the painting, as returned by `gaussians`.
        weights: w_l; 1/len(layers) each if None.
        guidance: The weights of the image's positions.

    Source: Mroueh 2019, 'Wasserstein Style Transfer', which transports the activations themselves; here normalised by
    the painting's own statistics, so that the layers have comparable weight and zero activations give 1.
    """
    factors = layer_weights(layers, weights)
    means = {layer: target[f"{layer} mean"].detach() for layer in layers}
    covariances = {layer: _covariance(target, layer).detach() for layer in layers}
    sizes = {layer: means[layer].square().sum() + covariances[layer].trace() + 1e-20 for layer in layers}
    ridges = {layer: _LEAST * covariances[layer].trace() / len(means[layer]) + 1e-12 for layer in layers}
    roots = {layer: symmetric_power(_raised(covariances[layer], ridges[layer]), 0.5) for layer in layers}

    def loss(summed: Statistic) -> Tensor:
        terms = []
        for layer, factor in zip(layers, factors, strict=True):
            shift = (summed[f"{layer} mean"] - means[layer]).square().sum()
            covariance = _raised(_covariance(summed, layer), ridges[layer])
            spread = _Spread.apply(covariance, roots[layer])  # type: ignore[no-untyped-call]
            terms.append(factor * (shift + spread.clamp_min(0)) / sizes[layer])
        return torch.stack(terms).sum()

    return Objective(tuple(layers), lambda seen, regions: _gaussians(seen, regions, layers, guidance), loss)


def _gaussians(
    activations: Activations, regions: Regions, layers: Sequence[str], guidance: Guidance | None
) -> Statistic:
    summed: Statistic = {}
    for layer in layers:
        given = activations[layer], regions[layer], at(guidance, layer)
        summed |= {f"{layer} product": gram_matrix(*given), f"{layer} mean": mean(*given)}
    return summed


class _Spread(torch.autograd.Function):
    """tr(C + C_s − 2·(S·C·S)^½) with S = C_s^½. Its gradient is 1 − S·(S·C·S)^-½·S: identity minus the map of C to C_s.

    Autograd's own backward goes through the eigenvectors, whose gradient is infinite where two eigenvalues are equal.
    """

    @staticmethod
    def forward(ctx: Any, covariance: Tensor, root: Tensor) -> Tensor:
        values, vectors = eigenvectors(root @ covariance @ root)
        values = values.clamp_min(values.max() * torch.finfo(values.dtype).eps).sqrt()
        transport = root @ (vectors / values) @ vectors.mT @ root
        ctx.save_for_backward(transport)
        distance: Tensor = covariance.trace() + root.square().sum() - 2 * values.sum()
        return distance

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (transport,) = ctx.saved_tensors
        return gradient * (torch.eye(len(transport)).to(transport) - transport), None


def _covariance(summed: Mapping[str, Tensor], layer: str) -> Tensor:
    mean = summed[f"{layer} mean"]
    return summed[f"{layer} product"] - torch.outer(mean, mean)


def _raised(covariance: Tensor, ridge: Tensor) -> Tensor:
    return covariance + ridge * torch.eye(len(covariance)).to(covariance)


LOSS = StyleLoss(
    gaussians,
    wasserstein_style,
    about="Wasserstein distance between Gaussians",
    ratio=30.0,
    bytes_per_pixel=800,
    blends=True,
)
