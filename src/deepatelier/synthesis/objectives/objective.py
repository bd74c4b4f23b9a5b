"""What an objective is: an additive statistic of activations, and a scalar of it."""

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
"""Activations (B, C, H, W) by layer name, as `extract` gives them."""

Statistic = dict[str, Tensor]
"""Tensors that add up over the parts of an image."""

Units = Literal["paper", "neural-style"]
"""Whose normalisation an objective has: that of documents 000 to 002, or that of neural-style(-pt)."""


@dataclass(frozen=True)
class Region:
    """A rectangle of positions of a layer, for an image that is looked at part by part.

    Attributes:
        here: Rows and columns of the rectangle in the tensor at hand. The tensor may reach further.
        there: Its rows and columns in the map of the whole image.
        whole: Height and width of the map of the whole image.
    """

    here: tuple[slice, slice]
    there: tuple[slice, slice]
    whole: tuple[int, int]

    @staticmethod
    def all_of(activation: Tensor) -> Region:
        """The region that is everything."""
        height, width = activation.shape[-2:]
        everything = (slice(0, height), slice(0, width))
        return Region(everything, everything, (height, width))


Regions = Mapping[str, Region]
"""The region of each layer."""


def whole(activations: Activations, layers: Iterable[str] | None = None) -> dict[str, Region]:
    """The regions that are everything, of some layers or of all."""
    return {layer: Region.all_of(activations[layer]) for layer in (activations if layers is None else layers)}


class Objective(NamedTuple):
    """Something to minimise. Its target is captured by its two functions when it is made.

    Attributes:
        layers: The activations that it needs, by name; ``pixels`` is the image.
        statistic: Additive: the statistics of two regions add up to that of both together.
        loss: The scalar to minimise, of the statistic summed over the whole image.
    """

    layers: tuple[str, ...]
    statistic: Callable[[Activations, Regions], Statistic]
    loss: Callable[[Statistic], Tensor]


Criterion = Mapping[str, tuple[float, Objective]]
"""What is minimised: a sum of named objectives, each with its weight."""


def layers_of(criterion: Criterion) -> list[str]:
    """The names of all layers that a criterion needs."""
    return list(dict.fromkeys(layer for _, objective in criterion.values() for layer in objective.layers))


def layer_weights(layers: Sequence[str], weights: Sequence[float] | None) -> list[float]:
    """One weight a layer: the given ones, or 1/len(layers) each."""
    return [1 / len(layers)] * len(layers) if weights is None else list(weights)


def evaluate(
    network: nn.Module, criterion: Criterion, image: Tensor, view: Callable[[Tensor], Tensor] = lambda image: image
) -> dict[str, Tensor]:
    """The weighted loss of each objective for an image; their sum is what is minimised.

    Args:
        image: (1, C, H, W), sRGB in [0, 1].
        view: What the network sees of it; the objectives of pixels see the image itself.
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
    """The tensor in the precision in which statistics are summed: float32, or its own if that is higher."""
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))
