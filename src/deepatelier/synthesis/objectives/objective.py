"""Objectives: an additive statistic of activations, and a scalar loss of that statistic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from deepatelier.features import PIXELS, extract

__all__ = [
    "Activations",
    "Criterion",
    "Objective",
    "Region",
    "Regions",
    "Statistic",
    "Units",
    "at_least_float32",
    "evaluate",
    "layer_weights",
    "layers_of",
    "whole",
]

Activations = Mapping[str, Tensor]
"""Activations (B, C, H, W) by layer name, as returned by `extract`."""

Statistic = dict[str, Tensor]
"""Tensors that are additive over the regions of an image."""

Units = Literal["paper", "neural-style"]
"""The normalisation of an objective: that of the papers (Gatys et al. 2015), or that of neural-style(-pt)."""


@dataclass(frozen=True)
class Region:
    """A rectangle of positions of a layer, for an image that is evaluated in parts.

    Attributes:
        here: Rows and columns of the rectangle in the given tensor. The tensor may extend further.
        there: Its rows and columns in the feature map of the whole image.
        whole: Height and width of the feature map of the whole image.
    """

    here: tuple[slice, slice]
    there: tuple[slice, slice]
    whole: tuple[int, int]

    @staticmethod
    def all_of(activation: Tensor) -> Region:
        """Return the region that covers the whole map."""
        height, width = activation.shape[-2:]
        everything = (slice(0, height), slice(0, width))
        return Region(everything, everything, (height, width))


Regions = Mapping[str, Region]
"""The region of each layer."""


def whole(activations: Activations, layers: Iterable[str] | None = None) -> dict[str, Region]:
    """Return the regions that cover the whole maps, for the given layers or for all."""
    return {layer: Region.all_of(activations[layer]) for layer in (activations if layers is None else layers)}


class Objective(NamedTuple):
    """A term to minimise. Its two functions capture the target when it is created.

    Attributes:
        layers: The names of the activations it needs; ``pixels`` is the image.
        statistic: Additive: the statistics of two disjoint regions add up to that of their union.
        loss: The scalar to minimise, computed from the statistic summed over the whole image.
    """

    layers: tuple[str, ...]
    statistic: Callable[[Activations, Regions], Statistic]
    loss: Callable[[Statistic], Tensor]


Criterion = Mapping[str, tuple[float, Objective]]
"""What is minimised: a weighted sum of named objectives."""


def layers_of(criterion: Criterion) -> list[str]:
    """Return the names of all layers that a criterion needs."""
    return list(dict.fromkeys(layer for _, objective in criterion.values() for layer in objective.layers))


def layer_weights(layers: Sequence[str], weights: Sequence[float] | None) -> list[float]:
    """Return one weight per layer: the given ones, or 1/len(layers) each."""
    return [1 / len(layers)] * len(layers) if weights is None else list(weights)


def evaluate(
    network: nn.Module, criterion: Criterion, image: Tensor, view: Callable[[Tensor], Tensor] = lambda image: image
) -> dict[str, Tensor]:
    """Compute the weighted loss of each objective for an image; their sum is what is minimised.

    Args:
        image: (1, C, H, W), sRGB in [0, 1].
        view: The network input made from the image. Objectives of pixels use the image itself.
    """
    layers = layers_of(criterion)
    activations = extract(network, view(image), [layer for layer in layers if layer != PIXELS])
    if PIXELS in layers:
        activations[PIXELS] = image
    regions = whole(activations)
    return {
        name: weight * objective.loss(objective.statistic(activations, regions))
        for name, (weight, objective) in criterion.items()
    }


def at_least_float32(tensor: Tensor) -> Tensor:
    """Return the tensor in the precision for summing statistics: float32, or its own if that is higher."""
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))
