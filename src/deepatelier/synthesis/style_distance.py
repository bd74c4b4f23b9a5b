"""How far a picture is from a painting's texture."""

from __future__ import annotations

import torch
from torch import Tensor

from deepatelier.features import extract
from deepatelier.synthesis.loss_network import LossNetwork
from deepatelier.synthesis.objectives import Objective, gram_matrices, gram_style
from deepatelier.synthesis.recipe import Measures
from deepatelier.synthesis.texture_options import TextureOptions

__all__ = ["relative_style", "style_measures"]

_SILENT = 1e-20
"""Least square of a Gram matrix: a layer that answers nothing to a painting is not divided by 0."""


def relative_style(options: TextureOptions, target: dict[str, Tensor]) -> Objective:
    """L = Σ w_l · Σ (G/M_x − A/M_s)² / Σ (A/M_s)², the w_l adding up to 1: 0 is the painting's, 1 is as far as nothing.

    Activations are many times as large in some layers as in others, and Gram matrices grow with their square: relative
    to the painting's own, every layer counts.

    Args:
        options: Name the layers and their weights.
        target: A/M_s by layer, as `gram_matrices` gives it.
    """
    given = options.layer_weights or [1.0] * len(options.layers)
    weights = [
        4 * len(target[layer]) ** 2 * weight / sum(given) / max(target[layer].square().sum().item(), _SILENT)
        for layer, weight in zip(options.layers, given, strict=True)
    ]
    return gram_style(options.layers, target, weights)


@torch.no_grad()
def style_measures(looking: LossNetwork, painting: Tensor, image: Tensor, options: TextureOptions) -> Measures:
    """The style distance of an image to a painting (`relative_style`), and that between the painting's own halves.

    Two halves of one painting differ by chance alone: an image that is as near belongs to the same texture.

    Args:
        looking: Sees the pictures, in float32.
        painting: (1, 3, H, W).
        image: (1, 3, H', W').
        options: Name the layers and their weights.
    """
    network = looking.in_float32

    def grams(picture: Tensor) -> dict[str, Tensor]:
        return gram_matrices(extract(network, picture.to(looking.device), options.layers), options.layers)

    def distance(first: dict[str, Tensor], second: dict[str, Tensor]) -> float:
        return relative_style(options, second).loss(first).item()

    side = -2 if painting.shape[-2] > painting.shape[-1] else -1
    half = painting.shape[side] // 2
    own = distance(grams(painting.narrow(side, 0, half)), grams(painting.narrow(side, half, half)))
    found = distance(grams(image), grams(painting))
    measures: Measures = {"style distance": found, "style distance between two halves of the painting": own}
    if own:  # a painting of one colour has equal halves
        measures["ratio"] = found / own
    return measures
