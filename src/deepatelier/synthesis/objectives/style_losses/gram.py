"""Gram style loss: the distance between the Gram matrices of an image and a painting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from deepatelier.synthesis.objectives.guidance import Guidance, at, rows
from deepatelier.synthesis.objectives.objective import (
    Activations,
    Objective,
    Region,
    Regions,
    Statistic,
    Units,
    at_least_float32,
)
from deepatelier.synthesis.objectives.style_loss import StyleLoss

__all__ = ["LOSS", "gram_matrices", "gram_matrix", "gram_style"]


def gram_matrices(
    activations: Activations, layers: Sequence[str], guidance: Guidance | None = None
) -> dict[str, Tensor]:
    """Compute G / M with G = F · Fᵀ for some layers: the target of `gram_style`.

    Args:
        activations: (1, N, H, W) by layer.
        layers: The names of the layers.
        guidance: The weights t of the positions, by layer. G is then F · diag(t) · Fᵀ, and M = Σ t.

    Returns:
        (N, N) by layer, at least float32. M = H·W: each matrix is divided by its own number of positions, so that
        pictures of different sizes are comparable.

    Source: Gatys, Ecker and Bethge (2015), 'A Neural Algorithm of Artistic Style', equation 3.
    """
    return {
        layer: gram_matrix(activations[layer], Region.all_of(activations[layer]), at(guidance, layer))
        for layer in layers
    }


def gram_style(
    layers: Sequence[str],
    target: Mapping[str, Tensor],
    weights: Sequence[float] | None = None,
    units: Units = "paper",
    guidance: Guidance | None = None,
) -> Objective:
    """L = Σ w_l · E_l, where E_l compares the Gram matrices of layer l.

    With F of shape N x M (N channels, M positions), G = F · Fᵀ is the image's Gram matrix and A the painting's:

    - ``paper``: E = 1/(4N²) · Σ (G/M_x − A/M_s)², each matrix over its own M. If both pictures have the same size, this
      is the paper's equation 4, 1/(4N²M²) · Σ (G − A)².
    - ``neural-style``: E = mean of (G/(N·M_x) − A/(N·M_s))².

    Args:
        layers: The layers to compare.
        target: A/M_s by layer, as returned by `gram_matrices`.
        weights: w_l, one per layer. If None: 1/len(layers) each for ``paper`` (1/5 for the paper's five layers),
            1 each for ``neural-style``.
        units: The definition of E.
        guidance: The weights of the image's positions, as for `gram_matrices`.

    Source: Gatys, Ecker and Bethge (2015), equations 3 to 5; with guidance, Gatys et al. (2017).
    """
    factors = [1 / len(layers) if units == "paper" else 1.0] * len(layers) if weights is None else list(weights)
    targets = {layer: target[layer].detach() for layer in layers}

    def statistic(activations: Activations, regions: Regions) -> Statistic:
        return {layer: gram_matrix(activations[layer], regions[layer], at(guidance, layer)) for layer in layers}

    def loss(summed: Statistic) -> Tensor:
        terms = []
        for layer, factor in zip(layers, factors, strict=True):
            n = targets[layer].shape[0]
            scale = 1 / (4 * n**2) if units == "paper" else 1 / n**4
            terms.append(factor * scale * (summed[layer] - targets[layer]).square().sum())
        return torch.stack(terms).sum()

    return Objective(tuple(layers), statistic, loss)


def gram_matrix(activation: Tensor, region: Region, guidance: Tensor | None) -> Tensor:
    """Compute F · diag(t) · Fᵀ over a region, divided by Σ t of the whole map: (N, N). Without guidance all t are 1."""
    positions, count = rows(activation, region), float(region.whole[0] * region.whole[1])
    if guidance is not None:
        positions, count = (
            positions * guidance[*region.there].reshape(-1, 1).sqrt().to(positions),
            guidance.sum().item(),
        )
    product: Tensor = _InnerProducts.apply(positions, count)  # type: ignore[no-untyped-call]
    return product


_PARTS = 64
"""The number of chunks into which the positions are split in bfloat16."""


class _InnerProducts(torch.autograd.Function):
    """FᵀF / M for F of shape (positions, channels), with a backward pass of one product in the same layout.

    Autograd's own backward computes two products and adds them: F·D + (D·Fᵀ)ᵀ, where F·(D + Dᵀ) suffices.
    """

    @staticmethod
    def forward(ctx: Any, f: Tensor, count: float) -> Tensor:
        ctx.save_for_backward(f)
        ctx.count = count
        if f.dtype == at_least_float32(f).dtype:
            return f.t() @ f / count
        # a product is rounded to the dtype of its factors: round those of many chunks, and sum them in float32
        rest = len(f) % _PARTS
        parts = f[rest:].reshape(_PARTS, -1, f.shape[1])
        left = at_least_float32(f[:rest])
        return (at_least_float32(parts.mT @ parts).sum(0) + left.t() @ left) / count

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (f,) = ctx.saved_tensors
        return f @ ((gradient + gradient.t()) / ctx.count).to(f.dtype), None


LOSS = StyleLoss(gram_matrices, gram_style, about="Gram matrices", ratio=None, bytes_per_pixel=0, blends=True)
